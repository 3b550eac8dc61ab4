// `resilience:` and `prices:` of dugout.yaml: defaults, what may be set, and what stops the start.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"
#include "support/own_file.hpp"

using namespace dugout;

namespace {

struct LoadedResilience {
  config::ResilienceSettings settings;
  core::Findings findings;
};

LoadedResilience load_resilience(const std::string& yaml,
                                 std::map<std::string, std::string> variables = {}) {
  LoadedResilience out;
  config::SettingsSource source;
  source.file = test::own_file("resilience_settings_test.yaml");
  std::ofstream(source.file) << yaml;
  source.environment = [&variables](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  out.settings = config::load_settings(source, out.findings).resilience;
  std::filesystem::remove(source.file);
  return out;
}

}  // namespace

TEST_CASE("ResilienceSettingsTest.DefaultsAreTheDesigns") {
  const auto loaded = load_resilience("");

  CHECK(loaded.findings.empty());
  const auto& all = loaded.settings;
  CHECK(all.breaker.enabled);
  CHECK(all.breaker.failures_in_row == 10);
  CHECK(all.breaker.open_for == 300.0);
  CHECK(all.cache.entries == 1000);
  CHECK(all.cache.ttl == 3600.0);
  CHECK(all.adaptive.window == 100);
  CHECK(all.adaptive.high_rate == 0.9);
  CHECK(all.adaptive.low_rate == 0.7);
  CHECK(all.hedge_after == 0.0);
  CHECK(all.tuner.mode == "shadow");
  CHECK(all.prices.empty());
}

TEST_CASE("ResilienceSettingsTest.EveryPartIsSet") {
  const auto loaded = load_resilience(R"(
resilience:
  breaker: {enabled: false, failures_in_row: 3, failure_rate: 0.5, slow_rate: 0.8, slow_after: 5s, window: 50,
            window_least: 10, open_for: 2m, probes: 2, probes_to_close: 3, probe_deadline: 10s, max_wait: 1s}
  bulkhead: {at_once: 4, queued: 0}
  retry_budget: {tokens: 20, refund: 0.5}
  cache: {entries: 10, ttl: 60s, bytes: 1MiB}
  hedge_after: 4s
  adaptive: {enabled: false, window: 30, window_least: 30, high_rate: 0.95, low_rate: 0.5}
  tuner: {mode: on, plugin: mine}
prices:
  openai_responses/gpt-4.1: {input: 2, output: 8.5}
)");

  REQUIRE(loaded.findings.empty());
  const auto& all = loaded.settings;
  CHECK_FALSE(all.breaker.enabled);
  CHECK(all.breaker.open_for == 120.0);
  CHECK(all.breaker.probes_to_close == 3);
  CHECK(all.breaker.max_wait == 1.0);
  CHECK(all.bulkhead.at_once == 4);
  CHECK(all.retry_budget.refund == 0.5);
  CHECK(all.cache.bytes == 1U << 20);
  CHECK(all.hedge_after == 4.0);
  CHECK(all.adaptive.window_least == 30);
  CHECK(all.tuner.mode == "on");
  CHECK(all.prices.at("openai_responses/gpt-4.1").output == 8.5);
}

TEST_CASE("ResilienceSettingsTest.TheEnvironmentIsAboveTheFile") {
  const auto loaded = load_resilience(
      "resilience: {hedge_after: 4s}",
      {{"DUGOUT_RESILIENCE_HEDGE_AFTER", "2s"}, {"DUGOUT_RESILIENCE_BREAKER_OPEN_FOR", "30"}});

  CHECK(loaded.findings.empty());
  CHECK(loaded.settings.hedge_after == 2.0);
  CHECK(loaded.settings.breaker.open_for == 30.0);
}

TEST_CASE("ResilienceSettingsTest.WhatIsOutOfRangeStopsTheStart") {
  struct Row {
    const char* yaml;
    const char* told;
  };
  for (const auto& [yaml, told] :
       {Row{"resilience: {breaker: {failures_in_row: 0}}", "from 1 to 1000"},
        Row{"resilience: {breaker: {failure_rate: 1.5}}", "from 0 to 1"},
        Row{"resilience: {breaker: {failure_rate: .nan}}", "no number"},
        Row{"resilience: {breaker: {open_for: -1s}}", "no time"},
        Row{"resilience: {breaker: {open_for: 1e300}}", "no time"},
        Row{"resilience: {breaker: {probes: 2.5}}", "no whole number"},
        Row{"resilience: {breaker: {enabled: maybe}}", "must be true or false"},
        Row{"resilience: {breaker: {window: 10, window_least: 11}}", "larger than \"window\""},
        Row{"resilience: {breaker: {tries: 3}}", "unknown key \"tries\" in \"resilience.breaker\""},
        Row{"resilience: {bulkhead: {queued: -1}}", "no whole number"},
        Row{"resilience: {retry_budget: {refund: 0}}", "no number"},
        Row{"resilience: {cache: {bytes: 12}}", "no size"},
        Row{"resilience: {hedge_after: .inf}", "no time"},
        Row{"resilience: {adaptive: {low_rate: 0.95}}", "larger than \"high_rate\""},
        Row{"resilience: {tuner: {mode: always}}", "off, shadow or on"},
        Row{"resilience: {caching: true}", "unknown key \"caching\""},
        Row{"prices: {gpt-4.1: {input: 2}}", "is no target"},
        Row{"prices: {a/b: {input: -2}}", "no number"}}) {
    CAPTURE(yaml);
    const auto loaded = load_resilience(yaml);
    REQUIRE(core::has_errors(loaded.findings));
    const auto text = loaded.findings[0].text();
    CHECK_THAT(text, Catch::Contains(told));
    CHECK_THAT(text, Catch::Contains("resilience_settings_test.yaml:1:"));
  }
}
