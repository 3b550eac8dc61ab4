// What reads like a reply, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace semantic_content_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

double confidence(const std::string& message, const json& config = json::object()) {
  PluginUnderTest plugin("validator.semantic_content", config);
  const auto verdict = plugin.validate({{"agent_final_response", message}}, json::object());
  REQUIRE(verdict.done());
  return verdict.json()["confidence"];
}

}  // namespace

TEST_CASE("SemanticContentTest.TheSeedsTable") {
  CHECK(confidence("Which team is it?") == 0.7);
  CHECK(confidence("Hello and welcome.") == 0.7);
  CHECK(confidence("Thank you, noted.") == 0.7);
  CHECK(confidence("The team is noted.") == 0.4);
  CHECK(confidence("Team?") == 0.4);
}

TEST_CASE("SemanticContentTest.LongerThanTenMeansElevenCharacters") {
  CHECK(confidence("Ten signs?") == 0.4);
  CHECK(confidence("Ten signs??") == 0.7);
  CHECK(confidence("Zoë, Zoë ?") == 0.4);  // twelve bytes, ten characters
}

TEST_CASE("SemanticContentTest.GreetingsAreWholeWords") {
  CHECK(confidence("This child is in the team.") == 0.4);  // the seed found "hi" in both
  CHECK(confidence("Nothing was thankless here.") == 0.4);
  CHECK(confidence("Well, HI there and welcome") == 0.7);
  CHECK(confidence("**Thanks** for the details.") == 0.7);
  CHECK(confidence("The name Zoëhi is noted.") == 0.4);
}

TEST_CASE("SemanticContentTest.DoubtIsExplainedInFiguresOnly") {
  PluginUnderTest plugin("validator.semantic_content");

  const auto verdict =
      plugin.validate({{"agent_final_response", "Alfie Barlow is noted."}}, json::object()).json();

  CHECK(verdict["details"] ==
        json{{"length", 22}, {"has_question", false}, {"has_greeting", false}});
  CHECK(verdict["problem"]["class"] == "business_rule");
  CHECK(verdict.dump().find("Barlow") == std::string::npos);
}

TEST_CASE("SemanticContentTest.WordsAndFiguresAreSettings") {
  const json welsh{{"greetings", {"Diolch"}}, {"confident", 0.9}, {"longer_than", 5}};

  CHECK(confidence("diolch!", welsh) == 0.9);
  CHECK(confidence("Thank you, noted.", welsh) == 0.4);
  CHECK(confidence("Which team is it?", {{"question_marks", json::array()}}) == 0.4);
}

TEST_CASE("SemanticContentTest.WithoutAMessageThereIsNoOpinion") {
  PluginUnderTest plugin("validator.semantic_content");

  CHECK(plugin.validate(json::object(), json::object()).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate({{"agent_final_response", 5}}, json::object()).status == DUGOUT_E_INVALID);
}

}  // namespace semantic_content_test
