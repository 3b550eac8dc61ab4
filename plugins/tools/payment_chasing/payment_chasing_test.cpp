// Open payments: who is reminded when, and that a run that breaks off or is repeated tells nobody
// anything twice.
#include "support/chasing_stage.hpp"

namespace payment_chasing_test {

using namespace payment_chasing::test;

TEST_CASE("PaymentChasingTest.TableOfDaysAndCounts") {
  // Which step is due, by count (0 to 4) and whole days (0 to 10).
  const int first[] = {3, 5, 7, 8, 99};
  for (int count = 0; count <= 4; ++count) {
    for (int days = 0; days <= 10; ++days) {
      CAPTURE(count, days);
      Stage stage;
      stage.add(registration(1, days, std::to_string(count)));
      const bool due = days >= first[count];

      const auto result = stage.run();

      REQUIRE(result["ok"] == true);
      CHECK(stage.row()["payment_follow_up_count"] == std::to_string(count + (due ? 1 : 0)));
      CHECK(stage.twilio.messages.size() == (!due ? 0U : count == 3 ? 2U : 1U));
      CHECK(stage.row()["registration_status"] ==
            (due && count == 3 ? "suspended" : "pending_payment"));
    }
  }
}

TEST_CASE("PaymentChasingTest.DaysAreWholeOnes") {
  for (const auto& [created, due] :
       std::vector<std::pair<std::string, bool>>{{"2025-09-28T12:00:00Z", true},
                                                 {"2025-09-28T12:00:01Z", false},
                                                 {"2025-09-28T11:59", true},
                                                 {"2025-09-28", true},
                                                 {"2025-10-09T00:00:00Z", false}}) {
    CAPTURE(created);
    Stage stage;
    stage.add(registration(1, 3, "0"));
    stage.row()["initial_db_write_timestamp"] = created;
    CHECK((stage.run()["data"]["sent"] == 1) == due);
  }
}

TEST_CASE("PaymentChasingTest.ReminderIsFriendlyAndHasTheLink") {
  Stage stage;
  stage.add(registration(1, 3, 0));

  REQUIRE(stage.run()["data"]["sent"] == 1);

  REQUIRE(stage.twilio.messages.size() == 1);
  CHECK(stage.twilio.messages[0]["to"] == "+447700900101");
  const auto text = stage.twilio.messages[0]["body"].get<std::string>();
  for (const auto* part : {"Hi Helen", "Urmston Town Juniors FC", "Alfie",
                           "https://join.example.org/reg_setup/BRQTEST001001"}) {
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("PaymentChasingTest.FourRunsLeadFromFirstReminderToSuspension") {
  Stage stage;
  stage.add(registration(1, 3, "0"));
  for (const int day : {0, 2, 4, 5}) {
    dugout::test::set_unix_ms(kNow + day * kDay);
    CHECK(stage.run(("job-" + std::to_string(day)).c_str())["ok"] == true);
  }

  REQUIRE(stage.twilio.messages.size() == 5);
  CHECK(stage.row()["registration_status"] == "suspended");
  CHECK(stage.row()["suspend_date"] == "2025-10-06");
  CHECK(stage.row()["payment_follow_up_count"] == "4");
  const auto manager = stage.twilio.messages[4];
  CHECK(manager["to"] == "+447700900701");
  CHECK(manager["body"].get<std::string>().find("Alfie Barlow (Lions u9)") != std::string::npos);
  CHECK(manager["body"].get<std::string>().find("reg_setup") == std::string::npos);
  dugout::test::set_unix_ms(kNow + 9 * kDay);
  CHECK(stage.run("job-9")["ok"] == true);
  CHECK(stage.twilio.messages.size() == 5);
}

TEST_CASE("PaymentChasingTest.PaidOrOtherRowsAreLeftAlone") {
  Stage stage;
  for (const auto* status : {"active", "incomplete", "suspended"}) {
    stage.add(registration(1, 9, "0"));
    stage.row(rows()["registrations"].size() - 1)["registration_status"] = status;
  }
  stage.add(registration(2, 9, "3"));
  stage.row(3)["signing_on_fee_paid"] = "Y";
  const auto before = rows()["registrations"];

  const auto result = stage.run();

  CHECK(result["data"]["sent"] == 0);
  CHECK(result["data"]["suspended"] == 0);
  CHECK(rows()["registrations"] == before);
  CHECK(stage.twilio.posts == 0);
}

TEST_CASE("PaymentChasingTest.RowWithoutAStatusCountsAsPending") {
  Stage stage;
  stage.add(registration(1, 3, nullptr));
  stage.row().erase("registration_status");
  stage.row().erase("payment_follow_up_count");

  CHECK(stage.run()["data"]["sent"] == 1);
}

TEST_CASE("PaymentChasingTest.DryRunListsAndChangesNothing") {
  Stage stage;
  stage.add(registration(1, 3, "0"));
  stage.add(registration(2, 9, "3"));
  stage.add(registration(3, 1, "0"));
  const auto before = rows();

  const auto result = stage.tool.run({{"dry_run", true}});

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["dry_run"] == true);
  CHECK(result["data"]["steps"] ==
        json::array({{{"record_id", "rec1"}, {"days", 3}, {"step", 1}, {"does", "remind"}},
                     {{"record_id", "rec2"}, {"days", 9}, {"step", 4}, {"does", "suspend"}}}));
  CHECK(rows() == before);
  CHECK(dugout::test::http_calls().empty());
  for (const auto* name : {"Alfie", "Barlow", "Helen", "07700"}) {
    CHECK(result.dump().find(name) == std::string::npos);
  }
}

TEST_CASE("PaymentChasingTest.OneFailureDoesNotStopTheOthers") {
  Stage stage;
  for (int n = 1; n <= 4; ++n) stage.add(registration(n, 3, "0"));
  stage.row(1)["parent_telephone"] = "0161 496 0123";
  stage.row(2)["billing_request_id"] = "";
  stage.add(registration(5, 3, "often"));
  stage.twilio.fail_post({400, R"({"code":21610,"message":"unsubscribed"})"});

  const auto result = stage.run();

  REQUIRE(result["ok"] == true);  // none of this is better later
  CHECK(result["data"]["sent"] == 1);
  CHECK(result["data"]["failed"] == 3);
  CHECK(result["data"]["unreadable"] == 1);
  CHECK(result["data"]["failures"][0] ==
        json{{"record_id", "rec1"}, {"step", 1}, {"code", "invalid_phone"}});
  CHECK(result["data"]["failures"][2]["code"] == "no_payment_link");
  CHECK(result["data"]["failures"][1]["code"] == "invalid_phone");
  // A step that reaches nobody is taken all the same; without a link there is none.
  CHECK(stage.row(0)["payment_follow_up_count"] == "1");
  CHECK(stage.row(1)["payment_follow_up_count"] == "1");
  CHECK(stage.row(2)["payment_follow_up_count"] == "0");
  CHECK(stage.row(3)["payment_follow_up_count"] == "1");
}

TEST_CASE("PaymentChasingTest.ServiceThatIsDownIsTriedAgainWithoutASecondSms") {
  Stage stage;
  for (int n = 1; n <= 3; ++n) stage.add(registration(n, 9, "0"));
  stage.twilio.fail_post({0, "", json::object(), false});  // not reached
  stage.twilio.fail_post(kLost, true);                     // out, but nobody knows
  stage.twilio.fail_get(kLost);

  const auto first = stage.run();
  CHECK(first["ok"] == false);
  CHECK(first["error"]["retryable"] == true);
  CHECK(first["data"]["sent"] == 1);
  dugout::test::set_unix_ms(kNow + 60'000);
  const auto second = stage.run();  // the same job

  CHECK(second["ok"] == true);
  CHECK(stage.twilio.messages.size() == 3);
  // Nine days late, and still one step in a run.
  for (std::size_t at = 0; at < 3; ++at) CHECK(stage.row(at)["payment_follow_up_count"] == "1");
  CHECK(stage.run("job-2")["data"]["sent"] == 3);
}

TEST_CASE("PaymentChasingTest.CrashBetweenSmsAndCountSendsNoSecondOne") {
  Stage stage;
  stage.add(registration(1, 3, "0"));
  REQUIRE(stage.run()["data"]["sent"] == 1);
  stage.row()["payment_follow_up_count"] = "0";

  CHECK(stage.run()["data"]["sent"] == 1);  // the count is written after all
  CHECK(stage.row()["payment_follow_up_count"] == "1");
  CHECK(stage.twilio.messages.size() == 1);
}

TEST_CASE("PaymentChasingTest.MissingOrWrongCredentialEndsTheRun") {
  Stage stage;
  for (int n = 1; n <= 3; ++n) stage.add(registration(n, 3, "0"));
  auto wrong = TwilioService::settings(), missing = wrong;
  wrong["sms"]["auth_token"] = "wrong";
  missing["sms"]["auth_token"] = "";
  PluginUnderTest refused(kId, wrong), bare(kId, missing);

  CHECK(refused.run(json::object())["error"]["code"] == "not_configured");
  CHECK(stage.twilio.refused.size() == 1);
  CHECK(bare.run(json::object())["error"]["code"] == "not_configured");
  CHECK(bare.run({{"dry_run", true}})["ok"] == true);
  for (std::size_t at = 0; at < 3; ++at) CHECK(stage.row(at)["payment_follow_up_count"] == "0");
}

TEST_CASE("PaymentChasingTest.LongRunStopsBetweenBatchesAndGoesOn") {
  Stage stage;
  for (int n = 1; n <= 120; ++n) stage.add(registration(n, 3, "0"));
  std::int64_t now = kNow;
  int posts = 0;
  dugout::test::answer_http([&](const auto&) {
    dugout::test::set_unix_ms(now += 10'000);  // a slow service
    return ServiceReply{201, json{{"sid", "SM" + std::to_string(++posts)}}.dump()};
  });

  const auto first = stage.run();
  CHECK(first["error"]["code"] == "more");
  CHECK(first["error"]["retryable"] == true);
  CHECK(first["data"]["sent"] == 50);
  CHECK(stage.run()["data"]["sent"] == 50);
  CHECK(stage.run()["ok"] == true);
  CHECK(posts == 120);
}

TEST_CASE("PaymentChasingTest.RunsByTheClock") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  CHECK(tool.describe()["schedule"] == json{{"at", "10:00"}});
}

}  // namespace payment_chasing_test
