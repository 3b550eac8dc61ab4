// Events of the payment provider in every order, twice, at once, and with a service that fails:
// one final state, one subscription, one SMS.
#include <algorithm>
#include <thread>

#include "support/payment_event_stage.hpp"

namespace apply_payment_event_test {

using namespace apply_payment_event::test;

TEST_CASE("ApplyPaymentEventTest.EveryOrderOfTheThreeEventsEachTwiceEndsTheSame") {
  std::vector<int> order{0, 1, 2};
  do {
    for (const bool in_pairs : {true, false}) {
      CAPTURE(order, in_pairs);
      Stage stage;
      PluginUnderTest tool(kId, stage.config());
      const json events[] = {authorised(), paid(), fulfilled()};
      for (int round = 0; round < (in_pairs ? 1 : 2); ++round) {
        for (const int at : order) {
          for (int time = 0; time < (in_pairs ? 2 : 1); ++time) {
            CHECK(tool.run(events[at])["ok"] == true);
          }
        }
      }
      check_final_state(stage);
      CHECK(posts() == 1);
      CHECK(dugout::test::http_calls().size() == 2);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("ApplyPaymentEventTest.AllEventsTwiceFromParallelThreadsEndTheSame") {
  for (int round = 0; round < 10; ++round) {
    Stage stage;
    PluginUnderTest tool(kId, stage.config());
    const json events[] = {authorised(), paid(), fulfilled(), fulfilled(), paid(), authorised()};
    std::vector<json> results(6);
    std::vector<std::thread> threads;
    for (std::size_t at = 0; at < 6; ++at) {
      threads.emplace_back([&, at] { results[at] = tool.run(events[at]); });
    }
    for (auto& thread : threads) thread.join();
    // A job that met another at the SMS is tried again; it must find everything done.
    for (std::size_t at = 0; at < 6; ++at) {
      if (results[at]["ok"] == true) continue;
      CHECK(results[at]["error"]["retryable"] == true);
      CHECK(tool.run(events[at])["ok"] == true);
    }
    check_final_state(stage);
  }
}

TEST_CASE("ApplyPaymentEventTest.FeeAloneIsIncompleteAndMandateAloneIsPending") {
  {
    Stage stage;
    PluginUnderTest tool(kId, stage.config());
    CHECK(tool.run(paid())["data"]["registration_status"] == "incomplete");
    CHECK(row()["mandate_authorised"] == "N");
    CHECK(tool.run(authorised())["data"]["registration_status"] == "active");
    CHECK(stage.messages().empty());
  }
  {
    Stage stage;
    PluginUnderTest tool(kId, stage.config());
    CHECK(tool.run(authorised())["data"]["registration_status"] == "pending_payment");
    CHECK(row()["signing_on_fee_paid"] == "N");
    CHECK(dugout::test::http_calls().empty());
  }
}

TEST_CASE("ApplyPaymentEventTest.ConfirmationNamesThePlayerAndGoesToTheParent") {
  Stage stage;
  PluginUnderTest tool(kId, stage.config());

  tool.run(fulfilled());

  REQUIRE(stage.messages().size() == 1);
  const auto text = stage.messages()[0].dump();
  CHECK(text.find("+447700900123") != std::string::npos);
  CHECK(text.find("payment is confirmed") != std::string::npos);
  CHECK(text.find("Alfie Barlow's registration") != std::string::npos);
  CHECK(text.find("Direct Debit is set up") != std::string::npos);
}

TEST_CASE("ApplyPaymentEventTest.SiblingPaysTenPercentLessAndStillAfterRepeats") {
  Stage stage(json::array({registration("1"), registration("2", "Ruby")}));
  PluginUnderTest tool(kId, stage.config());

  for (int time = 0; time < 3; ++time) CHECK(tool.run(fulfilled("BRQTEST00002"))["ok"] == true);

  CHECK(row(1)["monthly_subscription_amount"] == "24.75");
  REQUIRE(stage.made.size() == 1);
  CHECK((*stage.made.begin())["amount"] == "2475");
  CHECK(row(0)["monthly_subscription_amount"] == "27.50");
  CHECK(row(0)["registration_status"] == "pending_payment");
}

TEST_CASE("ApplyPaymentEventTest.DiscountIsTakenOffTheBasePriceAlsoAfterAFailedTry") {
  Stage stage(json::array({registration("1"), registration("2", "Ruby")}));
  stage.first = {{500, ""}};
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(fulfilled("BRQTEST00002"))["error"]["retryable"] == true);
  CHECK(tool.run(fulfilled("BRQTEST00002"))["ok"] == true);

  CHECK((*stage.made.begin())["amount"] == "2475");
  CHECK(row(1)["monthly_subscription_amount"] == "24.75");
}

TEST_CASE("ApplyPaymentEventTest.ServiceThatFailsFirstIsAskedAgainAndTheSmsGoesOutOnce") {
  const ServiceReply failures[] = {
      {500, ""},
      {502, "<html><body>Bad Gateway</body></html>"},
      {429, R"({"error":{"type":"invalid_api_usage","code":429,"message":"Rate limit"}})"},
      {200, R"({"error":{"type":"gocardless","code":500,"message":"Internal server error"}})"},
      {200, "<html><body>Sign in to the wireless network</body></html>"},
      {201, "{}"},
      {0, "", json::object(), false},
      {401,
       R"({"error":{"type":"invalid_api_usage","code":401,"message":"Access token revoked"}})"},
  };
  for (const auto& failure : failures) {
    CAPTURE(failure.status, failure.body);
    Stage stage;
    stage.first = {failure};
    PluginUnderTest tool(kId, stage.config());

    const auto first = tool.run(fulfilled());

    CHECK(first["error"]["retryable"] == true);
    CHECK(row()["subscription_status"] == "failed");
    CHECK(row()["registration_status"] == "active");
    CHECK(row()["subscription_error"].get<std::string>().find("GoCardless: ") == 0);
    CHECK(row()["subscription_error"].get<std::string>().find("revoked") == std::string::npos);
    CHECK(stage.messages().size() == 1);
    CHECK(tool.run(fulfilled())["ok"] == true);
    check_final_state(stage);
    CHECK(posts() == 2);
  }
}

TEST_CASE("ApplyPaymentEventTest.OrderThatTheServiceDoesNotAcceptIsNotTriedForEver") {
  Stage stage;
  stage.first = {{422, R"({"error":{"type":"validation_failed","code":422,
    "message":"Helen Barlow is wrong",
    "errors":[{"field":"start_date","message":"Helen Barlow is wrong"}]}})"}};
  PluginUnderTest tool(kId, stage.config());

  const auto result = tool.run(fulfilled());

  CHECK(result["error"]["code"] == "subscription_failed");
  CHECK(result["error"]["retryable"] == false);
  CHECK(row()["subscription_error"] == "GoCardless: validation_failed (start_date)");
  CHECK(row()["registration_status"] == "active");
  CHECK(stage.messages().size() == 1);
}

TEST_CASE("ApplyPaymentEventTest.LostAnswerIsOneSubscription") {
  Stage stage;
  PluginUnderTest tool(kId, stage.config());
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    auto reply = stage.answer(call);
    return call.method == "POST" ? ServiceReply{0, "", json::object(), true} : reply;
  });
  CHECK(tool.run(fulfilled())["error"]["retryable"] == true);
  dugout::test::answer_http([&](const ServiceCall& call) { return stage.answer(call); });

