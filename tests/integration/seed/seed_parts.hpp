// What the examples of the seed are played with: options as configured, the shipped strategies and
// validators, and validators of a fixed confidence.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "attempts/summary.hpp"
#include "config/settings.hpp"
#include "host/host.hpp"
#include "orchestrator/plugin_parts.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/breaker.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/weighing.hpp"
#include "unit/attempts/attempts_fixture.hpp"
#include "unit/pipeline/script.hpp"

namespace dugout::test {

using namespace dugout;

using Delays = std::vector<double>;
using Variables = std::map<std::string, std::string>;
using Names = std::vector<std::string>;

inline RetryOptions options(int retries, double base, double multiplier = 2.0,
                            double total = 10.0) {
  RetryOptions made;
  made.max_retries = retries;
  made.base_delay = base;
  made.multiplier = multiplier;
  made.max_total_delay = total;
  made.jitter = 0.0;
  return made;
}

// What the environment and the defaults give a call type.
inline RetryOptions configured(const std::string& call_type, const Variables& variables = {}) {
  config::SettingsSource source;
  source.file = "no/such/dugout.yaml";
  source.environment = [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  core::Findings findings;
  const auto settings = config::load_settings(source, findings);
  const auto retry = config::retry_for(settings, call_type, nullptr, findings);
  REQUIRE(findings.empty());
  return options(*retry.max_retries, *retry.base_delay, *retry.multiplier, *retry.max_total_delay);
}

// The shipped plugins, with their patterns as plugin.yaml has them.
struct Shipped {
  Shipped() {
    core::Findings findings;
    plugins = host::load({.folders = {DUGOUT_PLUGIN_DIR}, .configs = {}, .trust_writable = true},
                         findings);
    for (const auto* name :
         {"rate_limit", "model_fallback", "simplified_prompt", "history_truncation"}) {
      REQUIRE(plugins->recovery(name));
      strategies.push_back(std::make_unique<orchestrator::PluginAdvisor>(plugins->recovery(name)));
    }
  }
  std::vector<const Advisor*> advisors() const {
    std::vector<const Advisor*> out;
    for (const auto& strategy : strategies) out.push_back(strategy.get());
    return out;
  }
  double confidence(const char* validator, const std::string& raw) const {
    Parsed parsed;
    parsed.message = raw;
    const orchestrator::PluginValidator asked(plugins->validator(validator));
    const auto verdict = asked.validate(parsed, raw, R"({"schema":"{}"})");
    return verdict ? verdict->confidence : -1.0;
  }

  std::shared_ptr<const host::Generation> plugins;
  std::vector<std::unique_ptr<orchestrator::PluginAdvisor>> strategies;
};

inline Failure unknown(const std::string& message) {
  return fails(FailureClass::kUnknown, message);
}

class FixedValidator final : public Validator {
 public:
  explicit FixedValidator(double confidence) : confidence_(confidence) {}
  std::string_view name() const override { return "fixed"; }
  std::optional<Verdict> validate(const Parsed&, std::string_view,
                                  std::string_view) const override {
    Verdict verdict;
    verdict.confidence = confidence_;
    return verdict;
  }

 private:
  double confidence_;
};

inline Weighed weighed(const std::vector<double>& confidences) {
  std::vector<FixedValidator> validators(confidences.begin(), confidences.end());
  std::vector<WeighedValidator> with_weights;
  for (const auto& validator : validators) with_weights.push_back({&validator, 1.0});
  return weigh(with_weights, Thresholds{}, {}, "", "{}");
}

}  // namespace dugout::test
