// The registration record: what is stored, every check, and one row per player and season.
#include <catch2/catch.hpp>
#include <thread>

#include "support/plugin_harness.hpp"

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.update_reg_details_to_db";

// Run A of the flow: under 16, same address, new to the club.
json alfie() {
  return {{"player_first_name", "Alfie"},
          {"player_last_name", "Barlow"},
          {"player_dob", "14-05-2017"},
          {"player_gender", "Male"},
          {"age_group", "u9"},
          {"team", "Lions"},
          {"player_has_any_medical_issues", "N"},
          {"played_for_urmston_town_last_season", "N"},
          {"parent_first_name", "Helen"},
          {"parent_last_name", "Barlow"},
          {"parent_relationship_to_player", "Mother"},
          {"parent_telephone", "07700 900-123"},
          {"parent_email", "Helen.Barlow@Example.org"},
          {"communication_consent", "Y"},
          {"parent_dob", "02-11-1985"},
          {"parent_post_code", "m417qt"},
          {"parent_house_number", "14"},
          {"parent_full_address", "14 Brookfield Rd, Urmston, Manchester M41 7QT, UK"},
          {"parent_address_line_1", "14 Brookfield Rd"},
          {"parent_town", "Urmston"},
          {"parent_city", "Manchester"},
          {"registration_type", "200"},
          {"season", "2526"},
          {"registration_code", "200-lions-u9-2526"},
          {"billing_request_id", "BRQTEST00001"},
          {"preferred_payment_day", "15"},
          {"signing_on_fee_amount", "45.00"},
          {"monthly_subscription_amount", 27.5}};
}

json with(json record, const json& changes) {
  record.update(changes);
  return record;
}

// Run B: 16 and over, own contacts, medical issue.
json maya() {
  return with(alfie(), {{"player_first_name", "Maya"},
                        {"age_group", "u16"},
                        {"team", "Panthers"},
                        {"player_dob", "03-11-2009"},
                        {"player_telephone", "07700900456"},
                        {"player_email", "maya@example.org"},
                        {"player_has_any_medical_issues", "Y"},
                        {"description_of_player_medical_issues", "Nut allergy (EpiPen in bag)"}});
}

json fields_of(const json& result) {
  REQUIRE(result["ok"] == false);
  REQUIRE(result["error"]["code"] == "invalid_record");
  return result["error"]["fields"];
}

std::string repeated(const char* text, int count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

}  // namespace

TEST_CASE("UpdateRegDetailsTest.RecordIsStoredInNormalForm") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);

  const auto result = tool.run(alfie());

  REQUIRE(result["ok"] == true);
  CHECK(result["data"] == json{{"record_id", "recTEST1"},
                               {"registration_status", "pending_payment"},
                               {"player_name", "Alfie Barlow"},
                               {"team", "Lions"},
                               {"age_group", "u9"},
                               {"billing_request_id", "BRQTEST00001"},
                               {"registration_code", "200-lions-u9-2526"}});
  const auto expected = with(alfie(), {{"id", "recTEST1"},
                                       {"parent_telephone", "07700900123"},
                                       {"parent_email", "helen.barlow@example.org"},
                                       {"parent_post_code", "M41 7QT"},
                                       {"monthly_subscription_amount", "27.50"},
                                       {"player_full_name", "Alfie Barlow"},
                                       {"parent_full_name", "Helen Barlow"},
                                       {"registration_status", "pending_payment"},
                                       {"signing_on_fee_paid", "N"},
                                       {"mandate_authorised", "N"},
                                       {"subscription_activated", "N"},
                                       {"name_key", "alfie barlow|helen barlow"},
                                       {"initial_db_write_timestamp", "2025-10-01T12:00:00Z"},
                                       {"communication_consent_at", "2025-10-01T12:00:00Z"},
                                       {"idempotency_key", "key-1"}});
  REQUIRE(rows()["registrations"].size() == 1);
  CHECK(rows()["registrations"][0] == expected);
}

TEST_CASE("UpdateRegDetailsTest.EmptyOptionalsAndComputedNamesAreNotWritten") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);

  const auto result = tool.run(
      with(alfie(), {{"previous_team_name", ""},
                     {"player_telephone", nullptr},
                     {"player_email", "  "},
                     {"player_full_name", "Somebody Else"},
                     {"shirt_number", ""},
                     {"kit_size", nullptr},
                     {"description_of_player_medical_issues", "asthma, said no longer true"}}));

  REQUIRE(result["ok"] == true);
  const auto& row = rows()["registrations"][0];
  for (const auto* name : {"previous_team_name", "player_telephone", "player_email", "shirt_number",
                           "kit_size", "description_of_player_medical_issues"}) {
    CAPTURE(name);
    CHECK_FALSE(row.contains(name));
  }
  CHECK(row["player_full_name"] == "Alfie Barlow");
}