  CHECK(tool.run(fulfilled())["ok"] == true);

  check_final_state(stage);
}

TEST_CASE("ApplyPaymentEventTest.MissingTokenAsksNobodyAndIsMendable") {
  Stage stage;
  auto config = stage.config();
  config["payments"]["access_token"] = "";
  PluginUnderTest tool(kId, config);

  CHECK(tool.run(fulfilled())["error"]["retryable"] == true);
  CHECK(dugout::test::http_calls().empty());
  CHECK(row()["registration_status"] == "active");
  CHECK(row()["subscription_error"] == "GoCardless: no access token is set");
}

TEST_CASE("ApplyPaymentEventTest.FulfilledWithoutAMandateAsksTheRequest") {
  Stage stage;
  PluginUnderTest tool(kId, stage.config());
  auto without = fulfilled();
  without["event"]["links"].erase("mandate_request_mandate");
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    if (call.url.find("/billing_requests/") == std::string::npos) return stage.answer(call);
    return {200, R"({"billing_requests":{"links":{"mandate_request_mandate":"MDTEST1"}}})"};
  });

  CHECK(tool.run(without)["ok"] == true);

  check_final_state(stage);
}

TEST_CASE("ApplyPaymentEventTest.EventBeforeItsRegistrationIsTriedAgain") {
  Stage stage(json::array());
  PluginUnderTest tool(kId, stage.config());

  for (const auto& early : {paid(), authorised(), fulfilled(),
                            monthly("confirmed", "2025-10-15T06:00:00.000Z", "EV1")}) {
    const auto result = tool.run(early);
    CHECK(result["error"]["code"] == "not_found");
    CHECK(result["error"]["retryable"] == true);
  }
  CHECK(dugout::test::http_calls().empty());

  rows()["registrations"].push_back(registration());
  CHECK(tool.run(fulfilled())["ok"] == true);
  check_final_state(stage);
}

