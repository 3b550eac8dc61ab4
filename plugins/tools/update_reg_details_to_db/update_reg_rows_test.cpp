// The rows of registrations: one per player and season, whatever is repeated, corrected or sent at
// once.
#include <thread>

#include "support/registration_record.hpp"

namespace update_reg_rows_test {

using namespace registration_record::test;

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
  CHECK(row["consent_given_at"] == "2025-10-01T12:01:00Z");
}

TEST_CASE("UpdateRegDetailsTest.ConsentIsStoredWithItsTextAndTheTimeItWasGiven") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const json given{{"consent_text_version", "2025-07"},
                   {"consent_given_at", "2025-09-30T18:04:05Z"}};

  REQUIRE(tool.run(with(alfie(), given), "turn-1")["ok"] == true);

  const auto& row = rows()["registrations"][0];
  CHECK(row["consent_text_version"] == "2025-07");
  CHECK(row["consent_given_at"] == "2025-09-30T18:04:05Z");

  // Registering again without saying when: the same answer keeps its time, another one does not.
  REQUIRE(tool.run(with(alfie(), {{"parent_town", "Stretford"}}), "turn-2")["ok"] == true);
  CHECK(row["consent_given_at"] == "2025-09-30T18:04:05Z");
  CHECK(row["consent_text_version"] == "2025-07");
  REQUIRE(tool.run(with(alfie(), {{"communication_consent", "N"}}), "turn-3")["ok"] == true);
  CHECK(row["consent_given_at"] == "2025-10-01T12:00:00Z");
  CHECK_FALSE(row.contains("consent_text_version"));
}

TEST_CASE("UpdateRegDetailsTest.ATimeOfConsentThatIsNoneIsRefused") {
  const auto time = GENERATE("2025-10-01", "01-10-2025T12:00:00Z", "2025-02-30T12:00:00Z",
                             "2025-10-03T12:00:00Z", "2025-10-01 12:00:00Z");
  dugout::test::reset_services();
  PluginUnderTest tool(kId);

  const auto result = tool.run(with(alfie(), {{"consent_given_at", time}}));

  CHECK(result["error"]["fields"].contains("consent_given_at"));
  CHECK(rows()["registrations"].empty());
}

TEST_CASE("UpdateRegDetailsTest.ACorrectionChangesItsRowWhateverIsCorrected") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const auto id = tool.run(alfie())["data"]["record_id"].get<std::string>();
  rows()["registrations"][0]["signing_on_fee_paid"] = "Y";
  const auto corrected = with(alfie(), {{"record_id", id},
                                        {"player_first_name", "Alfred"},
                                        {"player_dob", "15-05-2017"},
                                        {"parent_email", "h.barlow@example.org"}});

  const auto result = tool.run(corrected, "key-2");

  CAPTURE(result.dump());
  CHECK(result["data"]["record_id"] == id);
  REQUIRE(rows()["registrations"].size() == 1);
  const auto& row = rows()["registrations"][0];
  CHECK(row["player_full_name"] == "Alfred Barlow");
  CHECK(row["name_key"] == "alfred barlow|helen barlow");
  CHECK(row["player_dob"] == "15-05-2017");
  CHECK(row["parent_email"] == "h.barlow@example.org");
  CHECK(row["signing_on_fee_paid"] == "Y");
  CHECK_FALSE(row.contains("record_id"));
  CHECK(tool.run(with(alfie(), {{"record_id", "recNONE"}}), "key-3")["error"]["code"] ==
        "not_found");
  CHECK(rows()["registrations"].size() == 1);
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

}  // namespace update_reg_rows_test
