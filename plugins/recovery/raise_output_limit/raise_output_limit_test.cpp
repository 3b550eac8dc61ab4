// Which answers get more room, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("RaiseOutputLimitTest.AnAnswerThatWasCutOffGetsTwiceTheRoom") {
  PluginUnderTest plugin("recovery.raise_output_limit");

  const auto advice = plugin.advise(failure("truncated", "", "", 0));

  REQUIRE(advice.done());
  CHECK(advice.json() == json{{"action", "raise_output_limit"},
                              {"factor", 2.0},
                              {"start", 4096},
                              {"ceiling", 16384},
                              {"why", "class truncated"}});
}

TEST_CASE("RaiseOutputLimitTest.OtherFailuresAreNotItsOwn") {
  PluginUnderTest plugin("recovery.raise_output_limit");

  for (const auto* cls : {"invalid_json", "empty", "context_length", "server", "unknown"}) {
    INFO(cls);
    CHECK(plugin.advise(failure(cls, "", "truncated", 500)).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("RaiseOutputLimitTest.FiguresAreConfigured") {
  PluginUnderTest plugin("recovery.raise_output_limit",
                         {{"factor", 1.5}, {"start", 1000}, {"ceiling", 2000}});

  const auto advice = plugin.advise(failure("truncated", "", "", 0)).json();

  CHECK(advice["factor"] == 1.5);
  CHECK(advice["start"] == 1000);
  CHECK(advice["ceiling"] == 2000);
}
