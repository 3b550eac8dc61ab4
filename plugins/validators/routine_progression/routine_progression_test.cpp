// Where an answer may go, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace routine_progression_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

const json kHere{{"agent", "cards"}, {"routine", 8}, {"next", {9, 27}}};

double confidence(const json& answer, const json& config = json::object()) {
  PluginUnderTest plugin("validator.routine_progression", config);
  const auto verdict = plugin.validate(answer, kHere);
  REQUIRE(verdict.done());
  return verdict.json()["confidence"];
}

}  // namespace

TEST_CASE("RoutineProgressionTest.TheTable") {
  CHECK(confidence({{"routine_number", 8}}) == 0.9);
  CHECK(confidence({{"routine_number", 9}}) == 0.9);
  CHECK(confidence({{"routine_number", 27}}) == 0.9);
  CHECK(confidence(json::object()) == 0.6);
  CHECK(confidence({{"routine_number", nullptr}}) == 0.6);
  CHECK(confidence({{"routine_number", 12}}) == 0.2);
  CHECK(confidence({{"routine_number", -1}}) == 0.2);
  CHECK(confidence({{"routine_number", 12}}, {{"strays", 0.05}}) == 0.05);
}

TEST_CASE("RoutineProgressionTest.AStrayIsToldWhereItMayGo") {
  PluginUnderTest plugin("validator.routine_progression");

  const auto verdict = plugin.validate({{"routine_number", 12}}, kHere).json();

  CHECK(verdict["problem"]["class"] == "routine");
  CHECK(verdict["problem"]["message"] ==
        "routine_number 12 cannot follow routine 8. It can be 8, 9 or 27.");
  CHECK(verdict["details"] == json{{"step", "stray"}});
}

TEST_CASE("RoutineProgressionTest.ALongListIsNotRecited") {
  PluginUnderTest plugin("validator.routine_progression");
  json many = kHere;
  for (int number = 100; number < 200; ++number) many["next"].push_back(number);

  const auto verdict = plugin.validate({{"routine_number", 12}}, many).json();

  CHECK(verdict["problem"]["message"] == "routine_number 12 cannot follow routine 8.");
}

TEST_CASE("RoutineProgressionTest.WhereNothingIsKnownThereIsNoOpinion") {
  PluginUnderTest plugin("validator.routine_progression");

  CHECK(plugin.validate({{"routine_number", 1}}, {{"agent", "universal"}}).status ==
        DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate({{"routine_number", 9}}, {{"routine", 8}}).status ==
        DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate({{"routine_number", 8}}, {{"routine", 8}}).done());
  CHECK(plugin.validate({{"routine_number", "x"}}, kHere).status == DUGOUT_E_INVALID);
  CHECK(plugin.validate({{"routine_number", 12}}, {{"routine", 8}, {"next", {"x"}}}).status ==
        DUGOUT_E_INVALID);
}

}  // namespace routine_progression_test
