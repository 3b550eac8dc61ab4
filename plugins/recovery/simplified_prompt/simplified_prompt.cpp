// Asks with shorter instructions and the schema restated when a model keeps missing the form, stops
// half-way, or a content filter steps in.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "dugout/sdk/patterns.hpp"
#include "dugout/sdk/recovery.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using nlohmann::json;

class SimplifiedPrompt final : public dugout::sdk::Recovery {
 public:
  explicit SimplifiedPrompt(std::string_view config) {
    const auto options = json::parse(config.empty() ? "{}" : config);
    patterns_.codes = options.value("codes", patterns_.codes);
    patterns_.classes = options.value("classes", patterns_.classes);
    patterns_.texts = options.value("texts", patterns_.texts);
    repeated_classes_ = options.value("repeated_classes", repeated_classes_);
    repeats_ = options.value("repeats", repeats_);
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
    auto why =
        patterns_.match(failure.value("code", ""), cls, spoken ? failure.value("message", "") : "");
    if (why.empty() && repeated(cls, failure.value("repeats", 1)))
      why = "class " + cls + ", repeated";
    if (why.empty()) return Error{Code::kNotApplicable, "the prompt is not the trouble"};
    return json{{"action", "simplify_prompt"}, {"why", why}}.dump();
  }

  bool repeated(const std::string& cls, int repeats) const {
    const auto& known = repeated_classes_;
    return repeats >= repeats_ && std::find(known.begin(), known.end(), cls) != known.end();
  }

  dugout::sdk::Patterns patterns_{
      {"content_filter", "content_policy_violation", "invalid_prompt"},
      {"truncated", "refusal"},
      {"content filter", "content policy", "content management policy"}};
  std::vector<std::string> repeated_classes_{"invalid_json", "missing_field", "wrong_shape"};
  int repeats_ = 2;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(SimplifiedPrompt, "recovery.simplified_prompt")
