#include "cli/tune_report.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "core/text.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::cli {
namespace {

using core::Json;

struct Figure {
  const char* key;
  const char* label;
  double Bearing::*member;
  double scale;  // of what is printed
  int digits;
  const char* unit;
};

constexpr Figure kFigures[] = {
    {"success", "success", &Bearing::success, 100.0, 2, "%"},
    {"latency_s", "latency", &Bearing::seconds, 1.0, 3, "s"},
    {"attempts", "attempts", &Bearing::attempts, 1.0, 3, ""},
    {"cost", "cost of 1000", &Bearing::cost, 1000.0, 3, ""},
};

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// Which way the interval lies; nothing is claimed while it holds zero.
const char* finding_of(const Interval& interval) {
  if (interval.includes_zero()) return "no difference shown";
  return interval.low > 0.0 ? "better" : "worse";
}

std::string row_of(const Figure& figure, const Json& value, const Style& style) {
  const auto number = [&](const char* key) {
    return padded(core::fixed(value[key].get<double>() * figure.scale, figure.digits), 10);
  };
  std::string label = figure.label;
  label.resize(14, ' ');
  const auto finding = value["finding"].get<std::string>();
  const auto coloured = finding == "better"  ? style.good(finding)
                        : finding == "worse" ? style.bad(finding)
                                             : style.dim(finding + ": the interval includes zero");
  return label + number("static") + number("learned") + number("gain") + "  [" + number("low") +
         " ," + number("high") + " ] " + padded(figure.unit, 1) + "  " + coloured;
}

}  // namespace

Json comparison_json(const Comparison& comparison) {
  const auto& judged = comparison.judged;
  Json figures = Json::object();
  for (const auto& figure : kFigures) {
    const auto interval =
        bootstrap(judged.gains, figure.member, comparison.seed, comparison.rounds);
    double gain = 0.0;
    for (const auto& one : judged.gains) gain += one.*figure.member;
    figures[figure.key] = {{"static", judged.fixed.*figure.member},
                           {"learned", judged.learned.*figure.member},
                           {"gain", gain / static_cast<double>(judged.gains.size())},
                           {"low", interval.low},
                           {"high", interval.high},
                           {"includes_zero", interval.includes_zero()},
                           {"finding", finding_of(interval)}};
  }
  return {{"learned_from_calls", comparison.learned_from},
          {"judged_calls", judged.gains.size()},
          {"judged_after", sdk::iso_time(comparison.until_ms)},
          {"changed_calls", judged.changed},
          {"failed_first_calls", judged.failed_first},
          {"supported_calls", judged.supported},
          {"confidence", 0.95},
          {"rounds", comparison.rounds},
          {"seed", comparison.seed},
          {"figures", figures}};
}

void print_comparison(const Json& comparison) {
  const auto style = Style::for_stdout();
  std::cout << style.bold("Static options and learned ones, on the same calls") << "\n";
  if (const auto from = comparison["learned_from_calls"].get<std::size_t>(); from > 0) {
    std::cout << "learned from " << from << " calls, ";
  }
  std::cout << "judged on " << comparison["judged_calls"] << " calls after "
            << comparison["judged_after"].get<std::string>() << "\n\n"
            << "                  static   learned      gain    95 % interval of the gain\n";
  for (const auto& figure : kFigures) {
    std::cout << row_of(figure, comparison["figures"][figure.key], style) << "\n";
  }
  std::cout << "\nA gain is more success, less time, fewer attempts, less cost. Other options are "
               "proposed for "
            << comparison["changed_calls"] << " calls.\n";
  const auto failed = comparison["failed_first_calls"].get<std::size_t>();
  const auto supported = comparison["supported_calls"].get<std::size_t>();
  std::cout << "Of " << failed << " calls whose first attempt failed, the learned way was in use "
            << "often enough to be checked for " << supported << ".\n";
  if (supported * 2 < failed) {
    std::cout << style.note(
                     "Most of this rests on the model alone, which chose what it judges: "
                     "take it as a hint.")
              << "\n";
  }
}

Json heaviest(const Json& model, std::size_t count) {
  std::vector<std::pair<double, std::string>> order;
  const auto& names = model["features"];
  for (std::size_t at = 0; at < names.size(); ++at) {
    order.emplace_back(model["weights"][at].get<double>(), names[at].get<std::string>());
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::abs(a.first) > std::abs(b.first);
  });
  if (order.size() > count) order.resize(count);
  Json heavy = Json::array();
  for (const auto& [weight, name] : order) heavy.push_back({{"feature", name}, {"weight", weight}});
  return heavy;
}

void print_training(const Json& model) {
  const auto& training = model["training"];
  std::cout << "learned from  " << training["rows"] << " attempts of " << training["calls"]
            << " calls, " << training["failures"] << " failures, "
            << sdk::iso_time(training["from_ms"]) << " to " << sdk::iso_time(training["until_ms"])
            << "\ntrained at    " << training["trained_at"].get<std::string>()
            << "\nheld out      the latest " << training["held_out"] << " attempts: AUC "
            << (training["auc"].is_null() ? "unknown (one outcome only)"
                                          : core::fixed(training["auc"], 3))
            << ", log loss " << core::fixed(training["log_loss"], 4) << " (of the mean rate alone "
            << core::fixed(training["plain_log_loss"], 4) << ")\n";
}

void print_proposals(const Json& proposals) {
  for (const auto& one : proposals) {
    std::string type = one["call_type"];
    type.resize(std::max<std::size_t>(type.size(), 14), ' ');
    std::cout << "  " << type << padded(std::to_string(one["hour"].get<int>()), 3) << ":00  recent "
              << core::fixed(100.0 * one["recent_success_rate"].get<double>(), 0) << " %   "
              << one["max_retries"] << " retries, base " << core::fixed(one["base_delay"], 2)
              << " s, x " << core::fixed(one["multiplier"], 1) << "   success "
              << core::fixed(100.0 * one["expected"]["success"].get<double>(), 1) << " %, "
              << core::fixed(one["expected"]["seconds"], 2) << " s\n";
  }
}

}  // namespace dugout::cli
