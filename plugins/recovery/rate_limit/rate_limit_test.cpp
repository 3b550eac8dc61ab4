// Which failures are a rate limit, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("RateLimitTest.KnownPatternsWaitThreeTimesAsLong") {
  PluginUnderTest plugin("recovery.rate_limit");

  for (const auto& one :
       {failure("rate_limit", "rate_limit_exceeded", "", 429),
        failure("rate_limit", "slow_down", "", 429), failure("rate_limit", "", "", 429),
        failure("unknown", "", "Rate Limit reached for requests", 0),
        failure("server", "", "429 Too Many Requests", 500)}) {
    INFO(one);
    const auto advice = plugin.advise(one);
    REQUIRE(advice.done());
    CHECK(advice.json()["action"] == "wait");
    CHECK(advice.json()["wait_multiplier"] == 3.0);
    CHECK_FALSE(advice.json()["why"].get<std::string>().empty());
  }
}

TEST_CASE("RateLimitTest.CodesAreLookedAtFirst") {
  PluginUnderTest plugin("recovery.rate_limit");

  const auto advice = plugin.advise(failure("rate_limit", "slow_down", "too many requests", 429));

  CHECK(advice.json()["why"] == "code slow_down");
}

TEST_CASE("RateLimitTest.OtherFailuresAreNotItsOwn") {
  PluginUnderTest plugin("recovery.rate_limit");

  for (const auto& one : {failure("quota", "insufficient_quota", "Too Many Requests", 429),
                          failure("server", "server_error", "internal error", 500),
                          failure("business_rule", "", "do not speak of a rate limit", 0)}) {
    INFO(one);
    CHECK(plugin.advise(one).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("RateLimitTest.ConfigurationReplacesTheDefaults") {
  PluginUnderTest plugin("recovery.rate_limit", {{"codes", {"tempo"}},
                                                 {"classes", json::array()},
                                                 {"texts", {"Slower"}},
                                                 {"wait_multiplier", 1.5}});

  CHECK(plugin.advise(failure("server", "tempo", "", 500)).json()["wait_multiplier"] == 1.5);
  CHECK(plugin.advise(failure("server", "", "go slower please", 500)).done());
  CHECK(plugin.advise(failure("rate_limit", "slow_down", "", 429)).status ==
        DUGOUT_E_NOT_APPLICABLE);
}

TEST_CASE("RateLimitTest.MissingMembersAreNoError") {
  PluginUnderTest plugin("recovery.rate_limit");

  CHECK(plugin.advise({{"class", "rate_limit"}}).done());
  CHECK(plugin.advise(json::object()).status == DUGOUT_E_NOT_APPLICABLE);
}