TEST_CASE("ApplyPaymentEventTest.EventsThatNameOnlyMandateOrPaymentFindTheirRequest") {
  Stage stage;
  rows()["payment_requests"] = json::array({{{"id", "p1"}, {"billing_request_id", kRequest}}});
  PluginUnderTest tool(kId, stage.config());
  const auto bare_mandate = event("mandates", "active", {{"mandate", "MDTEST1"}});
  const auto bare_payment = event("payments", "confirmed", {{"payment", "PMTEST1"}});
  CHECK(tool.run(bare_mandate)["error"]["retryable"] == true);

  tool.run(fulfilled());

  CHECK(tool.run(bare_mandate)["data"]["applied"] == true);
  CHECK(tool.run(bare_payment)["data"]["applied"] == true);
  CHECK(rows()["payment_requests"][0]["status"] == "fulfilled");
  check_final_state(stage);
}

TEST_CASE("ApplyPaymentEventTest.PaymentOnAnEarlierLinkCountsForTheRegistration") {
  auto again = registration();
  again["billing_request_id"] = "BRQTEST00009";
  again["earlier_billing_request_ids"] = json::array({kRequest});
  Stage stage(json::array({again}));
  rows()["payment_requests"] = json::array({{{"id", "p1"},
                                             {"billing_request_id", kRequest},
                                             {"parent_full_name", "Helen Barlow"},
                                             {"player_full_name", "Alfie Barlow"}}});
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(fulfilled())["ok"] == true);

  check_final_state(stage);
}

TEST_CASE("ApplyPaymentEventTest.WhatMeansNothingChangesNothing") {
  Stage stage;
  PluginUnderTest tool(kId, stage.config());
  const auto before = rows();

  for (const auto& one :
       {event("payments", "paid_out", {{"payment", "PM1"}}),
        event("payments", "failed", {{"payment", "PM1"}, {"billing_request", kRequest}}),
        event("payments", "confirmed", json::object()),
        event("mandates", "cancelled", {{"mandate", "MD1"}}),
        event("billing_requests", "fulfilled", json::object()),
        event("payouts", "paid", json::object())}) {
    CAPTURE(one.dump());
    CHECK(tool.run(one)["data"]["applied"] == false);
  }
  CHECK(rows() == before);
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("ApplyPaymentEventTest.RegistrationWithoutAMobileIsPaidAllTheSame") {
  auto one = registration();
  one["parent_telephone"] = "0161 496 0123";
  Stage stage(json::array({one}));
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(fulfilled())["ok"] == true);
  CHECK(stage.messages().empty());
  CHECK(stage.made.size() == 1);
}

TEST_CASE("ApplyPaymentEventTest.LocalBackendMakesTheSubscriptionItself") {
  Stage stage;
  PluginUnderTest tool(kId, {{"data_folder", stage.folder}});

  for (int time = 0; time < 2; ++time) CHECK(tool.run(fulfilled())["ok"] == true);

  CHECK(row()["ongoing_subscription_id"] == "SBTEST00001");
  CHECK(row()["subscription_start_date"] == "2025-10-15");
  CHECK(rows()["subscriptions"].size() == 1);
  CHECK(rows()["subscriptions"][0]["amount_pence"] == 2750);
  CHECK(stage.messages().size() == 1);
  CHECK(dugout::test::http_calls().empty());
}

}  // namespace apply_payment_event_test
