// Who is suspended for an open payment, who is told, and who pays in time after all.
#include "support/chasing_stage.hpp"

namespace payment_suspension_test {

using namespace payment_chasing::test;

TEST_CASE("PaymentChasingTest.FamilyThatCannotBeReachedIsSuspendedInTheEnd") {
  for (const auto& [phone, refuses] :
       std::vector<std::pair<std::string, bool>>{{"07700900101", true}, {"0161 496 0123", false}}) {
    CAPTURE(phone);
    Stage stage;
    stage.add(registration(1, 3, "0"));
    stage.row()["parent_telephone"] = phone;
    int sent = 0;
    for (const int day : {0, 2, 4, 5}) {
      dugout::test::set_unix_ms(kNow + day * kDay);
      if (refuses) stage.twilio.fail_post({400, R"({"code":21610,"message":"unsubscribed"})"});
      const auto result = stage.run(("job-" + std::to_string(day)).c_str());
      REQUIRE(result["ok"] == true);
      CHECK(result["data"]["failed"] == 1);
      sent += result["data"]["sent"].get<int>();
    }

    CHECK(sent == 0);
    CHECK(stage.row()["registration_status"] == "suspended");
    CHECK(stage.row()["payment_follow_up_count"] == "4");
    REQUIRE(stage.twilio.messages.size() == 1);  // the manager's
    CHECK(stage.twilio.messages[0]["to"] == "+447700900701");
  }
}

TEST_CASE("PaymentChasingTest.WhoPaysBetweenTheTwoMessagesOfASuspensionIsPutRight") {
  for (const auto* mandate : {"Y", "N"}) {
    for (const bool already : {false, true}) {
      CAPTURE(mandate, already);
      Stage stage;
      stage.add(registration(1, 8, "3"));
      int posts = 0;
      dugout::test::answer_http([&](const auto&) {
        ++posts;
        stage.row()["signing_on_fee_paid"] = "Y";
        stage.row()["mandate_authorised"] = mandate;
        if (already) stage.row()["registration_status"] = "active";  // by the payment itself
        return ServiceReply{201, R"({"sid":"SM1","status":"queued"})"};
      });

      const auto result = stage.run();

      REQUIRE(result["ok"] == true);
      CHECK(result["data"]["suspended"] == 0);
      CHECK(posts == 1);  // the manager is told nothing
      const bool active = already || mandate == std::string("Y");
      CHECK(stage.row()["registration_status"] == (active ? "active" : "incomplete"));
      CHECK(!stage.row().contains("suspend_date"));
      CHECK(stage.row()["payment_follow_up_count"] == "3");
    }
  }
}

TEST_CASE("PaymentChasingTest.WhoPaysBeforeASuspensionIsToldOnIsLeftInPeace") {
  Stage stage;
  stage.add(registration(1, 8, "3"));
  stage.twilio.fail_post(kLost, false);
  stage.twilio.fail_get(kLost);
  REQUIRE(stage.run()["error"]["code"] == "unavailable");
  const auto told = stage.twilio.messages.size();
  stage.row()["signing_on_fee_paid"] = "Y";
  stage.row()["registration_status"] = "active";
  dugout::test::set_unix_ms(kNow + 60'000);

  CHECK(stage.run()["ok"] == true);
  CHECK(stage.twilio.messages.size() == told);
  CHECK(stage.row()["registration_status"] == "active");
}

TEST_CASE("PaymentChasingTest.SuspensionThatBrokeOffIsTold") {
  Stage stage;
  stage.add(registration(1, 8, "3"));
  stage.twilio.fail_post(kLost, false);
  stage.twilio.fail_get(kLost);

  const auto first = stage.run();
  CHECK(first["error"]["code"] == "unavailable");
  CHECK(stage.row()["registration_status"] == "suspended");
  CHECK(stage.row()["payment_follow_up_count"] == "3");
  dugout::test::set_unix_ms(kNow + 60'000);
  const auto second = stage.run();

  CHECK(second["data"]["suspended"] == 1);
  CHECK(stage.row()["payment_follow_up_count"] == "4");
  CHECK(stage.row()["suspend_date"] == "2025-10-01");
  CHECK(stage.twilio.messages.size() == 2);  // parent and manager, once each
}

TEST_CASE("PaymentChasingTest.WhoPaysInThisVeryMomentIsNotSuspended") {
  Stage stage;
  stage.add(registration(1, 8, "3"));
  stage.add(registration(2, 8, "3"));
  // While the first parent is told, the second one pays.
  dugout::test::answer_http([&](const auto&) {
    stage.row(1)["signing_on_fee_paid"] = "Y";
    return ServiceReply{201, R"({"sid":"SM1","status":"queued"})"};
  });

  CHECK(stage.run()["data"]["suspended"] == 1);
  CHECK(stage.row(1)["registration_status"] == "pending_payment");
  CHECK(!stage.row(1).contains("suspend_date"));
}

TEST_CASE("PaymentChasingTest.TeamWithoutAManagersPhoneIsCounted") {
  Stage stage;
  stage.add(registration(1, 8, "3"));
  rows()["teams"][0].erase("manager_phone");

  const auto data = stage.run()["data"];

  CHECK(data["suspended"] == 1);
  CHECK(data["managers_unknown"] == 1);
  CHECK(stage.twilio.messages.size() == 1);
}

TEST_CASE("PaymentChasingTest.ManagerOfTheRegistrationsSeasonIsTold") {
  Stage stage;
  stage.add(registration(1, 8, "3"));
  auto before = rows()["teams"][0];
  before["id"] = "team0";
  before["current_season"] = "2425";
  before["manager_phone"] = "07700 900444";
  rows()["teams"].insert(rows()["teams"].begin(), before);

  CHECK(stage.run()["data"]["managers_told"] == 1);

  REQUIRE(stage.twilio.messages.size() == 2);
  CHECK(stage.twilio.messages[1]["to"] == "+447700900701");
}

}  // namespace payment_suspension_test
