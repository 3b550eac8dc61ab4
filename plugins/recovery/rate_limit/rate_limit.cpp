// Waits longer when a provider says that requests come too fast.
#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class RateLimit final : public patterned::Strategy {
 public:
  explicit RateLimit(std::string_view config) : RateLimit(read(config)) {}

 private:
  explicit RateLimit(const json& config)
      : Strategy(config), wait_multiplier_(config.value("wait_multiplier", 3.0)) {}

  json advice() const override {
    return {{"action", "wait"}, {"wait_multiplier", wait_multiplier_}};
  }

  // Used-up quota comes as a 429 too, and no wait helps.
  std::string veto(const json& failure) const override {
    const bool quota =
        failure.value("class", "") == "quota" || failure.value("code", "") == "insufficient_quota";
    return quota ? "the quota is used up" : "";
  }

  const double wait_multiplier_;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(RateLimit, "recovery.rate_limit")
