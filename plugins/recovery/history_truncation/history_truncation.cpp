// Drops the oldest part of a conversation that has grown too long for the model.
#include <nlohmann/json.hpp>

#include "dugout/sdk/patterns.hpp"
#include "dugout/sdk/recovery.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using nlohmann::json;

class HistoryTruncation final : public dugout::sdk::Recovery {
 public:
  explicit HistoryTruncation(std::string_view config) {
    const auto options = json::parse(config.empty() ? "{}" : config);
    patterns_.codes = options.value("codes", patterns_.codes);
    patterns_.classes = options.value("classes", patterns_.classes);
    patterns_.texts = options.value("texts", patterns_.texts);
    fraction_ = options.value("fraction", fraction_);
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
    if (why.empty()) return Error{Code::kNotApplicable, "the conversation is not too long"};
    return json{{"action", "truncate_history"}, {"fraction", fraction_}, {"why", why}}.dump();
  }

  dugout::sdk::Patterns patterns_{
      {"context_length_exceeded"},
      {"context_length"},
      {"context length", "context window", "token limit", "prompt is too long"}};
  double fraction_ = 0.5;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(HistoryTruncation, "recovery.history_truncation")
