// The mending of subscriptions that are missing, against a service that is played here.
#include "support/subscription_stage.hpp"

namespace subscription_fallback_test {

using namespace subscription_fallback::test;

TEST_CASE("SubscriptionFallbackTest.DryRunChangesNothing") {
  start(json::array({registration()}));
  PluginUnderTest tool(kId, kHosted);
  const auto before = rows();

  const auto told = tool.run({{"dry_run", true}})["data"];

  CHECK(told["dry_run"] == true);
  CHECK(told["registrations"][0]["would"] == "subscribe");
  CHECK(told["registrations"][0]["amount_pence"] == 2750);
  CHECK(rows() == before);
  CHECK(posts() == 0);
}

TEST_CASE("SubscriptionFallbackTest.MissingSubscriptionIsMadeOnceWithTheMandateOfTheRequest") {
  auto& service = start(json::array({registration()}));
  PluginUnderTest tool(kId, kHosted);

  CHECK(tool.run(json::object(), "monday")["ok"] == true);
  CHECK(tool.run(json::object(), "tuesday")["data"]["registrations"].empty());

  CHECK(service.subscriptions == 1);
  CHECK(posts() == 1);
  CHECK(row()["mandate_id"] == "MDTEST1");
  CHECK(row()["ongoing_subscription_id"] == "SBTEST1");
  CHECK(row()["subscription_activated"] == "Y");
  CHECK(row()["subscription_status"] == "active");
  CHECK(row()["subscription_start_date"] == "2025-10-15");
  const auto& order = *service.made.begin();
  CHECK(order["amount"] == "2750");
  CHECK(order["day_of_month"] == "15");
  CHECK(order["interval_unit"] == "monthly");
  CHECK(order["end_date"] == "2026-06-01");
  CHECK(order["links"]["mandate"] == "MDTEST1");
  CHECK(order["metadata"].size() == 3);
}

TEST_CASE("SubscriptionFallbackTest.OnlyPaidAndAuthorisedRowsWithoutASubscriptionAreTouched") {
  auto unpaid = registration("2"), unsigned_one = registration("3"), done = registration("4");
  unpaid["signing_on_fee_paid"] = "N";
  unsigned_one["mandate_authorised"] = "N";
  done["subscription_activated"] = "Y";
  start(json::array({unpaid, unsigned_one, done}));
  PluginUnderTest tool(kId, kHosted);

  CHECK(tool.run(json::object())["data"]["registrations"].empty());
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("SubscriptionFallbackTest.NoChargeLeftIsNotedAndAskedNoMore") {
  auto one = registration();
  one["preferred_payment_day"] = 1;
  auto& service = start(json::array({one}));
  service.next_charge = "2026-05-08";
  dugout::test::set_unix_ms(noon_of(213));
  PluginUnderTest tool(kId, kHosted);

  tool.run(json::object(), "monday");

  CHECK(service.subscriptions == 0);
  CHECK(row()["subscription_status"] == "no_charge_left");
  CHECK(row()["subscription_start_date"] == "2026-06-01");
  CHECK_FALSE(row().contains("subscription_activated"));
  CHECK(row()["registration_status"] == "active");
  CHECK(rows()["subscriptions"].empty());
  CHECK(tool.run(json::object(), "tuesday")["data"]["registrations"].empty());
}

TEST_CASE("SubscriptionFallbackTest.ThreeFailedRunsMakeTheRegistrationIncompleteUntilOneWorks") {
  auto& service = start(json::array({registration()}));
  PluginUnderTest tool(kId, kHosted);
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    if (call.method == "GET") return service.answer(call);
    return {500, ""};
  });

  tool.run(json::object(), "day 1");
  tool.run(json::object(), "day 1");  // the same run, tried again
  tool.run(json::object(), "day 2");
  CHECK(row()["registration_status"] == "active");
  CHECK(row()["subscription_status"] == "failed");
  CHECK(row()["subscription_failures"] == 2);
  tool.run(json::object(), "day 3");
  CHECK(row()["registration_status"] == "incomplete");

  dugout::test::answer_http([&](const ServiceCall& call) { return service.answer(call); });
  tool.run(json::object(), "day 4");
  CHECK(row()["registration_status"] == "active");
  CHECK(row()["subscription_status"] == "active");
  CHECK_FALSE(row().contains("subscription_error"));
  CHECK(service.subscriptions == 1);
}

