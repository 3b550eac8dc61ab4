// Resuming a registration: found by names however typed, told about only with the second factor.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace check_if_record_exists_in_db_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.check_if_record_exists_in_db";

void seed() {
  dugout::test::reset_services();
  dugout::test::rows()["registrations"] =
      json::array({{{"id", "rec1"},
                    {"name_key", "ben o'neill|sean o'neill"},
                    {"player_dob", "29-02-2016"},
                    {"parent_post_code", "M32 9LX"},
                    {"played_for_urmston_town_last_season", "Y"},
                    {"team", "Leopards"},
                    {"age_group", "u10"},
                    {"registration_status", "pending_payment"},
                    {"parent_telephone", "07700900300"}},
                   {{"id", "rec2"},
                    {"name_key", "zoë núñez|ana núñez"},
                    {"player_dob", "14-05-2017"},
                    {"parent_post_code", "M41 7QT"},
                    {"played_for_urmston_town_last_season", "N"},
                    {"team", "Lions"},
                    {"age_group", "u9"},
                    {"kit_size", "7/8"},
                    {"registration_status", "active"}}});
}

json names(const char* player, const char* parent) {
  return {{"player_full_name", player}, {"parent_full_name", parent}};
}

json factors(const char* player, const char* parent, const char* dob, const char* postcode) {
  auto out = names(player, parent);
  out["player_dob"] = dob;
  out["parent_post_code"] = postcode;
  return out;
}

}  // namespace

TEST_CASE("CheckIfRecordExistsTest.NamesAloneGetABareAnswer") {
  seed();
  PluginUnderTest tool(kId);
  const auto [player, parent, found] = GENERATE(
      table<const char*, const char*, const char*>({{"Ben O'Neill", "Sean O'Neill", "Y"},
                                                    {"Ben O’Neill", "Sean O‘Neill", "Y"},
                                                    {"  ben   o'neill ", "SEAN\tO'NEILL", "Y"},
                                                    {"ZOË NÚÑEZ",
                                                     "Ana Nu\xCC\x81n\xCC\x83"
                                                     "ez",
                                                     "Y"},
                                                    {"Alfie Barlow", "Helen Barlow", "N"},
                                                    {"Ben O'Neill", "Helen Barlow", "N"},
                                                    {"Ben O'Neill' OR '1'='1", "Sean O'Neill", "N"},
                                                    {"Ben", "Sean O'Neill", "N"}}));

  const auto result = tool.run(names(player, parent));

  CAPTURE(player, parent, result.dump());
  REQUIRE(result["ok"] == true);
  CHECK(result["data"] == json{{"record_found", found}});
}

TEST_CASE("CheckIfRecordExistsTest.BothFactorsOpenTheRecord") {
  seed();
  PluginUnderTest tool(kId);

  const auto ben = tool.run(factors("ben o’neill", "Sean O'Neill", "29-02-2016", "m329lx"));
  const auto zoe = tool.run(factors("Zoë Núñez", "Ana Núñez", "14-05-2017", "M41 7QT"));

  CHECK(ben["data"] == json{{"record_found", "Y"},
                            {"verified", "Y"},
                            {"record_id", "rec1"},
                            {"played_last_season", "Y"},
                            {"team", "Leopards"},
                            {"age_group", "u10"},
                            {"registration_status", "pending_payment"},
                            {"same_address", "Y"},
                            {"player_dob", "29-02-2016"},
                            {"parent_post_code", "M32 9LX"},
                            {"parent_telephone", "07700900300"}});
  CHECK(zoe["data"]["kit_size"] == "7/8");
  CHECK(zoe["data"]["played_last_season"] == "N");
}

TEST_CASE("CheckIfRecordExistsTest.OneWrongOrMissingFactorRevealsNothing") {
  seed();
  PluginUnderTest tool(kId);
  auto only_dob = names("Ben O'Neill", "Sean O'Neill");
  only_dob["player_dob"] = "29-02-2016";
  const auto args = GENERATE_COPY(
      values<json>({factors("Ben O'Neill", "Sean O'Neill", "28-02-2016", "M32 9LX"),
                    factors("Ben O'Neill", "Sean O'Neill", "29-02-2016", "M32 9LY"),
                    factors("Ben O'Neill", "Sean O'Neill", "", ""),
                    factors("Nobody Known", "Sean O'Neill", "29-02-2016", "M32 9LX"), only_dob}));

  CHECK(tool.run(args)["data"] == json{{"verified", "N"}});
}

TEST_CASE("CheckIfRecordExistsTest.AfterThreeWrongTriesRightDetailsOpenNothing") {
  seed();
  PluginUnderTest tool(kId);
  for (const auto* dob : {"01-01-2016", "02-01-2016", "03-01-2016"}) {
    CHECK(tool.run(factors("Ben O'Neill", "Sean O'Neill", dob, "M32 9LX"))["data"] ==
          json{{"verified", "N"}});
  }
  const auto right = factors("BEN O\u2019NEILL", "Sean O'Neill", "29-02-2016", "M32 9LX");

  CHECK(PluginUnderTest(kId).run(right)["data"] == json{{"verified", "N"}});
  CHECK(tool.run(factors("Zo\u00eb N\u00fa\u00f1ez", "Ana N\u00fa\u00f1ez", "14-05-2017",
                         "M41 7QT"))["data"]["verified"] == "Y");
  dugout::test::set_unix_ms(1'759'320'000'000 + 25 * 3'600'000LL);
  CHECK(tool.run(right)["data"]["verified"] == "Y");
}

TEST_CASE("CheckIfRecordExistsTest.NeitherGuessNorNameIsKeptWithTheCount") {
  seed();
  PluginUnderTest tool(kId);

  tool.run(factors("Ben O'Neill", "Sean O'Neill", "19-10-2012", "M99 9ZZ"));

  const auto& attempts = dugout::test::rows()["verification_attempts"];
  REQUIRE(attempts.size() == 1);
  const auto subject = attempts[0]["subject"].get<std::string>();
  CHECK(subject.size() == 32);
  CHECK(subject.find_first_not_of("0123456789abcdef") == std::string::npos);
  const auto kept = attempts.dump();
  for (const auto* word : {"19-10-2012", "M99", "ben", "sean", "neill", "registration"}) {
    CAPTURE(word);
    CHECK(kept.find(word) == std::string::npos);
  }
}

TEST_CASE("CheckIfRecordExistsTest.EmptyNameIsRefused") {
  seed();
  PluginUnderTest tool(kId);

  CHECK(tool.run(names(" ", "Sean O'Neill"))["error"]["code"] == "missing_name");
  CHECK_THROWS(tool.run({{"player_full_name", "Ben O'Neill"}}));
}

}  // namespace check_if_record_exists_in_db_test
