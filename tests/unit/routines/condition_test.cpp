// Conditions: reading, evaluating, printing.
#include "routines/condition.hpp"

#include "sandbox.hpp"

using dugout::test::MapValues;
using namespace dugout;
using namespace dugout::routines;

namespace {

std::optional<Condition> parsed(const std::string& yaml, core::Findings& findings) {
  const auto file = config::parse_yaml("when: " + yaml + "\n", "f.yaml", findings);
  REQUIRE(file);
  return parse_condition(*file->root.find("when"), "f.yaml", findings);
}

bool holds(const std::string& yaml, const std::map<std::string, std::string>& values) {
  core::Findings findings;
  const auto condition = parsed(yaml, findings);
  REQUIRE(condition);
  return condition->holds(MapValues(values));
}

std::string refused(const std::string& yaml) {
  core::Findings findings;
  CHECK_FALSE(parsed(yaml, findings));
  REQUIRE(findings.size() == 1);
  return findings.front().text();
}

}  // namespace

TEST_CASE("ConditionTest.NumbersCompareAsNumbersElseAsText") {
  CHECK(holds("a >= 16", {{"a", "16"}}));
  CHECK_FALSE(holds("a > 16", {{"a", "9"}}));
  CHECK(holds("a == 07", {{"a", "7"}}));
  CHECK(holds("a == Y", {{"a", "Y"}}));
  CHECK_FALSE(holds("a == y", {{"a", "Y"}}));
  CHECK(holds("a.number < 16", {{"a", "u9"}}));
  CHECK(holds("a == Not Disclosed", {{"a", "Not Disclosed"}}));
  CHECK(holds("\"a == 'x y'\"", {{"a", "x y"}}));
}

TEST_CASE("ConditionTest.AComparisonWithAnUnsetFieldIsFalse") {
  CHECK_FALSE(holds("a == Y", {}));
  CHECK_FALSE(holds("a != Y", {}));
  CHECK(holds("a is unset", {}));
  CHECK(holds("a is set", {{"a", ""}}));
  CHECK(holds("{not: a == Y}", {}));
}

TEST_CASE("ConditionTest.AllAnyNotCombine") {
  const std::string yaml = "{all: [a == Y, {any: [b == 1, b == 2]}, {not: c is set}]}";

  CHECK(holds(yaml, {{"a", "Y"}, {"b", "2"}}));
  CHECK_FALSE(holds(yaml, {{"a", "Y"}, {"b", "3"}}));
  CHECK_FALSE(holds(yaml, {{"a", "Y"}, {"b", "1"}, {"c", "x"}}));
}

TEST_CASE("ConditionTest.TextIsAsAnEditorWouldWriteIt") {
  core::Findings findings;
  const auto condition =
      parsed("{all: [a==Y, {not: b   is set}, {any: [c <3, d != x]}]}", findings);

  REQUIRE(condition);
  CHECK(condition->text() == "{all: [a == Y, {not: b is set}, {any: [c < 3, d != x]}]}");
  CHECK(condition->reads() == std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("ConditionTest.WhatIsNoConditionIsRefusedWithItsPlace") {
  CHECK(refused("a = Y").starts_with("f.yaml:1:7: error: \"a = Y\" is not a comparison"));
  CHECK(refused("a === Y").find("is not a comparison") != std::string::npos);
  CHECK(refused("a ==").find("is not a comparison") != std::string::npos);
  CHECK(refused("just_a_name").find("is not a comparison") != std::string::npos);
  CHECK(refused("{al: [a == Y]}").find("did you mean \"all\"?") != std::string::npos);
  CHECK(refused("{all: []}").find("needs a list") != std::string::npos);
  CHECK(refused("{all: [a == Y], any: [b == Y]}").find("exactly one") != std::string::npos);
  CHECK(refused("[a == Y]").find("a condition is a comparison") != std::string::npos);
}
