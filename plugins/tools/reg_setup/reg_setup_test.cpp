// The page behind the payment link: a fresh hosted page each time, or the local stand-in.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace reg_setup_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.reg_setup";
constexpr const char* kRequest = "BRQTEST00001";

const json kHosted{{"payments",
                    {{"backend", "gocardless"},
                     {"access_token", "test-token"},
                     {"base_url", "https://pay.example.org/api"}}}};

json registration() {
  return {{"id", "recTEST1"},
          {"billing_request_id", kRequest},
          {"player_first_name", "Alfie"},
          {"player_last_name", "Barlow"},
          {"player_full_name", "Alfie Barlow"},
          {"parent_first_name", "Helen"},
          {"parent_last_name", "Barlow"},
          {"parent_full_name", "Helen Barlow"},
          {"parent_email", "helen.barlow@example.org"},
          {"parent_address_line_1", "14 Brookfield Rd"},
          {"parent_city", "Manchester"},
          {"parent_post_code", "M41 7QT"},
          {"preferred_payment_day", "15"},
          {"signing_on_fee_paid", "N"},
          {"mandate_authorised", "N"},
          {"registration_status", "pending_payment"}};
}

json asked() {
  return {{"id", "pay1"},
          {"billing_request_id", kRequest},
          {"player_full_name", "Alfie Barlow"},
          {"parent_full_name", "Helen Barlow"},
          {"preferred_payment_day", "31"},
          {"status", "pending"}};
}

void start(json registrations, json requests = json::array({asked()})) {
  dugout::test::reset_services();
  rows()["registrations"] = std::move(registrations);
  rows()["payment_requests"] = std::move(requests);
}

json visit(const std::string& id = kRequest, const std::string& action = "") {
  if (action.empty()) return {{"id", id}, {"method", "GET"}, {"form", json::object()}};
  return {{"id", id}, {"method", "POST"}, {"form", {{"action", action}}}};
}

ServiceReply flow(const std::string& url) {
  return {201,
          json{{"billing_request_flows", {{"id", "BRF1"}, {"authorisation_url", url}}}}.dump()};
}

}  // namespace

TEST_CASE("RegSetupTest.EachVisitGetsAFreshHostedPagePrefilled") {
  start(json::array({registration()}));
  int flows = 0;
  dugout::test::answer_http([&](const ServiceCall&) {
    return flow("https://pay.example.org/flow/" + std::to_string(++flows));
  });
  PluginUnderTest tool(kId, kHosted);

  CHECK(tool.run(visit())["data"] == json{{"redirect", "https://pay.example.org/flow/1"}});
  CHECK(tool.run(visit())["data"] == json{{"redirect", "https://pay.example.org/flow/2"}});

  const auto calls = dugout::test::http_calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].method == "POST");
  CHECK(calls[0].url == "https://pay.example.org/api/billing_request_flows");
  CHECK(calls[0].header("Authorization") == "Bearer test-token");
  CHECK(json::parse(calls[0].body)["billing_request_flows"] ==
        json{{"links", {{"billing_request", kRequest}}},
             {"prefilled_customer",
              {{"email", "helen.barlow@example.org"},
               {"given_name", "Helen"},
               {"family_name", "Barlow"},
               {"address_line1", "14 Brookfield Rd"},
               {"city", "Manchester"},
               {"postal_code", "M41 7QT"},
               {"country_code", "GB"}}}});
}

