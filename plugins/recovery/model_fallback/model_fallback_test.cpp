// Which failures call for another model, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("ModelFallbackTest.KnownPatternsGoToTheNextTarget") {
  PluginUnderTest plugin("recovery.model_fallback");

  for (const auto& one : {failure("overloaded", "server_is_overloaded", "", 503),
                          failure("invalid_request", "model_not_found", "", 404),
                          failure("server", "", "The engine is currently Overloaded", 500),
                          failure("unknown", "", "Service temporarily unavailable", 0)}) {
    INFO(one);
    const auto advice = plugin.advise(one);
    REQUIRE(advice.done());
    CHECK(advice.json()["action"] == "next_target");
  }
}

TEST_CASE("ModelFallbackTest.OtherFailuresAreNotItsOwn") {
  PluginUnderTest plugin("recovery.model_fallback");

  for (const auto& one :
       {failure("rate_limit", "slow_down", "", 429), failure("overloaded", "", "", 503),
        failure("field", "", "the pitch is temporarily unavailable", 0)}) {
    INFO(one);
    CHECK(plugin.advise(one).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("ModelFallbackTest.ClassMayBeConfigured") {
  PluginUnderTest plugin("recovery.model_fallback", {{"classes", {"overloaded"}}});

  CHECK(plugin.advise(failure("overloaded", "", "", 503)).json()["why"] == "class overloaded");
}
