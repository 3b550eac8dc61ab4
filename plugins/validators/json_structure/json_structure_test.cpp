// The seed's table of confidences, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace json_structure_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

constexpr auto kWhole = R"({"agent_final_response":"Which team?","routine_number":3})";

json answer(const std::string& raw, bool repaired = false, bool with_routine = true) {
  json made{{"agent_final_response", "Which team?"}, {"raw", raw}};
  if (with_routine) made["routine_number"] = 3;
  if (repaired) made["repaired"] = true;
  return made;
}

double confidence(const json& given, const json& context = json::object(),
                  const json& config = json::object()) {
  PluginUnderTest plugin("validator.json_structure", config);
  const auto verdict = plugin.validate(given, context);
  REQUIRE(verdict.done());
  return verdict.json()["confidence"];
}

}  // namespace

TEST_CASE("JsonStructureTest.TheSeedsTable") {
  CHECK(confidence(answer(kWhole)) == 0.8);
  CHECK(confidence(answer(R"({"agent_final_response":"Which team?"})")) == 0.3);
  CHECK(confidence(answer(R"({"routine_number":3})")) == 0.3);
  CHECK(confidence(answer("[1,2]")) == 0.3);
  CHECK(confidence(answer("Which team?")) == 0.1);
  CHECK(confidence(answer("{\"agent_final_response\":")) == 0.1);
}

TEST_CASE("JsonStructureTest.ARoutineNumberOfNullIsOne") {
  CHECK(confidence(answer(R"({"agent_final_response":"Hi","routine_number":null})")) == 0.8);
}

TEST_CASE("JsonStructureTest.WhatAParserTookOutOfProseIsJsonButLessTrusted") {
  CHECK(confidence(answer(std::string("Sure: ") + kWhole, true)) == 0.6);
  CHECK(confidence(answer(json(kWhole).dump(), true)) == 0.6);  // JSON as text in JSON
  CHECK(confidence(answer("Sure: {...}", true, false)) == 0.3);
}

TEST_CASE("JsonStructureTest.PlainTextIsNoMatterWhereNoJsonWasAskedFor") {
  PluginUnderTest plugin("validator.json_structure");

  CHECK(plugin.validate(answer("Which team?"), {{"schema", ""}}).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate(answer("Which team?"), {{"schema", "agent_response"}}).done());
  CHECK(plugin.validate(answer(kWhole), {{"schema", ""}}).done());
  CHECK(plugin.validate({{"agent_final_response", "Hi"}}, json::object()).status ==
        DUGOUT_E_NOT_APPLICABLE);
}

TEST_CASE("JsonStructureTest.WhatIsMissingIsToldWithoutTheText") {
  PluginUnderTest plugin("validator.json_structure");

  const auto verdict =
      plugin.validate(answer(R"({"agent_final_response":"Alfie Barlow"})"), json::object()).json();

  CHECK(verdict["problem"]["class"] == "schema");
  CHECK(verdict["problem"]["message"].get<std::string>().find("routine_number was missing") !=
        std::string::npos);
  CHECK(verdict.dump().find("Barlow") == std::string::npos);
  CHECK(verdict["details"]["valid_json"] == true);
  CHECK_FALSE(plugin.validate(answer(kWhole), json::object()).json().contains("problem"));
}

TEST_CASE("JsonStructureTest.TheFiguresAreSettings") {
  CHECK(confidence(answer("none"), json::object(), {{"absent", 0.25}}) == 0.25);
  CHECK(confidence(answer(kWhole), json::object(), {{"complete", 1.0}}) == 1.0);
}

TEST_CASE("JsonStructureTest.MembersOfTheWrongTypeAreInvalid") {
  PluginUnderTest plugin("validator.json_structure");

  CHECK(plugin.validate({{"raw", 5}}, json::object()).status == DUGOUT_E_INVALID);
  CHECK(plugin.validate(json::array(), json::object()).status == DUGOUT_E_INVALID);
  CHECK(plugin.validate(answer("x"), {{"schema", json::array()}}).status == DUGOUT_E_INVALID);
}

TEST_CASE("JsonStructureTest.WhatIsNestedTooDeepIsNoAnswer") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');

  CHECK(confidence(answer(deep)) == 0.1);
  CHECK(confidence(answer(R"({"agent_final_response":"[[[[ {\" [","routine_number":3})")) == 0.8);
}

}  // namespace json_structure_test
