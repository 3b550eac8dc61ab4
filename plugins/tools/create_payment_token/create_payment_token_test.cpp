// The payment request: amounts, days, and one request per idempotency key.
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "support/plugin_harness.hpp"

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.create_payment_token";

json order(json day = 15) {
  return {{"player_full_name", "Alfie Barlow"},
          {"age_group", "u9"},
          {"team_name", "Lions"},
          {"parent_full_name", "Helen Barlow"},
          {"parent_first_name", "Helen"},
          {"preferred_payment_day", day},
          {"parent_phone", "07700900123"}};
}

}  // namespace

TEST_CASE("CreatePaymentTokenTest.RequestCarriesTheClubsAmounts") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);

  const auto result = tool.run(order());

  REQUIRE(result["ok"] == true);
  const auto& data = result["data"];
  const auto token = data["billing_request_id"].get<std::string>();
  CHECK(data["signing_fee_amount_pence"] == 4500);
  CHECK(data["monthly_amount_pence"] == 2750);
  CHECK(data["signing_fee_amount_pounds"] == "45.00");
  CHECK(data["monthly_amount_pounds"] == "27.50");
  CHECK(data["payment_link"] == "http://127.0.0.1:8080/reg_setup/" + token);
  CHECK(token.size() == 23);
  CHECK(token.substr(0, 3) == "BRQ");
  CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string::npos);
  REQUIRE(rows()["payment_requests"].size() == 1);
  CHECK(rows()["payment_requests"][0]["parent_phone"] == "07700900123");
}

TEST_CASE("CreatePaymentTokenTest.SameKeyGivesTheSameTokenAndOneRow") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  const auto first = tool.run(order(), "turn-1");

  CHECK(tool.run(order(), "turn-1") == first);
  CHECK(rows()["payment_requests"].size() == 1);
  CHECK(tool.run(order(), "turn-2")["data"]["billing_request_id"] !=
        first["data"]["billing_request_id"]);
  CHECK(rows()["payment_requests"].size() == 2);
}

TEST_CASE("CreatePaymentTokenTest.ThreadsWithOneKeyShareOneToken") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  std::vector<json> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = tool.run(order(), "one"); });
  for (auto& thread : threads) thread.join();

  CHECK(rows()["payment_requests"].size() == 1);
  CHECK(std::set<json>(results.begin(), results.end()).size() == 1);
}

TEST_CASE("CreatePaymentTokenTest.ReconcileFindsWhatWasDoneAndNothingElse") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  CHECK(tool.reconcile(order(), "turn-1").status == DUGOUT_E_NOT_FOUND);
  const auto done = tool.run(order(), "turn-1");

  CHECK(tool.reconcile(order(), "turn-1").json() == done);
  CHECK(tool.reconcile(order(), "turn-2").status == DUGOUT_E_NOT_FOUND);
}

TEST_CASE("CreatePaymentTokenTest.OnlyRealDaysAreTaken") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);

  for (const auto& day : {json(1), json(31), json(-1), json("15"), json("-1"), json("31")}) {
    CAPTURE(day.dump());
    CHECK(tool.run(order(day), day.dump())["ok"] == true);
  }
  for (const auto& day : {json(0), json(-2), json(32), json("0"), json("32"), json("-2"), json(""),
                          json("the 45th"), json("1.5"), json(4294967297)}) {
    CAPTURE(day.dump());
    CHECK(tool.run(order(day), day.dump())["error"]["code"] == "invalid_payment_day");
  }
  CHECK(rows()["payment_requests"].size() == 6);
  CHECK_THROWS(tool.run(order(1.5)));
}

TEST_CASE("CreatePaymentTokenTest.MissingInputsAreNamed") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  auto wanted = order();
  wanted["parent_phone"] = " ";
  wanted["team_name"] = "";
  auto without = order();
  without.erase("team_name");

  const auto result = tool.run(wanted);

  CHECK(result["error"]["code"] == "missing_input");
  CHECK(result["error"]["message"] == "Missing: team_name, parent_phone.");
  CHECK(rows()["payment_requests"].empty());
  CHECK_THROWS(tool.run(without));
}

TEST_CASE("CreatePaymentTokenTest.AmountsAndLinkAreSettings") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, {{"signing_fee_pence", 5005},
                             {"monthly_pence", 900},
                             {"public_base_url", "https://pay.example.org/"}});

  const auto data = tool.run(order())["data"];

  CHECK(data["signing_fee_amount_pounds"] == "50.05");
  CHECK(data["monthly_amount_pounds"] == "9.00");
  CHECK(data["payment_link"].get<std::string>().rfind("https://pay.example.org/reg_setup/BRQ", 0) ==
        0);
}
