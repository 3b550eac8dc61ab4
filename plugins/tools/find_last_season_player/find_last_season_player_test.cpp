// Returning players: three things must match, nothing is told before they do, and nobody can go on
// guessing.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace find_last_season_player_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.find_last_season_player";
constexpr std::int64_t kHour = 3'600'000;

json player(const char* first, const char* last, const char* dob, const char* postcode) {
  return {{"first_name", first},
          {"last_name", last},
          {"player_dob", dob},
          {"player_gender", "Female"},
          {"player_has_any_medical_issues", "Y"},
          {"description_of_player_medical_issues", "Asthma (inhaler in kit bag)"},
          {"parent_first_name", "Ann"},
          {"parent_last_name", "Smith"},
          {"parent_relationship_to_player", "Mother"},
          {"parent_dob", "02-11-1985"},
          {"parent_telephone", "07700900123"},
          {"parent_email", "ann@example.org"},
          {"parent_post_code", postcode},
          {"parent_address_line_1", "14 Brookfield Rd"},
          {"parent_full_address", "14 Brookfield Rd, Urmston"}};
}

void seed() {
  dugout::test::reset_services();
  dugout::test::rows()["players_last_season"] =
      json::array({player("Mary-Jane", "Smith", "14-05-2013", "M41 7QT"),
                   player("John", "O'Brien", "03-11-2012", "M32 9LX"),
                   player("Zo\u00eb", "N\u00fa\u00f1ez", "01-02-2014", "M33 4ZH"),
                   player("Mary-Jane", "Smith", "20-06-2011", "M41 2WP")});
}

json args(const std::string& name, const char* dob, const char* postcode) {
  return {{"player_name", name},
          {"player_dob", dob},
          {"player_post_code", postcode},
          {"season", "2526"}};
}

json found(PluginUnderTest& tool, const json& arguments) {
  const auto result = tool.run(arguments);
  INFO(result.dump());
  REQUIRE(result["ok"] == true);
  return result["data"];
}

}  // namespace

TEST_CASE("FindLastSeasonPlayerTest.NamesMatchHoweverTheyAreTyped") {
  seed();
  PluginUnderTest tool(kId);
  const auto [name, dob, postcode, first, last] =
      GENERATE(table<const char*, const char*, const char*, const char*, const char*>(
          {{"Mary Jane-Smith", "14-05-2013", "M41 7QT", "Mary-Jane", "Smith"},
           {"mary-jane-smith", "14-05-2013", "m417qt", "Mary-Jane", "Smith"},
           {"MARYJANE SMITH", "14-05-2013", "M41 7QT", "Mary-Jane", "Smith"},
           {"Mary Jane-Smith", "20-06-2011", "M41 2WP", "Mary-Jane", "Smith"},
           {"john o'brien", "03-11-2012", "M32 9LX", "John", "O'Brien"},
           {"John O\u2019Brien", "03-11-2012", "M32 9LX", "John", "O'Brien"},
           {"john obrien", "03-11-2012", "M32 9LX", "John", "O'Brien"},
           {"zoe nunez", "01-02-2014", "M33 4ZH", "Zo\u00eb", "N\u00fa\u00f1ez"},
           {"ZO\u00cb N\u00da\u00d1EZ", "01-02-2014", "M33 4ZH", "Zo\u00eb", "N\u00fa\u00f1ez"}}));

  const auto data = found(tool, args(name, dob, postcode));

  CAPTURE(name, data.dump());
  CHECK(data["verified"] == "Y");
  CHECK(data["player_first_name"] == first);
  CHECK(data["player_last_name"] == last);
  CHECK(data["player_dob"] == dob);
}

TEST_CASE("FindLastSeasonPlayerTest.WhateverIsWrongTheAnswerIsTheSame") {
  const auto wrong = GENERATE(values<json>(
      {args("John O'Brian", "03-11-2012", "M32 9LX"), args("John O'Brien", "03-11-2013", "M32 9LX"),
       args("John O'Brien", "03-11-2012", "M32 9LY"), args("John O'Brien", "14-05-2013", "M41 7QT"),
       args("'", "03-11-2012", "M32 9LX"), args("Nobody Atall", "01-01-2012", "M1 1AA")}));
  seed();
  PluginUnderTest tool(kId);

  CHECK(found(tool, wrong) == json{{"verified", "N"}, {"tries_left", 2}});
}

TEST_CASE("FindLastSeasonPlayerTest.AfterThreeWrongTriesRightDetailsAreWrongToo") {
  seed();
  {
    PluginUnderTest tool(kId);
    CHECK(found(tool, args("john obrien", "01-11-2012", "M32 9LX"))["tries_left"] == 2);
    CHECK(found(tool, args("John O'Brien", "02-11-2012", "M32 9LX"))["tries_left"] == 1);
  }
  PluginUnderTest another_session(kId);  // the count is in the records, not in the tool
  CHECK(found(another_session, args("JOHN O\u2019BRIEN", "04-11-2012", "M32 9LX"))["tries_left"] ==
        0);

  CHECK(found(another_session, args("John O'Brien", "03-11-2012", "M32 9LX")) ==
        json{{"verified", "N"}, {"tries_left", 0}});
  CHECK(found(another_session, args("Mary-Jane Smith", "14-05-2013", "M41 7QT"))["verified"] ==
        "Y");
}

