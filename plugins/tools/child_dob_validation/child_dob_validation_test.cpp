// child_dob_validation through the plugin boundary; the day is 2025-10-01. Facts 1.1, 3.15, 9.2.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace child_dob_validation_test {

namespace {

using dugout::test::PluginUnderTest;
using nlohmann::json;

json run(json args, const json& config = json::object()) {
  PluginUnderTest plugin("tool.child_dob_validation", config);
  return plugin.run(args);
}

std::string date(const std::string& text) {
  const auto answer = run({{"date_of_birth", text}});
  if (!answer["ok"]) return "refused: " + answer["error"]["code"].get<std::string>();
  return answer["data"]["value"];
}

std::string group(const std::string& text, const std::string& age_group,
                  const std::string& season = "2526") {
  const auto answer = run({{"date_of_birth", text}, {"age_group", age_group}, {"season", season}});
  if (!answer["ok"]) return "refused: " + answer["error"]["code"].get<std::string>();
  if (!answer["data"].contains("fits_age_group")) return "not compared";
  return answer["data"]["fits_age_group"].get<std::string>() + " " +
         answer["data"]["expected_age_group"].get<std::string>();
}

}  // namespace

TEST_CASE("ChildDobTest.FactsTableFormsAreUnderstood") {
  for (const std::string text :
       {"14-05-2017", "14/05/2017", "14.05.2017", "14 05 2017", "2017-05-14", "14/5/17", "14-5-17",
        "14th May 2017", "May 14 2017", "May 14th, 2017", "14-May-17", "2017/05/14", "2017 May 14",
        "he was born on 14/05/2017", "DOB: 14.05.2017.", "5/14/2017", "5-14-2017", "14052017"}) {
    CAPTURE(text);
    CHECK(date(text) == "14-05-2017");
  }
  CHECK(date("7/8/2014") == "07-08-2014");
  CHECK(date("12/25/2014") == "25-12-2014");
  CHECK(date("1st of 03, 2015") == "01-03-2015");
  CHECK(date("3 Nov 2009") == "03-11-2009");
  CHECK(date("18th July 2014") == "18-07-2014");
  CHECK(date("2014/07/18") == "18-07-2014");
}

TEST_CASE("ChildDobTest.FactsTableLimitsHold") {
  CHECK(date("29-02-2016") == "29-02-2016");
  CHECK(date("29-02-2015") == "refused: unreal_date");
  CHECK(date("01-01-2007") == "01-01-2007");
  CHECK(date("31-12-2006") == "refused: too_early");
  CHECK(date("14/05/2006") == "refused: too_early");
  CHECK(date("15-03-2099") == "refused: in_future");
  CHECK(date("02-10-2025") == "refused: in_future");
  CHECK(date("01-10-2025") == "01-10-2025");
}

TEST_CASE("ChildDobTest.MinYearComesFromTheConfig") {
  const json args = {{"date_of_birth", "01-01-2008"}};

  CHECK(run(args)["ok"] == true);
  CHECK(run(args, {{"min_year", 2009}})["error"]["code"] == "too_early");
}

TEST_CASE("ChildDobTest.AgeIsGivenWhenAskedFor") {
  CHECK(run({{"date_of_birth", "01-10-2016"}, {"calculate_age", true}})["data"]["age"] == 9);
  CHECK(run({{"date_of_birth", "02-10-2016"}, {"calculate_age", true}})["data"]["age"] == 8);
  CHECK_FALSE(run({{"date_of_birth", "02-10-2016"}})["data"].contains("age"));
}

TEST_CASE("ChildDobTest.AgeGroupIsUnderNOn31AugustBeforeTheSeason") {
  CHECK(group("14th May 2017", "u9") == "Y u9");
  CHECK(group("01-09-2016", "u9") == "Y u9");
  CHECK(group("31-08-2017", "U9") == "Y u9");
  CHECK(group("31-08-2016", "u9") == "N u10");
  CHECK(group("01-09-2017", "u9") == "N u8");
  CHECK(group("3 Nov 2009", "u16") == "Y u16");
  CHECK(group("29-02-2016", "u10") == "Y u10");
  CHECK(group("21-01-2009", "u17") == "Y u17");
  CHECK(group("01-01-2007", "u18") == "N open");
}

TEST_CASE("ChildDobTest.PlayingUpFitsAsFarAsTheFlowAllows") {
  const auto fits = [](const char* date, int years) {
    const auto answer = run({{"date_of_birth", date},
                             {"age_group", "u9"},
                             {"season", "2526"},
                             {"play_up_years", years},
                             {"too_old", "refuse"}});
    return answer["ok"] ? answer["data"]["fits_age_group"].get<std::string>()
                        : answer["error"]["code"].get<std::string>();
  };

  CHECK(fits("14-05-2017", 2) == "Y");
  CHECK(fits("14-05-2018", 2) == "Y");
  CHECK(fits("31-08-2019", 2) == "Y");
  CHECK(fits("01-09-2019", 2) == "N");
  CHECK(fits("14-05-2018", 0) == "N");
  CHECK(fits("01-09-2016", 2) == "Y");
  CHECK(fits("31-08-2016", 2) == "too_old");
}

TEST_CASE("ChildDobTest.AnOpenAgeTeamHasNoUpperLimit") {
  const auto answer = run({{"date_of_birth", "01-01-1980"},
                           {"age_group", "open"},
                           {"season", "2526"},
                           {"too_old", "refuse"}});

  CHECK(answer["data"]["fits_age_group"] == "Y");
}

TEST_CASE("ChildDobTest.OpenAgeTakesSixteenAndOverAndAdults") {
  CHECK(group("21-01-2009", "open") == "Y open");
  CHECK(group("01-01-1990", "open") == "Y open");
  CHECK(group("02-10-2009", "open") == "N u16");
  CHECK(group("01-01-1899", "open") == "refused: too_early");
}

TEST_CASE("ChildDobTest.UnknownGroupOrSeasonIsNotCompared") {
  CHECK(group("14th May 2017", "") == "not compared");
  CHECK(group("14th May 2017", "ninjas") == "not compared");
  CHECK(group("14th May 2017", "u999") == "not compared");
  CHECK(group("14th May 2017", "u9", "2599") == "not compared");
  CHECK(group("14th May 2017", "u9", "") == "not compared");
}

TEST_CASE("ChildDobTest.HostileTextNeitherPassesNorHurts") {
  CHECK(date("") == "refused: not_a_date");
  CHECK(date("'; DROP TABLE players; --") == "refused: not_a_date");
  CHECK(date("he is 8") == "refused: not_a_date");
  CHECK(date("one twin 14/05/2017, the other 15/05/2017") == "refused: several_dates");
  CHECK(date("14\xC2\xA0"
             "05 2017 🎂 \xEF\xBF\xBD") == "14-05-2017");
  CHECK(date(std::string(100'000, '1')) == "refused: not_a_date");
  CHECK(date(std::string(100'000, ' ') + "14/05/2017") == "14-05-2017");
}

TEST_CASE("ChildDobTest.DeclarationNamesItsCheckArgument") {
  PluginUnderTest plugin("tool.child_dob_validation");
  CHECK(plugin.describe()["check"]["argument"] == "date_of_birth");
}

}  // namespace child_dob_validation_test