TEST_CASE("SubscriptionFallbackTest.DayZeroIsRefusedBeforeTheServiceIsAsked") {
  auto one = registration();
  one["preferred_payment_day"] = "0";
  start(json::array({one}));
  PluginUnderTest tool(kId, kHosted);

  tool.run(json::object());

  CHECK(row()["subscription_status"] == "failed");
  CHECK(row()["subscription_error"] == "the payment day must be 1 to 31, or -1");
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("SubscriptionFallbackTest.EarlierPlanHoldsAfterAHalfMadeTry") {
  auto one = registration();
  one["preferred_payment_day"] = 12;
  auto& service = start(json::array({one}));
  service.next_charge = "2025-10-16";
  dugout::test::set_unix_ms(noon_of(9));  // 2025-10-10: an interim charge is due
  PluginUnderTest tool(kId, kHosted);
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    const bool ongoing = call.body.find("\"ongoing\"") != std::string::npos;
    return ongoing ? ServiceReply{503, ""} : service.answer(call);
  });
  tool.run(json::object(), "friday");
  CHECK(service.subscriptions == 1);
  CHECK(row()["subscription_status"] == "failed");

  // A day later the rule alone would start at once and charge October twice.
  dugout::test::set_unix_ms(noon_of(10));
  service.next_charge = "2025-10-17";
  dugout::test::answer_http([&](const ServiceCall& call) { return service.answer(call); });
  tool.run(json::object(), "saturday");

  CHECK(service.subscriptions == 2);
  CHECK(row()["interim_subscription_id"] == "SBTEST1");
  CHECK(row()["ongoing_subscription_id"] == "SBTEST2");
  CHECK(row()["subscription_start_date"] == "2025-11-12");
}

TEST_CASE("SubscriptionFallbackTest.LostAnswerIsFoundByItsKey") {
  auto& service = start(json::array({registration()}));
  PluginUnderTest tool(kId, kHosted);
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    auto reply = service.answer(call);
    return call.method == "POST" ? ServiceReply{0, "", json::object(), true} : reply;
  });
  tool.run(json::object(), "monday");
  dugout::test::answer_http([&](const ServiceCall& call) { return service.answer(call); });
  tool.run(json::object(), "tuesday");

  CHECK(service.subscriptions == 1);
  CHECK(row()["ongoing_subscription_id"] == "SBTEST1");
  CHECK(row()["subscription_start_date"] == "2025-10-15");
}

TEST_CASE("SubscriptionFallbackTest.LocalBackendNeedsNoService") {
  auto one = registration();
  one["mandate_id"] = "MDTEST00001";
  start(json::array({one}));
  PluginUnderTest tool(kId);

  tool.run(json::object());

  CHECK(row()["ongoing_subscription_id"] == "SBTEST00001");
  CHECK(row()["subscription_start_date"] == "2025-10-15");
  CHECK(rows()["subscriptions"].size() == 1);
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("SubscriptionFallbackTest.SettingsThatAreWrongStopTheStart") {
  const auto with = [](const json& block) { return json{{"payments", block}}; };
  CHECK_THROWS(PluginUnderTest(kId, with({{"backend", "stripes"}})));
  CHECK_THROWS(PluginUnderTest(kId, with({{"monthly_pence", 0}})));
  CHECK_THROWS(PluginUnderTest(kId, with({{"season", {{"end", "2026-02-30"}}}})));
  CHECK_THROWS(PluginUnderTest(kId, with({{"season", {{"end", "2025-09-01"}}}})));
  CHECK_THROWS(PluginUnderTest(kId, with({{"colour", "red"}})));
  CHECK_NOTHROW(PluginUnderTest(kId, with({{"access_token", nullptr}})));
}

TEST_CASE("SubscriptionFallbackTest.MandateOfAnEarlierRequestIsFound") {
  auto one = registration("2");
  one["earlier_billing_request_ids"] = json::array({"BRQTEST00001"});
  auto& service = start(json::array({one}));
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    if (call.url.find("/billing_requests/BRQTEST00002") == std::string::npos) {
      return service.answer(call);
    }
    return {200, R"({"billing_requests":{"id":"BRQTEST00002","status":"pending"}})"};
  });
  PluginUnderTest tool(kId, kHosted);

  tool.run(json::object());

  CHECK(row()["mandate_id"] == "MDTEST1");
  CHECK(row()["ongoing_subscription_id"] == "SBTEST1");
}

// The state is written after the members it follows from; a crash in between leaves the old one.
TEST_CASE("SubscriptionFallbackTest.StateThatACrashLeftBehindIsPutRight") {
  auto one = registration();
  one["registration_status"] = "incomplete";
  one["subscription_activated"] = "Y";
  one["subscription_status"] = "active";
  start(json::array({one}));
  PluginUnderTest tool(kId, kHosted);

  const auto told = tool.run({{"dry_run", true}})["data"]["registrations"];
  REQUIRE(told.size() == 1);
  CHECK(told[0]["would"] == "put the state right");
  CHECK(row() == one);

  CHECK(tool.run(json::object())["data"]["registrations"][0]["registration_status"] == "active");
  CHECK(row()["registration_status"] == "active");
  CHECK(tool.run(json::object())["data"]["registrations"].empty());
  CHECK(dugout::test::http_calls().empty());
}

}  // namespace subscription_fallback_test
