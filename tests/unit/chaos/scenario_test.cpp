// Scenario files: what they may say, when a fault strikes, and what is refused with its place.
#include "chaos/scenario.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "chaos/bench.hpp"
#include "support/own_file.hpp"

using namespace dugout;
using chaos::Fault;

namespace {

std::optional<chaos::Scenario> load(const std::string& yaml, core::Findings& findings) {
  const auto path = test::own_file("scenario_test.yaml");
  std::ofstream(path) << yaml;
  auto scenario = chaos::load_scenario(path, findings);
  std::filesystem::remove(path);
  return scenario;
}

}  // namespace

TEST_CASE("ScenarioTest.EverythingIsRead") {
  core::Findings findings;
  const auto scenario = load(R"(
name: storm
about: A storm.
turns_per_second: 2
lasts: 2m
latency: 1s
spread: 0
faults:
  - {kind: status, status: 429, code: rate, target: a/*, from: 10s, until: 1m, every: 20s, lasts: 5s, share: 0.5, retry_after: 2s}
  - {kind: slow, latency: 30s}
expect: {good: 0.9, requests_per_turn: 2, load_in_faults: 0.1}
)",
                             findings);

  REQUIRE(findings.empty());
  REQUIRE(scenario);
  CHECK(scenario->name == "storm");
  CHECK(scenario->lasts == 120.0);
  REQUIRE(scenario->faults.size() == 2);
  CHECK(scenario->faults[0].status == 429);
  CHECK(scenario->faults[0].retry_after == 2.0);
  CHECK(scenario->faults[1].kind == Fault::Kind::kSlow);
  CHECK(scenario->least_good == 0.9);
  CHECK(scenario->most_load_in_faults == 0.1);
}

TEST_CASE("ScenarioTest.AFaultStrikesItsTargetsInItsTimes") {
  chaos::Scenario scenario;
  Fault fault;
  fault.target = "a/*";
  fault.from = 10.0;
  fault.until = 60.0;
  fault.every = 20.0;
  fault.lasts = 5.0;

  CHECK_FALSE(scenario.strikes(fault, "a/one", 9.9));
  CHECK(scenario.strikes(fault, "a/one", 10.0));
  CHECK_FALSE(scenario.strikes(fault, "a/one", 15.0));
  CHECK(scenario.strikes(fault, "a/two", 34.9));
  CHECK_FALSE(scenario.strikes(fault, "b/one", 10.0));
  CHECK_FALSE(scenario.strikes(fault, "a/one", 60.0));
}

TEST_CASE("ScenarioTest.WhatIsWrongIsToldWithItsPlace") {
  struct Row {
    const char* yaml;
    const char* told;
  };
  for (const auto& [yaml, told] :
       {Row{"lasts: 10s\n", "about"},
        Row{"about: a\nfaults: [{kind: explode}]\n", "must be one of"},
        Row{"about: a\nfaults: [{status: 500}]\n", "\"kind\""},
        Row{"about: a\nfaults: [{kind: status, share: 2}]\n", "share"},
        Row{"about: a\nfaults: [{kind: status, share: .nan}]\n", "share"},
        Row{"about: a\nfaults: [{kind: status, status: 200}]\n", "status"},
        Row{"about: a\nfaults: [{kind: status, from: 10s, until: 5s}]\n", "not after"},
        Row{"about: a\nfaults: [{kind: status, every: 10s}]\n", "belong together"},
        Row{"about: a\nlasts: -1s\n", "lasts"},
        Row{"about: a\nturns_per_second: 1000\nlasts: 1h\n", "100,000 turns"},
        Row{"about: a\nweather: bad\n", "weather"}, Row{"about: [\n", ""}}) {
    CAPTURE(yaml);
    core::Findings findings;
    CHECK_FALSE(load(yaml, findings));
    REQUIRE(core::has_errors(findings));
    CHECK_THAT(findings[0].text(), Catch::Contains(told));
    CHECK_THAT(findings[0].text(), Catch::Contains("scenario_test.yaml:"));
  }
}

TEST_CASE("ScenarioTest.WhatIsExpectedAndMissedIsTold") {
  chaos::Scenario scenario;
  scenario.name = "storm";
  scenario.least_good = 0.999;
  scenario.least_by_model = 0.9;
  scenario.most_requests = 1.3;
  scenario.most_load_in_faults = 0.1;
  chaos::Measured measured;
  measured.good = 0.999;
  measured.by_model = 0.9;
  measured.requests_per_turn = 1.3;
  measured.load_in_faults = 0.1;
  CHECK(chaos::missed(scenario, measured).empty());

  measured.good = 0.99;
  measured.requests_per_turn = 1.4;
  measured.load_in_faults = 0.2;
  measured.by_model = 0.5;
  CHECK(chaos::missed(scenario, measured).size() == 4);
}