TEST_CASE("UpdateRegDetailsTest.EachRequiredFieldIsInTheSchemaAndNamedWhenBlank") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const auto required = tool.describe()["arguments"]["required"];

  CHECK(required.size() == 26);
  CHECK(tool.describe()["arguments"]["properties"].size() == 50);
  for (const auto& name : required) {
    CAPTURE(name.dump());
    auto without = alfie();
    without.erase(name.get<std::string>());
    CHECK_THROWS(tool.run(without));
    const auto fields = fields_of(tool.run(with(alfie(), {{name.get<std::string>(), " "}})));
    CHECK(fields.contains(name.get<std::string>()));
  }
  CHECK_THROWS(tool.run(with(alfie(), {{"amount_paid", "0"}})));
  CHECK(rows()["registrations"].empty());
}

TEST_CASE("UpdateRegDetailsTest.WrongValuesAreRefusedWithTheField") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const auto [name, value] =
      GENERATE(table<std::string, json>({{"player_dob", "99-99-2016"},
                                         {"player_dob", "29-02-2015"},
                                         {"player_dob", "15-03-2099"},
                                         {"player_dob", "2017-05-14"},
                                         {"player_dob", "02-10-2025"},
                                         {"parent_dob", "31-02-1985"},
                                         {"parent_dob", "31-12-1899"},
                                         {"player_gender", "number 9"},
                                         {"age_group", "u100"},
                                         {"age_group", "10"},
                                         {"age_group", "u"},
                                         {"team", repeated("x", 21)},
                                         {"parent_telephone", "0161 496 0123"},
                                         {"parent_telephone", "0770090012"},
                                         {"parent_telephone", "07700.900.123"},
                                         {"parent_email", "helen@example"},
                                         {"parent_email", "helen.example.org"},
                                         {"parent_email", "a@b@example.org"},
                                         {"parent_email", "helen barlow@example.org"},
                                         {"parent_email", "@example.org"},
                                         {"parent_email", "helen@-example.org"},
                                         {"parent_email", "helen@example..org"},
                                         {"parent_email", "helen@127.0.0.1"},
                                         {"parent_post_code", "M41"},
                                         {"parent_post_code", "M41-7QT"},
                                         {"player_post_code", "M329L"},
                                         {"parent_house_number", repeated("1", 21)},
                                         {"parent_full_address", "14 Brook"},
                                         {"parent_full_address", repeated("x", 201)},
                                         {"parent_address_line_1", repeated("x", 101)},
                                         {"parent_town", repeated("x", 51)},
                                         {"player_first_name", repeated("é", 51)},
                                         {"previous_team_name", repeated("x", 101)},
                                         {"billing_request_id", "BRQ"},
                                         {"billing_request_id", repeated("B", 51)},
                                         {"preferred_payment_day", 0},
                                         {"preferred_payment_day", "-2"},
                                         {"preferred_payment_day", 32},
                                         {"preferred_payment_day", "last"},
                                         {"registration_type", "300"},
                                         {"season", "2425"},
                                         {"communication_consent", "perhaps"},
                                         {"parent_relationship_to_player", "Neighbour"},
                                         {"signing_on_fee_amount", "-45"},
                                         {"monthly_subscription_amount", "27.505"},
                                         {"signing_on_fee_paid", "Y"},
                                         {"mandate_authorised", "Y"},
                                         {"registration_status", "active"},
                                         {"kit_size", "15/16"},
                                         {"shirt_number", "7"},
                                         {"registree_role", "Coach"}}));

  const auto fields = fields_of(tool.run(with(alfie(), {{name, value}})));

  CAPTURE(name, value.dump(), fields.dump());
  CHECK(fields.size() == 1);
  CHECK(fields.contains(name));
  CHECK(rows()["registrations"].empty());
}

TEST_CASE("UpdateRegDetailsTest.AllProblemsAreToldAtOnce") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);

  const auto result =
      tool.run(with(alfie(), {{"player_dob", "31-02-2017"}, {"parent_email", "x"}, {"team", ""}}));

  CHECK(fields_of(result).size() == 3);
  CHECK(
      result["error"]["message"] ==
      "parent_email is not an email address; player_dob is not a real date in the form DD-MM-YYYY; "
      "team is missing");
}

TEST_CASE("UpdateRegDetailsTest.GoodVariantsAreStoredInOneSpelling") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const auto [name, value, stored] = GENERATE(table<std::string, json, std::string>(
      {{"player_gender", "not disclosed", "Not Disclosed"},
       {"player_dob", "29-02-2016", "29-02-2016"},
       {"player_dob", "01-10-2025", "01-10-2025"},
       {"age_group", "U9", "u9"},
       {"parent_telephone", "+44 7700 900 123", "07700900123"},
       {"preferred_payment_day", -1, "-1"},
       {"preferred_payment_day", "31", "31"},
       {"preferred_payment_day", "05", "5"},
       {"player_last_name", "O’Neill", "O'Neill"},
       {"player_first_name", "  Zoë   Ann ", "Zoë Ann"},
       {"player_last_name", repeated("é", 50), repeated("é", 50)},
       {"parent_full_address", "14 Brook R", "14 Brook R"},
       {"monthly_subscription_amount", "24.75", "24.75"},
       {"monthly_subscription_amount", 27, "27.00"},
       {"player_post_code", "sw1a2aa", "SW1A 2AA"}}));

  const auto result = tool.run(with(alfie(), {{name, value}}));

  CAPTURE(name, value.dump(), result.dump());
  REQUIRE(result["ok"] == true);
  CHECK(rows()["registrations"][0][name] == stored);
}

