// Which failures call for a simpler prompt, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/recovery_failure.hpp"

using dugout::test::failure;
using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("SimplifiedPromptTest.BrokenFormIsRecognisedWhenItIsRepeated") {
  PluginUnderTest plugin("recovery.simplified_prompt");

  for (const auto* cls : {"invalid_json", "missing_field", "wrong_shape"}) {
    INFO(cls);
    CHECK(plugin.advise(failure(cls, "", "", 0, 1)).status == DUGOUT_E_NOT_APPLICABLE);
    const auto advice = plugin.advise(failure(cls, "", "", 0, 2));
    REQUIRE(advice.done());
    CHECK(advice.json()["action"] == "simplify_prompt");
  }
}

TEST_CASE("SimplifiedPromptTest.CutAnswersRefusalsAndFiltersAreRecognisedAtOnce") {
  PluginUnderTest plugin("recovery.simplified_prompt");

  for (const auto& one : {failure("truncated", "", "", 0), failure("refusal", "", "", 0),
                          failure("invalid_request", "content_policy_violation", "", 400),
                          failure("unknown", "", "blocked by the Content Filter", 0)}) {
    INFO(one);
    CHECK(plugin.advise(one).json()["action"] == "simplify_prompt");
  }
}

TEST_CASE("SimplifiedPromptTest.OtherFailuresAreNotItsOwn") {
  PluginUnderTest plugin("recovery.simplified_prompt");

  for (const auto& one : {failure("timeout", "", "", 0, 4), failure("empty", "", "", 0, 2),
                          failure("routine", "", "see the content policy", 0, 3)}) {
    INFO(one);
    CHECK(plugin.advise(one).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("SimplifiedPromptTest.RepeatsAreConfigured") {
  PluginUnderTest plugin("recovery.simplified_prompt",
                         {{"repeats", 1}, {"repeated_classes", {"empty"}}});

  CHECK(plugin.advise(failure("empty", "", "", 0, 1)).done());
  CHECK(plugin.advise(failure("invalid_json", "", "", 0, 5)).status == DUGOUT_E_NOT_APPLICABLE);
}
