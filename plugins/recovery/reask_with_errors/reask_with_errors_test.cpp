// Which answers are asked for again with their errors, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("ReaskWithErrorsTest.AWrongAnswerIsAskedForAgainOnce") {
  PluginUnderTest plugin("recovery.reask_with_errors");

  for (const auto* cls : {"invalid_json", "missing_field", "wrong_shape", "schema", "field",
                          "routine", "business_rule"}) {
    INFO(cls);
    const auto advice = plugin.advise(failure(cls, "", "", 0));
    REQUIRE(advice.done());
    CHECK(advice.json() == json{{"action", "reask"}, {"why", "class " + std::string(cls)}});
    CHECK(plugin.advise(failure(cls, "", "", 0, 2)).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("ReaskWithErrorsTest.WhereNoAnswerCameThereIsNothingToPutRight") {
  PluginUnderTest plugin("recovery.reask_with_errors");

  for (const auto* cls : {"server", "rate_limit", "timeout", "unknown", "refusal", "empty",
                          "truncated", "context_length"}) {
    INFO(cls);
    CHECK(plugin.advise(failure(cls, "", "invalid json", 500)).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("ReaskWithErrorsTest.TimesAreConfigured") {
  PluginUnderTest never("recovery.reask_with_errors", {{"times", 0}});
  PluginUnderTest thrice("recovery.reask_with_errors", {{"times", 3}});

  CHECK(never.advise(failure("schema", "", "", 0)).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(thrice.advise(failure("schema", "", "", 0, 3)).done());
  CHECK(thrice.advise(failure("schema", "", "", 0, 4)).status == DUGOUT_E_NOT_APPLICABLE);
}
