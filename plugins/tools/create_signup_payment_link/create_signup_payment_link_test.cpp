// The sign-up link: one request for each key, and a hosted page at once.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace create_signup_payment_link_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.create_signup_payment_link";
const json kHosted{{"payments",
                    {{"backend", "gocardless"},
                     {"access_token", "test-token"},
                     {"base_url", "https://pay.example.org/api"}}}};

json order() {
  return {{"player_full_name", "Alfie Barlow"},
          {"age_group", "u9"},
          {"team_name", "Lions"},
          {"parent_full_name", "Helen Mary Barlow"},
          {"parent_email", "helen.barlow@example.org"},
          {"parent_address", "14 Brookfield Rd, Urmston, Manchester"},
          {"parent_postcode", "M41 7QT"}};
}

ServiceReply answer(const ServiceCall& call) {
  if (call.url.ends_with("/billing_requests")) {
    return {201, R"({"billing_requests":{"id":"BRQTEST00001"}})"};
  }
  return {201, R"({"billing_request_flows":{"authorisation_url":"https://pay.example.org/f"}})"};
}

}  // namespace

TEST_CASE("CreateSignupPaymentLinkTest.RequestAndPageAreMadeAtOnce") {
  dugout::test::reset_services();
  dugout::test::answer_http(answer);
  PluginUnderTest tool(kId, kHosted);

  const auto result = tool.run(order());

  REQUIRE(result["ok"] == true);
  CHECK(result["data"] == json{{"billing_request_id", "BRQTEST00001"},
                               {"payment_link", "https://pay.example.org/f"},
                               {"player_full_name", "Alfie Barlow"},
                               {"age_group", "u9"},
                               {"team", "Lions"},
                               {"parent_name", "Helen Mary Barlow"}});
  const auto calls = dugout::test::http_calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].header("Idempotency-Key") == "key-1");
  const auto customer = json::parse(calls[1].body)["billing_request_flows"]["prefilled_customer"];
  CHECK(customer == json{{"given_name", "Helen"},
                         {"family_name", "Mary Barlow"},
                         {"email", "helen.barlow@example.org"},
                         {"address_line1", "14 Brookfield Rd"},
                         {"city", "Manchester"},
                         {"postal_code", "M41 7QT"},
                         {"country_code", "GB"}});
  CHECK(rows()["payment_requests"].size() == 1);
}

TEST_CASE("CreateSignupPaymentLinkTest.SameKeyMakesNoSecondRequest") {
  dugout::test::reset_services();
  int requests = 0;
  bool page_works = false;
  dugout::test::answer_http([&](const ServiceCall& call) -> ServiceReply {
    if (call.url.ends_with("/billing_requests")) {
      ++requests;
      return answer(call);
    }
    return page_works ? answer(call) : ServiceReply{503, ""};
  });
  PluginUnderTest tool(kId, kHosted);
  CHECK(tool.run(order())["error"]["retryable"] == true);
  page_works = true;

  CHECK(tool.run(order())["ok"] == true);
  CHECK(tool.reconcile(order(), "key-1").json()["ok"] == true);

  CHECK(requests == 1);
  CHECK(rows()["payment_requests"].size() == 1);
}

TEST_CASE("CreateSignupPaymentLinkTest.LocalLinkLeadsToTheOwnPage") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, {{"public_url", "https://club.example.org"}});
  CHECK(tool.reconcile(order(), "key-1").status == DUGOUT_E_NOT_FOUND);

  const auto data = tool.run(order())["data"];

  const auto token = data["billing_request_id"].get<std::string>();
  CHECK(data["payment_link"] == "https://club.example.org/reg_setup/" + token);
  CHECK(tool.run(order())["data"] == data);
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("CreateSignupPaymentLinkTest.BlankInputsAreNamed") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId);
  auto wanted = order();
  wanted["parent_email"] = " ";

  const auto result = tool.run(wanted);

  CHECK(result["error"]["code"] == "missing_input");
  CHECK(result["error"]["message"] == "Missing: parent_email.");
  CHECK(rows()["payment_requests"].is_null());
}

}  // namespace create_signup_payment_link_test
