// Which failures mean that the conversation is too long, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("HistoryTruncationTest.KnownPatternsDropTheOldestHalf") {
  PluginUnderTest plugin("recovery.history_truncation");

  for (const auto& one :
       {failure("context_length", "", "", 400),
        failure("invalid_request", "context_length_exceeded", "", 400),
        failure("invalid_request", "", "This exceeds the Context Window of the model", 400),
        failure("unknown", "", "maximum context length is 8192 tokens", 0)}) {
    INFO(one);
    const auto advice = plugin.advise(one);
    REQUIRE(advice.done());
    CHECK(advice.json()["action"] == "truncate_history");
    CHECK(advice.json()["fraction"] == 0.5);
  }
}

TEST_CASE("HistoryTruncationTest.OtherFailuresAreNotItsOwn") {
  PluginUnderTest plugin("recovery.history_truncation");

  CHECK(plugin.advise(failure("server", "", "internal error", 500)).status ==
        DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.advise(failure("field", "", "token limit", 0)).status == DUGOUT_E_NOT_APPLICABLE);
}

TEST_CASE("HistoryTruncationTest.FractionIsConfigured") {
  PluginUnderTest plugin("recovery.history_truncation", {{"fraction", 0.25}});

  CHECK(plugin.advise(failure("context_length", "", "", 400)).json()["fraction"] == 0.25);
}
