// The kit question over the fixtures' teams.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace check_if_kit_needed_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

json team(const char* name, const char* age, json season, const char* kit) {
  return {{"id", std::string(name) + age},
          {"short_team_name", name},
          {"age_group", age},
          {"current_season", season},
          {"need_new_kit_current_season", kit}};
}

void seed() {
  dugout::test::reset_services();
  dugout::test::rows()["teams"] =
      json::array({team("Lions", "u9s", "2526", "N"), team("Leopards", "u10s", 2526, "Y"),
                   team("Mens", "Open Age", "2526", "Y"), team("Bears", " u7s ", "2526", "perhaps"),
                   team("Hawks", "u8s", "2425", "Y")});
}

}  // namespace

TEST_CASE("CheckIfKitNeededTest.EverySpellingOfTeamAndAgeFindsTheRow") {
  seed();
  PluginUnderTest tool("tool.check_if_kit_needed");
  const auto [name, age, kit] =
      GENERATE(table<const char*, const char*, const char*>({{"Lions", "u9s", "N"},
                                                             {"lions", "u9", "N"},
                                                             {"LEOPARDS", "U10", "Y"},
                                                             {" Leopards ", "u10s", "Y"},
                                                             {"mens", "open", "Y"},
                                                             {"Bears", "u7", "N"}}));

  const auto result = tool.run({{"team_name", name}, {"age_group", age}});

  CAPTURE(name, age, result.dump());
  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["kit_needed"] == kit);
}

TEST_CASE("CheckIfKitNeededTest.UnknownTeamIsNotFoundAndSaysNoKitAnswer") {
  seed();
  PluginUnderTest tool("tool.check_if_kit_needed");

  for (const auto& [name, age] :
       {std::pair{"Nosuch", "u9"}, {"Lions", "u10"}, {"Hawks", "u8"}, {"Lions' OR 1=1", "u9"}}) {
    const auto result = tool.run({{"team_name", name}, {"age_group", age}});
    CHECK(result["ok"] == false);
    CHECK(result["error"]["code"] == "not_found");
    CHECK_FALSE(result.contains("data"));
  }
}

TEST_CASE("CheckIfKitNeededTest.SeasonComesFromTheConfig") {
  seed();
  PluginUnderTest tool("tool.check_if_kit_needed", {{"season", "2425"}});

  CHECK(tool.run({{"team_name", "Hawks"}, {"age_group", "u8"}})["data"]["kit_needed"] == "Y");
  CHECK(tool.run({{"team_name", "Lions"}, {"age_group", "u9"}})["ok"] == false);
}

}  // namespace check_if_kit_needed_test
