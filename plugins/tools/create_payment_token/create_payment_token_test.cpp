// The payment request: amounts, days, and one request per idempotency key.
#include <catch2/catch.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "support/plugin_harness.hpp"

namespace create_payment_token_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.create_payment_token";

json hosted(json changes = json::object()) {
  json block{{"backend", "gocardless"}, {"access_token", "test-token"}};
  block.update(changes);
  return {{"payments", block}};
}

// Billing requests as the service makes them: one for each key, a repeat is told the first one.
struct Requests {
  json made = json::object();  // by key
  std::mutex mutex;            // guards it: tools run on several threads

  ServiceReply answer(const ServiceCall& call) {
    const std::lock_guard lock(mutex);
    const auto key = call.header("Idempotency-Key");
    if (made.contains(key)) {
      const json error{{"type", "invalid_state"},
                       {"code", 409},
                       {"errors",
                        {{{"reason", "idempotent_creation_conflict"},
                          {"links", {{"conflicting_resource_id", made[key]}}}}}}};
      return {409, json{{"error", error}}.dump()};
    }
    made[key] = "BRQTEST0000" + std::to_string(made.size() + 1);
    return {201, json{{"billing_requests", {{"id", made[key]}}}}.dump()};
  }
};

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
  CHECK(rows()["payment_requests"].is_null());
  CHECK_THROWS(tool.run(without));
}

TEST_CASE("CreatePaymentTokenTest.AmountsAndLinkAreSettings") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, {{"payments", {{"signing_fee_pence", 5005}, {"monthly_pence", 900}}},
                             {"public_url", "https://pay.example.org/"}});

  const auto data = tool.run(order())["data"];

  CHECK(data["signing_fee_amount_pounds"] == "50.05");
  CHECK(data["monthly_amount_pounds"] == "9.00");
  CHECK(data["payment_link"].get<std::string>().rfind("https://pay.example.org/reg_setup/BRQ", 0) ==
        0);
}

TEST_CASE("CreatePaymentTokenTest.ServiceGetsOneRequestForFeeAndMandate") {
  dugout::test::reset_services();
  Requests requests;
  dugout::test::answer_http([&](const ServiceCall& call) { return requests.answer(call); });
  PluginUnderTest tool(kId, hosted());

  const auto result = tool.run(order(31));

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["billing_request_id"] == "BRQTEST00001");
  CHECK(result["data"]["payment_link"] == "http://127.0.0.1:8080/reg_setup/BRQTEST00001");
  REQUIRE(dugout::test::http_calls().size() == 1);
  const auto call = dugout::test::http_calls()[0];
  CHECK(call.method == "POST");
  CHECK(call.url == "https://api-sandbox.gocardless.com/billing_requests");
  CHECK(call.effect == "idempotent");
  CHECK(call.header("Authorization") == "Bearer test-token");
  CHECK(call.header("GoCardless-Version") == "2015-07-06");
  CHECK(call.header("Idempotency-Key") == "key-1");
  const auto body = json::parse(call.body)["billing_requests"];
  CHECK(body["payment_request"]["amount"] == 4500);
  CHECK(body["payment_request"]["currency"] == "GBP");
  CHECK(body["payment_request"]["metadata"] ==
        json{{"player_name", "Alfie Barlow"}, {"type", "signing_fee"}, {"team", "Lions"}});
  CHECK(body["mandate_request"]["metadata"] ==
        json{{"player_name", "Alfie Barlow"}, {"type", "subscription"}, {"payment_day", "31"}});
  CHECK(body["metadata"] ==
        json{{"player_name", "Alfie Barlow"}, {"team", "Lions"}, {"age_group", "u9"}});
  CHECK(rows()["payment_requests"][0]["billing_request_id"] == "BRQTEST00001");
}

TEST_CASE("CreatePaymentTokenTest.EnvironmentAndBaseUrlChooseTheService") {
  for (const auto& [block, url] :
       {std::pair{json{{"environment", "live"}}, "https://api.gocardless.com/billing_requests"},
        std::pair{json{{"base_url", "http://127.0.0.1:9/api/"}},
                  "http://127.0.0.1:9/api/billing_requests"}}) {
    dugout::test::reset_services();
    PluginUnderTest tool(kId, hosted(block));
    tool.run(order());
    CHECK(dugout::test::http_calls().at(0).url == url);
  }
}

