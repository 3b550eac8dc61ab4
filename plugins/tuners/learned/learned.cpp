// Proposes retry options from a model of an attempt's success that was learned from the attempt
// log. Without a usable model it says so, and the options stay as they are. [any] once created.
#include <cmath>
#include <nlohmann/json.hpp>

#include "choice.hpp"
#include "dugout/sdk/tuner.hpp"
#include "members.hpp"
#include "training.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;
using namespace tuner_learned;

constexpr int kWarning = 2;
constexpr std::int64_t kHourMs = 3'600'000;

Facts facts_of(const json& situation, const Options& now, std::int64_t now_ms) {
  const auto hours = now_ms / kHourMs;
  Facts facts;
  facts.call_type = word(situation, "call_type");
  facts.messages = number(situation, "messages", 0.0, 0.0, 1e4);
  facts.routine = number(situation, "routine", 0.0, 0.0, 1e3);
  facts.recent_success_rate = number(situation, "recent_success_rate", 0.5, 0.0, 1.0);
  facts.recent_latency = number(situation, "recent_latency", 3.0, 0.0, 3600.0);
  facts.hour =
      static_cast<int>(number(situation, "hour", static_cast<double>(hours % 24), 0.0, 23.0));
  facts.weekday = static_cast<int>(
      number(situation, "weekday", static_cast<double>((hours / 24 + 3) % 7), 0.0, 6.0));
  // The options act through the waits and the number of attempts. As features they only keep
  // apart what happened under other options, so they stay as they are while others are tried.
  facts.max_retries = now.max_retries;
  facts.base_delay = now.base_delay;
  facts.multiplier = now.multiplier;
  return facts;
}

json outlook_json(const Outlook& outlook) {
  return {{"success", outlook.success},
          {"seconds", outlook.seconds},
          {"attempts", outlook.attempts},
          {"cost", outlook.cost}};
}

class Learned final : public dugout::sdk::Tuner {
 public:
  Learned(std::string_view text, dugout::sdk::Host host) : host_(host) {
    quiet_library();
    const auto config = json::parse(text.empty() ? "{}" : text);
    read(config);
    const auto path =
        config.value("model", config.value("data_folder", "var") + std::string("/tuner.json"));
    auto loaded = load_model_file(path);
    if (loaded) {
      model_ = std::move(*loaded);
    } else if (loaded.error().code != Code::kNotFound) {
      host_.log(kWarning, "tuner.learned: the model file " + path + " is not used: " +
                              loaded.error().message + "; the retry options stay as they are");
    }
  }

  // [any]
  Outcome<std::string> propose(std::string_view text) const override {
    if (!model_) return Error{Code::kNotApplicable, "there is no usable model"};
    const auto situation = json::parse(text, nullptr, false);
    if (!situation.is_object()) return Error{Code::kInvalid, "the situation is no JSON object"};
    const Options now{static_cast<int>(number(situation, "max_retries", 3.0, 0.0, 10.0)),
                      number(situation, "base_delay", 1.0, 0.0, 60.0),
                      number(situation, "multiplier", 2.0, 1.0, 10.0)};
    const Limits limits{number(situation, "max_total_delay", 10.0, 0.0, 600.0),
                        number(situation, "jitter", 0.25, 0.0, 1.0)};
    Standing standing{static_cast<int>(number(situation, "attempt", 1.0, 1.0, 100.0)),
                      class_of(word(situation, "class"))};
    if (standing.after == kNoClass) standing.attempt = 1;
    const Prospect prospect(*model_, facts_of(situation, now, host_.unix_ms()), limits);
    // A judge asks what the options he names would bring, and wants no others.
    const auto judged = situation.find("judge");
    const auto as_it_is = prospect.with(now, standing);
    const auto choice = judged != situation.end() && *judged == true
                            ? Choice{now, as_it_is, as_it_is}
                            : best(prospect, now, bounds_, worth_, standing);
    return json{{"max_retries", choice.options.max_retries},
                {"base_delay", choice.options.base_delay},
                {"multiplier", choice.options.multiplier},
                {"p_success", choice.expected.success},
                {"model", model_->checksum},
                {"expected", outlook_json(choice.expected)},
                {"as_it_is", outlook_json(choice.as_it_is)},
                {"utility", utility(choice.expected, worth_)}}
        .dump();
  }

  // [worker]
  Outcome<std::string> train(std::string_view log) const override {
    const auto model = learn(log, host_.unix_ms());
    if (!model) return model.error();
    return write_model(*model);
  }

 private:
  void read(const json& config) {
    bounds_.retries_least = config.value("retries_least", bounds_.retries_least);
    bounds_.retries_most = config.value("retries_most", bounds_.retries_most);
    bounds_.base_delay_least = config.value("base_delay_least", bounds_.base_delay_least);
    bounds_.base_delay_most = config.value("base_delay_most", bounds_.base_delay_most);
    bounds_.multiplier_least = config.value("multiplier_least", bounds_.multiplier_least);
    bounds_.multiplier_most = config.value("multiplier_most", bounds_.multiplier_most);
    worth_.success = config.value("success_worth", worth_.success);
    worth_.attempt = config.value("attempt_price", worth_.attempt);
    worth_.money = config.value("money_price", worth_.money);
    worth_.least_gain = config.value("least_gain", worth_.least_gain);
    if (bounds_.retries_least > bounds_.retries_most ||
        bounds_.base_delay_least > bounds_.base_delay_most ||
        bounds_.multiplier_least > bounds_.multiplier_most) {
      throw std::runtime_error("a bound's least is above its most; swap the two");
    }
  }

  dugout::sdk::Host host_;
  Bounds bounds_;
  Worth worth_;
  std::optional<Model> model_;
};

}  // namespace

DUGOUT_TUNER_PLUGIN(Learned, "tuner.learned")