TEST_CASE("RegSetupTest.PaidAndAuthorisedSaysSoWithTheFirstNameOnly") {
  auto done = registration();
  done["signing_on_fee_paid"] = "Y";
  done["mandate_authorised"] = "Y";
  start(json::array({done}));
  for (const auto& config : {json::object(), kHosted}) {
    PluginUnderTest tool(kId, config);
    for (const auto& one : {visit(), visit(kRequest, "pay")}) {
      const auto data = tool.run(one)["data"];
      CHECK(data["json"]["status"] == "already_paid");
      CHECK(data["json"]["player_name"] == "Alfie");
      CHECK(data["json"]["message"].get<std::string>().find("Alfie's registration") !=
            std::string::npos);
      CHECK(data["page"]["title"] == "Already paid");
      CHECK_FALSE(data.contains("events"));
      CHECK(data.dump().find("Barlow") == std::string::npos);
    }
  }
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("RegSetupTest.HalfPaidStillLeadsToThePage") {
  auto half = registration();
  half["signing_on_fee_paid"] = "Y";
  start(json::array({half}));
  dugout::test::answer_http([](const ServiceCall&) { return flow("https://pay.example.org/f"); });
  PluginUnderTest tool(kId, kHosted);

  CHECK(tool.run(visit())["data"]["redirect"] == "https://pay.example.org/f");
}

TEST_CASE("RegSetupTest.LinkWorksBeforeTheRegistrationIsStored") {
  start(json::array());
  dugout::test::answer_http([](const ServiceCall&) { return flow("https://pay.example.org/f"); });
  PluginUnderTest hosted(kId, kHosted);
  PluginUnderTest local(kId);

  CHECK(hosted.run(visit())["data"]["redirect"] == "https://pay.example.org/f");
  const auto body = json::parse(dugout::test::http_calls()[0].body);
  CHECK(body["billing_request_flows"]["prefilled_customer"] ==
        json{{"given_name", "Helen"}, {"family_name", "Barlow"}, {"country_code", "GB"}});
  CHECK(local.run(visit())["data"]["page"].dump().find("on the last day") != std::string::npos);
}

TEST_CASE("RegSetupTest.UnknownLinkIsNotFoundAndAsksNobody") {
  start(json::array({registration()}));
  for (const auto& config : {json::object(), kHosted}) {
    PluginUnderTest tool(kId, config);
    for (const auto* id : {"BRQTEST00002", "", "../secret", "BRQ TEST", "a/b", "x'--"}) {
      CAPTURE(id);
      const auto result = tool.run(visit(id));
      CHECK(result["error"]["code"] == "not_found");
      CHECK(result["error"]["message"] == "This payment link is not known. Please check the link.");
    }
  }
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("RegSetupTest.PracticePageTellsWhatIsToBePaidAndThatNoMoneyMoves") {
  start(json::array({registration()}));
  PluginUnderTest tool(kId);

  const auto page = tool.run(visit())["data"]["page"];

  const auto text = page["paragraphs"].dump();
  CHECK(text.find("Alfie's registration") != std::string::npos);
  CHECK(text.find("£45.00 signing-on fee, now") != std::string::npos);
  CHECK(text.find("£27.50 a month from September to May by Direct Debit, on the 15th") !=
        std::string::npos);
  CHECK(text.find("no money moves") != std::string::npos);
  CHECK(text.find("Barlow") == std::string::npos);
  REQUIRE(page["buttons"].size() == 2);
  CHECK(page["buttons"][0] ==
        json{{"name", "action"}, {"value", "pay"}, {"label", "Pay and set up the Direct Debit"}});
  CHECK(page["buttons"][1]["label"] == "Not now");
  CHECK(rows()["payment_requests"][0]["status"] == "pending");
}

TEST_CASE("RegSetupTest.PracticePageShowsTheSiblingDiscount") {
  auto other = registration();
  other["id"] = "recTEST2";
  other["billing_request_id"] = "BRQTEST00002";
  start(json::array({registration(), other}));
  PluginUnderTest tool(kId);

  CHECK(tool.run(visit())["data"]["page"].dump().find("£24.75 a month") != std::string::npos);
}

TEST_CASE("RegSetupTest.PayingBringsTheProvidersThreeEvents") {
  start(json::array({registration()}));
  PluginUnderTest tool(kId);

  const auto data = tool.run(visit(kRequest, "pay"))["data"];

  CHECK(data["page"]["title"] == "Thank you");
  REQUIRE(data["events"].size() == 3);
  const char* kinds[] = {"payments.confirmed", "mandates.active", "billing_requests.fulfilled"};
  for (std::size_t at = 0; at < 3; ++at) {
    const auto& job = data["events"][at];
    const auto& event = job["arguments"]["event"];
    CHECK(job["tool"] == "apply_payment_event");
    CHECK(job["lane"] == kRequest);
    CHECK(job["id"] == event["id"]);
    CHECK(event["resource_type"].get<std::string>() + "." + event["action"].get<std::string>() ==
          kinds[at]);
    CHECK(event["links"]["billing_request"] == kRequest);
    CHECK(event["created_at"] == "2025-10-01T12:00:00.000Z");
  }
  CHECK(data["events"][1]["arguments"]["event"]["links"]["mandate"] == "MDTEST00001");
  CHECK(data["events"][2]["arguments"]["event"]["links"]["mandate_request_mandate"] ==
        "MDTEST00001");
}

TEST_CASE("RegSetupTest.PayingTwiceBringsTheSameEvents") {
  start(json::array({registration()}));
  PluginUnderTest tool(kId);
  const auto first = tool.run(visit(kRequest, "pay"))["data"]["events"];

  CHECK(tool.run(visit(kRequest, "pay"))["data"]["events"] == first);
  const auto look = tool.run(visit())["data"];
  CHECK(look["events"] == first);  // in case they were lost before they were stored
  CHECK(look["page"]["title"] == "Payment received");
}

TEST_CASE("RegSetupTest.NotNowTakesNothing") {
  start(json::array({registration()}));
  PluginUnderTest tool(kId);
  const auto before = rows();

  const auto data = tool.run(visit(kRequest, "later"))["data"];

  CHECK(data["page"]["title"] == "Not now");
  CHECK_FALSE(data.contains("events"));
  CHECK(rows() == before);
  CHECK(tool.run(visit(kRequest, "steal"))["data"]["page"]["title"] == "Registration payment");
  CHECK(tool.run({{"id", kRequest},
                  {"method", "GET"},
                  {"form", {{"action", "pay"}}}})["data"]["page"]["title"] ==
        "Registration payment");
}

TEST_CASE("RegSetupTest.FailuresTellTheParentASentenceAndHideTheCause") {
  struct Case {
    ServiceReply reply;
    const char* code;
  };
  const Case cases[] = {
      {{500, ""}, "unavailable"},
      {{502, "<html>Bad Gateway</html>"}, "unavailable"},
      {{200, "<html>Hello</html>"}, "unavailable"},
      {{200, R"({"error":{"type":"gocardless","code":500}})"}, "unavailable"},
      {{429, "{}"}, "unavailable"},
      {{0, "", json::object(), false}, "unavailable"},
      {{401, R"({"error":{"type":"invalid_api_usage","message":"secret"}})"}, "not_configured"},
      {{403, "{}"}, "not_configured"},
      {{422, R"({"error":{"type":"validation_failed","message":"secret"}})"}, "payment_refused"},
      {{201, R"({"billing_request_flows":{"authorisation_url":"javascript:alert"}})"},
       "unavailable"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.reply.status, one.reply.body);
    start(json::array({registration()}));
    dugout::test::answer_http([&](const ServiceCall&) { return one.reply; });
    PluginUnderTest tool(kId, kHosted);
    const auto result = tool.run(visit());
    CHECK(result["error"]["code"] == one.code);
    CHECK(result["error"]["retryable"] == (one.code == std::string("unavailable")));
    CHECK(result.dump().find("secret") == std::string::npos);
  }
}

TEST_CASE("RegSetupTest.MissingTokenIsNotConfigured") {
  start(json::array({registration()}));
  PluginUnderTest tool(kId, {{"payments", {{"backend", "gocardless"}}}});

  CHECK(tool.run(visit())["error"]["code"] == "not_configured");
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("RegSetupTest.RequestThatIsDoneButNotYetToldIsBeingRecorded") {
  start(json::array({registration()}));
  dugout::test::answer_http([](const ServiceCall& call) -> ServiceReply {
    if (call.method == "GET") {
      return {200, R"({"billing_requests":{"id":"BRQTEST00001","status":"fulfilled"}})"};
    }
    return {422, R"({"error":{"type":"invalid_state","errors":[{"reason":"fulfilled"}]}})"};
  });
  PluginUnderTest tool(kId, kHosted);

  CHECK(tool.run(visit())["data"]["json"]["status"] == "being_recorded");
}

TEST_CASE("RegSetupTest.PageThatRefusesItsPrefillIsAskedForWithoutIt") {
  start(json::array({registration()}));
  dugout::test::answer_http([](const ServiceCall& call) -> ServiceReply {
    if (call.method == "GET") {
      return {200, R"({"billing_requests":{"id":"BRQTEST00001","status":"pending"}})"};
    }
    if (call.body.find("prefilled_customer") == std::string::npos) {
      return flow("https://pay.example.org/flow/bare");
    }
    return {422, R"({"error":{"type":"validation_failed","errors":[{"field":"postal_code"}]}})"};
  });
  PluginUnderTest tool(kId, kHosted);

  CHECK(tool.run(visit())["data"]["redirect"] == "https://pay.example.org/flow/bare");
}

}  // namespace reg_setup_test
