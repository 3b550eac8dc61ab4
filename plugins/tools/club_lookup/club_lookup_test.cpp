// Questions of anybody: the public facts come out, and nothing else does, whatever is asked.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace club_lookup_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.club_lookup";

json team(const char* name, const char* age, const char* kit, const char* season = "2526") {
  return {{"short_team_name", name},         {"age_group", age},
          {"current_season", season},        {"need_new_kit_current_season", kit},
          {"manager_name", "Priya Shah"},    {"manager_phone", "07700900701"},
          {"manager_email", "p@example.org"}};
}

void seed(const char* rule = "club_email") {
  dugout::test::reset_services();
  auto& rows = dugout::test::rows();
  rows["club"] = json::array({{{"contact_email", "desk@example.org"},
                               {"manager_contact", rule},
                               {"season", "2526"},
                               {"season_label", "2025-26"},
                               {"season_starts", "1 September 2025"},
                               {"season_ends", "31 May 2026"},
                               {"signing_on_fee", "45.00"},
                               {"monthly_fee", "27.50"},
                               {"sibling_discount", "10"}}});
  rows["teams"] = json::array({team("Lions", "u9s", "N"), team("Lions", "u15s", "Y"),
                               team("Mens", "Open Age", "Y"), team("Otters", "u9s", "Y", "2425")});
  const json person{{"player_full_name", "Alfie Barlow"},
                    {"parent_full_name", "Helen Barlow"},
                    {"parent_telephone", "07700900123"},
                    {"parent_email", "helen@example.org"},
                    {"short_team_name", "Alfie Barlow"},
                    {"first_name", "Alfie"},
                    {"team", "Lions"},
                    {"current_season", "2526"},
                    {"age_group", "u9"},
                    {"player_dob", "14-05-2017"}};
  for (const auto* table : {"registrations", "players_last_season", "payment_requests", "photos",
                            "verification_attempts", "addresses", "shirts"}) {
    rows[table] = json::array({person});
  }
}

json ask(const json& args) {
  PluginUnderTest tool(kId);
  return tool.run(args);
}

}  // namespace

TEST_CASE("ClubLookupTest.TeamsAreThoseOfTheSeasonPerhapsOfOneAgeGroup") {
  seed();

  const auto all = ask({{"question", "teams"}})["data"]["teams"];
  const auto nines = ask({{"question", "teams"}, {"age_group", "U9s"}})["data"];
  const auto open = ask({{"question", "teams"}, {"age_group", "open"}})["data"];

  CHECK(all.size() == 3);
  CHECK(nines == json{{"teams", {{{"team", "Lions"}, {"age_group", "u9"}}}}});
  CHECK(open == json{{"teams", {{{"team", "Mens"}, {"age_group", "open"}}}}});
  CHECK(ask({{"question", "teams"}, {"age_group", "u99"}})["data"]["teams"].empty());
}

TEST_CASE("ClubLookupTest.AManagerIsReachedThroughTheClub") {
  const json question{{"question", "manager_contact"}, {"team", "lions"}, {"age_group", "u9"}};
  seed();
  CHECK(ask(question)["data"] ==
        json{{"team", "Lions"}, {"age_group", "u9"}, {"contact_email", "desk@example.org"}});

  seed("manager_name");
  CHECK(ask(question)["data"] == json{{"team", "Lions"},
                                      {"age_group", "u9"},
                                      {"contact_email", "desk@example.org"},
                                      {"manager_name", "Priya Shah"}});
}

TEST_CASE("ClubLookupTest.SeasonAndKitAreTold") {
  seed();

  const auto season = ask({{"question", "season"}})["data"];
  const auto kit = ask({{"question", "kit"}, {"team", "LIONS"}, {"age_group", "u15"}})["data"];

  CHECK(season["season"] == "2025-26");
  CHECK(season["starts"] == "1 September 2025");
  CHECK(season["monthly_fee_pounds"] == "27.50");
  CHECK(kit == json{{"team", "Lions"}, {"age_group", "u15"}, {"new_kit_due", "Y"}});
}

TEST_CASE("ClubLookupTest.ATeamThatIsNotClearIsNotGuessed") {
  seed();

  CHECK(ask({{"question", "kit"}, {"team", "Lions"}})["error"]["code"] == "not_found");
  CHECK(ask({{"question", "kit"}, {"team", "Otters"}})["error"]["code"] == "not_found");
  CHECK(ask({{"question", "kit"}})["error"]["code"] == "not_found");
  CHECK(ask({{"question", "manager_contact"}, {"team", ""}})["error"]["code"] == "not_found");
}

TEST_CASE("ClubLookupTest.NothingOfAPersonComesOutWhateverIsAsked") {
  const auto* rule = GENERATE("club_email", "manager_name", "everything", "manager_phone");
  seed(rule);
  const std::vector<std::string> tries{"Alfie Barlow",
                                       "Lions",
                                       "Helen Barlow",
                                       "registrations",
                                       "*",
                                       "",
                                       "' OR 1=1 --",
                                       "\",\"player_full_name\":\"Alfie Barlow",
                                       "{team}",
                                       "Lions') OR TRUE() OR (''='",
                                       "../registrations",
                                       "u9"};

  for (const auto* question : {"teams", "manager_contact", "season", "kit"}) {
    for (const auto& team : tries) {
      for (const auto& age : tries) {
        const auto text =
            ask({{"question", question}, {"team", team}, {"age_group", age.substr(0, 20)}}).dump();
        CAPTURE(question, team, age, text);
        for (const auto* secret :
             {"Alfie", "Helen", "Barlow", "07700", "helen@", "p@example", "14-05-2017"}) {
          CHECK(text.find(secret) == std::string::npos);
        }
      }
    }
  }
}

TEST_CASE("ClubLookupTest.OtherQuestionsAndArgumentsAreNoCalls") {
  seed();

  CHECK_THROWS(ask({{"question", "registrations"}}));
  CHECK_THROWS(ask({{"question", "players"}, {"team", "Lions"}}));
  CHECK_THROWS(ask({{"question", "teams"}, {"table", "registrations"}}));
  CHECK_THROWS(ask({{"question", "teams"}, {"where", {{"player_full_name", "Alfie Barlow"}}}}));
  CHECK_THROWS(ask({{"query", "delete all"}}));
}

}  // namespace club_lookup_test