TEST_CASE("UpdateRegDetailsTest.OlderPlayersNeedContactsOfTheirOwn") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  auto without = maya();
  without.erase("player_telephone");
  without.erase("player_email");

  CHECK(tool.run(maya(), "a")["ok"] == true);
  const auto missing = fields_of(tool.run(without, "b"));
  CHECK(missing.contains("player_telephone"));
  CHECK(missing.contains("player_email"));
  const auto same = fields_of(tool.run(with(maya(), {{"player_telephone", "07700 900123"},
                                                     {"player_email", "HELEN.barlow@example.org"}}),
                                       "c"));
  CHECK(same["player_telephone"] == "must differ from the parent's");
  CHECK(same["player_email"] == "must differ from the parent's");
}

TEST_CASE("UpdateRegDetailsTest.MedicalIssueNeedsItsDescription") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  auto without = maya();
  without.erase("description_of_player_medical_issues");
  const auto long_text = repeated("é", 501);

  CHECK(fields_of(tool.run(without)).contains("description_of_player_medical_issues"));
  CHECK(fields_of(tool.run(with(maya(), {{"description_of_player_medical_issues", ""}})))
            .contains("description_of_player_medical_issues"));
  CHECK(fields_of(tool.run(with(maya(), {{"description_of_player_medical_issues", long_text}})))
            .contains("description_of_player_medical_issues"));
  CHECK(tool.run(with(maya(), {{"description_of_player_medical_issues",
                                long_text.substr(2)}}))["ok"] == true);
}

TEST_CASE("UpdateRegDetailsTest.SameKeyGivesTheEarlierResult") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const auto first = tool.run(alfie(), "turn-1");
  const auto before = rows();
  dugout::test::set_unix_ms(2'000'000'000'000);

  CHECK(tool.run(alfie(), "turn-1") == first);
  CHECK(rows() == before);
}

TEST_CASE("UpdateRegDetailsTest.RegisteringAgainUpdatesTheRowAndKeepsWhatHappenedSince") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  REQUIRE(tool.run(with(alfie(), {{"previous_team_name", "Flixton Juniors"}}), "turn-1")["ok"] ==
          true);
  auto& row = rows()["registrations"][0];
  row.update(
      {{"signing_on_fee_paid", "Y"}, {"registration_status", "active"}, {"shirt_number", "9"}});
  dugout::test::set_unix_ms(1'759'320'060'000);

  const auto again = tool.run(with(alfie(), {{"player_first_name", "ALFIE"},
                                             {"billing_request_id", "BRQTEST00002"},
                                             {"parent_telephone", "07700900555"},
                                             {"communication_consent", "N"}}),
                              "turn-2");

  REQUIRE(again["ok"] == true);
  CHECK(again["data"]["record_id"] == "recTEST1");
  CHECK(again["data"]["registration_status"] == "active");
  REQUIRE(rows()["registrations"].size() == 1);
  CHECK(row["parent_telephone"] == "07700900555");
  CHECK(row["signing_on_fee_paid"] == "Y");
  CHECK(row["shirt_number"] == "9");
  CHECK(row["billing_request_id"] == "BRQTEST00002");
  CHECK(row["earlier_billing_request_ids"] == json::array({"BRQTEST00001"}));
  CHECK_FALSE(row.contains("previous_team_name"));
  CHECK(row["initial_db_write_timestamp"] == "2025-10-01T12:00:00Z");
  CHECK(row["communication_consent_at"] == "2025-10-01T12:01:00Z");
}

TEST_CASE("UpdateRegDetailsTest.SameNamesOfAnotherChildAreAnotherRow") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  tool.run(alfie(), "turn-1");

  tool.run(with(alfie(), {{"player_dob", "14-05-2016"}}), "turn-2");
  tool.run(with(alfie(), {{"parent_email", "other@example.org"}}), "turn-3");

  CHECK(rows()["registrations"].size() == 3);
}

TEST_CASE("UpdateRegDetailsTest.ThreadsThatRegisterOneChildMakeOneRow") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  std::vector<json> results(4);
  std::vector<std::thread> threads;
  for (std::size_t at = 0; at < results.size(); ++at) {
    threads.emplace_back(
        [&, at] { results[at] = tool.run(alfie(), "turn-" + std::to_string(at)); });
  }
  for (auto& thread : threads) thread.join();

  CHECK(rows()["registrations"].size() == 1);
  for (const auto& result : results) CHECK(result["data"]["record_id"] == "recTEST1");
}