TEST_CASE("CreatePaymentTokenTest.RepeatsAndThreadsMakeOneRequestAtTheService") {
  dugout::test::reset_services();
  Requests requests;
  dugout::test::answer_http([&](const ServiceCall& call) { return requests.answer(call); });
  PluginUnderTest tool(kId, hosted());
  std::vector<json> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = tool.run(order(), "one"); });
  for (auto& thread : threads) thread.join();
  const auto calls = dugout::test::http_calls().size();

  CHECK(tool.run(order(), "one") == results[0]);

  CHECK(std::set<json>(results.begin(), results.end()).size() == 1);
  CHECK(requests.made.size() == 1);
  CHECK(rows()["payment_requests"].size() == 1);
  CHECK(dugout::test::http_calls().size() == calls);  // the row answers
}

TEST_CASE("CreatePaymentTokenTest.ReconcileAfterACrashGivesTheRequestThatWasMade") {
  dugout::test::reset_services();
  Requests requests;
  dugout::test::answer_http([&](const ServiceCall& call) { return requests.answer(call); });
  PluginUnderTest tool(kId, hosted());
  requests.made["turn-1"] = "BRQTEST00007";  // made, and then the process died

  const auto found = tool.reconcile(order(), "turn-1").json();

  CHECK(found["data"]["billing_request_id"] == "BRQTEST00007");
  CHECK(rows()["payment_requests"].size() == 1);
  CHECK(tool.run(order(), "turn-1") == found);
  CHECK(requests.made.size() == 1);
  CHECK(dugout::test::http_calls().size() == 1);
}

TEST_CASE("CreatePaymentTokenTest.FailuresAreClassifiedAndLeaveNothing") {
  struct Case {
    ServiceReply reply;
    const char* code;
    bool retryable;
  };
  const Case cases[] = {
      {{500, ""}, "unavailable", true},
      {{503, "<html>Service Unavailable</html>"}, "unavailable", true},
      {{200, "<html>Hello</html>"}, "unavailable", true},
      {{200, R"({"error":{"type":"gocardless","code":500}})"}, "unavailable", true},
      {{200, R"({"error":{"type":"invalid_api_usage","code":401}})"}, "not_configured", false},
      {{201, R"({"billing_requests":{}})"}, "unavailable", true},
      {{201, R"({"billing_requests":[]})"}, "unavailable", true},
      {{429, "{}"}, "unavailable", true},
      {{0, "", json::object(), true}, "unavailable", true},
      {{401, R"({"error":{"type":"invalid_api_usage","message":"secret"}})"},
       "not_configured",
       false},
      {{403, "{}"}, "not_configured", false},
      {{422, R"({"error":{"type":"validation_failed","errors":[{"field":"amount"}]}})"},
       "payment_refused",
       false},
      {{409, R"({"error":{"type":"invalid_state","errors":[{"reason":"something_else"}]}})"},
       "payment_refused",
       false},
  };
  for (const auto& one : cases) {
    CAPTURE(one.reply.status, one.reply.body);
    dugout::test::reset_services();
    dugout::test::answer_http([&](const ServiceCall&) { return one.reply; });
    PluginUnderTest tool(kId, hosted());

    const auto result = tool.run(order());

    CHECK(result["error"]["code"] == one.code);
    CHECK(result["error"]["retryable"] == one.retryable);
    CHECK(result.dump().find("secret") == std::string::npos);
    CHECK(rows()["payment_requests"].is_null());
    CHECK(dugout::test::http_calls().size() == 1);

    Requests requests;
    dugout::test::answer_http([&](const ServiceCall& call) { return requests.answer(call); });
    CHECK(tool.run(order())["ok"] == true);
    CHECK(requests.made.size() == 1);
  }
}

TEST_CASE("CreatePaymentTokenTest.MissingTokenIsNotConfiguredAndStartsAllTheSame") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, hosted({{"access_token", nullptr}}));

  const auto result = tool.run(order());

  CHECK(result["error"]["code"] == "not_configured");
  CHECK(result["error"]["message"] ==
        "Online payments are not available at the moment. Please let the club know.");
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("CreatePaymentTokenTest.KeyThatFitsNoHeaderLineIsHashed") {
  dugout::test::reset_services();
  Requests requests;
  dugout::test::answer_http([&](const ServiceCall& call) { return requests.answer(call); });
  PluginUnderTest tool(kId, hosted());

  tool.run(order(), "a b\r\nX-Evil: 1");
  tool.run(order(), std::string(200, 'k'));

  for (const auto& [key, id] : requests.made.items()) {
    CHECK(key.size() == 64);
    CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
  CHECK(requests.made.size() == 2);
}

}  // namespace create_payment_token_test