TEST_CASE("FindLastSeasonPlayerTest.TheLimitEndsWithTheWindowAndIsNotMadeLonger") {
  seed();
  PluginUnderTest tool(kId);
  const auto right = args("John O'Brien", "03-11-2012", "M32 9LX");
  const std::int64_t start = 1'759'320'000'000;
  for (int i = 0; i < 3; ++i) found(tool, args("John O'Brien", "01-01-2012", "M32 9LX"));

  dugout::test::set_unix_ms(start + 23 * kHour);
  CHECK(found(tool, right)["verified"] == "N");
  CHECK(found(tool, right)["verified"] == "N");
  dugout::test::set_unix_ms(start + 24 * kHour + 1);

  CHECK(found(tool, right)["verified"] == "Y");
}

TEST_CASE("FindLastSeasonPlayerTest.RightTriesDoNotCount") {
  seed();
  PluginUnderTest tool(kId);
  const auto right = args("John O'Brien", "03-11-2012", "M32 9LX");

  for (int i = 0; i < 5; ++i) CHECK(found(tool, right)["verified"] == "Y");

  CHECK(found(tool, args("John O'Brien", "03-11-2013", "M32 9LX"))["tries_left"] == 2);
}

TEST_CASE("FindLastSeasonPlayerTest.NeitherGuessNorNameIsKept") {
  seed();
  PluginUnderTest tool(kId);

  found(tool, args("John O'Brien", "19-10-2012", "M99 9ZZ"));

  const auto& attempts = dugout::test::rows()["verification_attempts"];
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0]["counts"] == "Y");
  // A hash and nothing else: no letter of it comes from the name.
  const auto subject = attempts[0]["subject"].get<std::string>();
  CHECK(subject.size() == 32);
  CHECK(subject.find_first_not_of("0123456789abcdef") == std::string::npos);
  const auto kept = attempts.dump();
  for (const auto* word : {"19-10-2012", "M99", "john", "John", "brien", "Brien", "season"}) {
    CAPTURE(word);
    CHECK(kept.find(word) == std::string::npos);
  }
}

TEST_CASE("FindLastSeasonPlayerTest.EachNameHasItsOwnCount") {
  seed();
  PluginUnderTest tool(kId);
  for (int i = 0; i < 3; ++i) found(tool, args("John O'Brien", "01-01-2012", "M32 9LX"));

  CHECK(found(tool, args("Joan O'Brien", "01-01-2012", "M32 9LX"))["tries_left"] == 2);
}

TEST_CASE("FindLastSeasonPlayerTest.StoredDetailsComeWithTheirMaskedForms") {
  seed();
  PluginUnderTest tool(kId);

  const auto data = found(tool, args("Mary-Jane Smith", "14-05-2013", "M41 7QT"));

  CHECK(data["mobile_masked"] == "07*** ***123");
  CHECK(data["email_masked"] == "a***@example.org");
  CHECK(data["address_masked"] == "14 Brookfield Rd, M41");
  CHECK(data["medical_masked"] == "A***** (i****** i* k** b**)");
  CHECK(data["same_address"] == "Y");
  CHECK(data["complete"] == "Y");
  CHECK(data["registered"] == "N");
  CHECK(data["parent_full_name"] == "Ann Smith");
  CHECK_FALSE(data.contains("player_telephone"));
  CHECK_FALSE(data.contains("first_name"));
}

TEST_CASE("FindLastSeasonPlayerTest.ARowThatLacksWhatNobodyAsksForIsIncomplete") {
  seed();
  dugout::test::rows()["players_last_season"][1].erase("parent_dob");
  PluginUnderTest tool(kId);

  CHECK(found(tool, args("John O'Brien", "03-11-2012", "M32 9LX"))["complete"] == "N");
}

TEST_CASE("FindLastSeasonPlayerTest.ThisSeasonsRegistrationIsFound") {
  seed();
  dugout::test::rows()["registrations"] = json::array({{{"id", "rec7"},
                                                        {"season", "2526"},
                                                        {"player_dob", "03-11-2012"},
                                                        {"player_full_name", "John O'Brien"},
                                                        {"parent_telephone", "07700900777"},
                                                        {"team", "Wolves"},
                                                        {"age_group", "u13"},
                                                        {"shirt_number", "9"}}});
  PluginUnderTest tool(kId);

  const auto data = found(tool, args("john o'brien", "03-11-2012", "M32 9LX"));

  CHECK(data["registered"] == "Y");
  CHECK(data["record_id"] == "rec7");
  CHECK(data["team"] == "Wolves");
  CHECK(data["shirt_number"] == "9");
  CHECK(data["goes_on"] == "Y");
  CHECK(data["mobile_masked"] == "07*** ***777");
  CHECK_FALSE(data.contains("description_of_player_medical_issues"));
  CHECK_FALSE(data.contains("id_image_link"));
}

}  // namespace find_last_season_player_test
