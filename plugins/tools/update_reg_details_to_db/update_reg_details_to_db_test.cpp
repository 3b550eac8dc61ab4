// The registration record: what is stored, and every check.
#include "support/registration_record.hpp"

namespace update_reg_details_to_db_test {

using namespace registration_record::test;

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
                                       {"consent_given_at", "2025-10-01T12:00:00Z"},
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
  CHECK(tool.describe()["arguments"]["properties"].size() == 53);
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

}  // namespace update_reg_details_to_db_test
