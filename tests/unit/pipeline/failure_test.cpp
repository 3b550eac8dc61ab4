// The class table: names, tiers and rows.
#include "pipeline/failure.hpp"

#include <catch2/catch.hpp>

using namespace dugout::pipeline;

TEST_CASE("FailureTest.EveryClassHasANameThatLeadsBackToIt") {
  for (std::size_t i = 0; i < kFailureClasses; ++i) {
    const auto cls = static_cast<FailureClass>(i);
    INFO(name_of(cls));
    CHECK(class_named(name_of(cls)) == cls);
  }
  CHECK_FALSE(class_named("no_such_class"));
  CHECK_FALSE(class_named(""));
}

TEST_CASE("FailureTest.TiersFollowTheDesign") {
  CHECK(tier_of(FailureClass::kConnection) == Tier::kAiCall);
  CHECK(tier_of(FailureClass::kUnknown) == Tier::kAiCall);
  CHECK(tier_of(FailureClass::kInvalidJson) == Tier::kParse);
  CHECK(tier_of(FailureClass::kWrongShape) == Tier::kParse);
  CHECK(tier_of(FailureClass::kSchema) == Tier::kValidation);
  CHECK(tier_of(FailureClass::kBusinessRule) == Tier::kValidation);
}

TEST_CASE("FailureTest.QuotaAuthenticationInvalidRequestAndRefusalNeverStayOnTheTarget") {
  for (const auto* name : {"quota", "authentication", "invalid_request", "refusal"}) {
    const auto rule = rule_of(*class_named(name));
    INFO(name);
    CHECK(rule.then == ClassRule::Then::kNextTarget);
    CHECK_FALSE(rule.same_target);
  }
}

TEST_CASE("FailureTest.PassingTroubleIsTriedAgainAfterAWait") {
  for (const auto* name : {"connection", "timeout", "rate_limit", "overloaded", "server", "unknown",
                           "invalid_json", "missing_field", "empty", "wrong_shape"}) {
    const auto rule = rule_of(*class_named(name));
    INFO(name);
    CHECK(rule.then == ClassRule::Then::kRetrySame);
    CHECK(rule.same_target);
    CHECK(rule.waits);
  }
}
