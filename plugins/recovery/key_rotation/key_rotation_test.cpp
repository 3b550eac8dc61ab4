// Which failures are the key's, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("KeyRotationTest.AKeyThatIsUsedUpOrRefusedIsChanged") {
  PluginUnderTest plugin("recovery.key_rotation");

  for (const auto& one : {failure("quota", "", "", 429), failure("authentication", "", "", 401),
                          failure("rate_limit", "insufficient_quota", "", 429)}) {
    INFO(one);
    const auto advice = plugin.advise(one);
    REQUIRE(advice.done());
    CHECK(advice.json()["action"] == "next_key");
  }
}

TEST_CASE("KeyRotationTest.CodesAreLookedAtFirst") {
  PluginUnderTest plugin("recovery.key_rotation");

  CHECK(plugin.advise(failure("quota", "insufficient_quota", "", 429)).json()["why"] ==
        "code insufficient_quota");
}

TEST_CASE("KeyRotationTest.WhatAnotherKeyDoesNotMendIsNotItsOwn") {
  PluginUnderTest plugin("recovery.key_rotation");

  for (const auto& one : {failure("rate_limit", "rate_limit_exceeded", "insufficient quota", 429),
                          failure("server", "", "", 500), failure("invalid_json", "", "", 0)}) {
    INFO(one);
    CHECK(plugin.advise(one).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("KeyRotationTest.TextsMayBeConfigured") {
  PluginUnderTest plugin("recovery.key_rotation", {{"texts", {"billing hard limit"}}});

  CHECK(plugin.advise(failure("unknown", "", "Billing hard limit has been reached", 0)).done());
}
