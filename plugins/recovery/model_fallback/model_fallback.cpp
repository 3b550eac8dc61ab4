// Goes to the agent's next target when a model is overloaded or does not exist.
#include <nlohmann/json.hpp>

#include "dugout/sdk/patterns.hpp"
#include "dugout/sdk/recovery.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using nlohmann::json;

class ModelFallback final : public dugout::sdk::Recovery {
 public:
  explicit ModelFallback(std::string_view config) {
    const auto options = json::parse(config.empty() ? "{}" : config);
    patterns_.codes = options.value("codes", patterns_.codes);
    patterns_.classes = options.value("classes", patterns_.classes);
    patterns_.texts = options.value("texts", patterns_.texts);
  }

  // [any]
  dugout::Outcome<std::string> advise(std::string_view text) const override {
    try {
      return recognise(json::parse(text));
    } catch (const json::exception&) {
      return Error{Code::kInvalid, "the failure is not the JSON object of abi.h"};
    }
  }

 private:
  dugout::Outcome<std::string> recognise(const json& failure) const {
    const auto cls = failure.value("class", "");
    // Without a status no provider spoke: a check of the answer may use the same words.
    const bool spoken = failure.value("status", 0) != 0 || cls == "unknown";
    const auto why =
        patterns_.match(failure.value("code", ""), cls, spoken ? failure.value("message", "") : "");
    if (why.empty()) return Error{Code::kNotApplicable, "the model is there"};
    return json{{"action", "next_target"}, {"why", why}}.dump();
  }

  dugout::sdk::Patterns patterns_{
      {"model_not_found", "server_is_overloaded", "overloaded_error"},
      {},
      {"overloaded", "temporarily unavailable", "temporary unavailable"}};
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(ModelFallback, "recovery.model_fallback")
