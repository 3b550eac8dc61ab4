// Waits longer when a provider says that requests come too fast.
#include <nlohmann/json.hpp>

#include "dugout/sdk/patterns.hpp"
#include "dugout/sdk/recovery.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using nlohmann::json;

class RateLimit final : public dugout::sdk::Recovery {
 public:
  explicit RateLimit(std::string_view config) {
    const auto options = json::parse(config.empty() ? "{}" : config);
    patterns_.codes = options.value("codes", patterns_.codes);
    patterns_.classes = options.value("classes", patterns_.classes);
    patterns_.texts = options.value("texts", patterns_.texts);
    wait_multiplier_ = options.value("wait_multiplier", wait_multiplier_);
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
    // Used-up quota comes as a 429 too, and no wait helps. Without a status no provider spoke.
    if (cls == "quota") return Error{Code::kNotApplicable, "the quota is used up"};
    const bool spoken = failure.value("status", 0) != 0 || cls == "unknown";
    const auto why =
        patterns_.match(failure.value("code", ""), cls, spoken ? failure.value("message", "") : "");
    if (why.empty()) return Error{Code::kNotApplicable, "no rate limit"};
    return json{{"action", "wait"}, {"wait_multiplier", wait_multiplier_}, {"why", why}}.dump();
  }

  dugout::sdk::Patterns patterns_{{"rate_limit_exceeded", "slow_down", "rate_limit_error"},
                                  {"rate_limit"},
                                  {"rate limit", "too many requests"}};
  double wait_multiplier_ = 3.0;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(RateLimit, "recovery.rate_limit")
