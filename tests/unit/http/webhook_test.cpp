// POST /webhooks/{name}: what a tool says decides; one audit line each, without content.
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

constexpr auto kTwoEvents = R"({"ok":true,"data":{"events":[
    {"id":"EV1","tool":"apply","arguments":{"a":1},"lane":"BRQ1"},
    {"id":"EV2","tool":"apply","arguments":{"a":2}}]}})";

void say(ToolScript& tool, std::string answer) {
  tool.run = [answer](const Json&) { return Outcome<std::string>(answer); };
}

// A server with the webhook "pay" behind the tool pay_webhook.
struct Paid : Doors {
  Paid() : tool(plugins.tools["pay_webhook"]) {
    tool.declaration.webhook = "pay";
    plugins.tools["apply"];
    say(tool, kTwoEvents);
  }
  Json audit() {
    const auto found = lines("webhook");
    REQUIRE(found.size() == 1);
    return found[0];
  }
  ToolScript& tool;
};

}  // namespace

TEST_CASE("WebhookTest.TheToolGetsTheRequestUntouched") {
  Paid doors;
  const std::string body = "{ \"events\" : [] }\n\t\xc3\xa9";

  doors.send("POST", "/webhooks/pay?a=b%20c", body,
             {{"Webhook-Signature", "AbC"}, {"Content-Type", "application/json"}});

  CHECK(doors.tool.asked["method"] == "POST");
  CHECK(doors.tool.asked["url"] == "https://join.example.org/webhooks/pay?a=b%20c");
  CHECK(doors.tool.asked["body"] == body);
  CHECK(doors.tool.asked["headers"]["webhook-signature"] == "AbC");
  CHECK_FALSE(doors.tool.asked["headers"].contains("Webhook-Signature"));
}

TEST_CASE("WebhookTest.EventsAreTakenOnceAndAReplayChangesNothing") {
  Paid doors;

  const auto first = doors.send("POST", "/webhooks/pay", "x");
  const auto second = doors.send("POST", "/webhooks/pay", "x");

  CHECK(first.status == 200);
  CHECK(first.json() == Json({{"status", "success"}, {"new", 2}}));
  CHECK(second.status == 200);
  CHECK(second.json()["new"] == 0);
  CHECK(doors.jobs.events == std::set<std::string>{"pay EV1", "pay EV2"});
  const auto audit = doors.lines("webhook");
  REQUIRE(audit.size() == 2);
  CHECK(audit[0]["outcome"] == "accepted");
  CHECK(audit[0]["count"] == 2);
  CHECK(audit[1]["outcome"] == "repeated");
}

TEST_CASE("WebhookTest.NoEventsAre204") {
  Paid doors;
  say(doors.tool, R"({"ok":true,"data":{"events":[]}})");

  const auto answer = doors.send("POST", "/webhooks/pay", "x");

  CHECK(answer.status == 204);
  CHECK(answer.headers.count("Content-Length") == 0);
  CHECK(doors.audit()["status"] == 204);
}

TEST_CASE("WebhookTest.ARefusalDecidesItsStatusWithinBounds") {
  const auto status_of = [](const std::string& error) {
    Paid doors;
    say(doors.tool,
        R"({"ok":false,"error":{"code":"bad_signature","message":"No.",)" + error + "}}");
    const auto answer = doors.send("POST", "/webhooks/pay", "x", {{"Webhook-Signature", "s3cret"}});
    CHECK(doors.jobs.events.empty());
    CHECK(doors.audit()["status"] == answer.status);
    CHECK(doors.whole_log().find("s3cret") == std::string::npos);
    return answer.status;
  };

  CHECK(status_of(R"("retryable":false,"status":498)") == 498);
  CHECK(status_of(R"("retryable":false)") == 400);
  CHECK(status_of(R"("retryable":true)") == 503);
  CHECK(status_of(R"("retryable":true,"status":429)") == 429);
  CHECK(status_of(R"("retryable":false,"status":503)") == 503);
  CHECK(status_of(R"("retryable":false,"status":200)") == 400);
  CHECK(status_of(R"("retryable":false,"status":502)") == 400);
  CHECK(status_of(R"("retryable":false,"status":"498")") == 400);
}

TEST_CASE("WebhookTest.WhatIsNotStoredIsSentAgain") {
  Paid doors;
  doors.jobs.broken = true;

  const auto answer = doors.send("POST", "/webhooks/pay", "x");

  CHECK(answer.status == 503);
  CHECK(answer.headers.count("Retry-After") == 1);
  CHECK(doors.audit()["outcome"] == "not_stored");
}

TEST_CASE("WebhookTest.AToolThatFailsIsNoRefusal") {
  for (const auto code : {Code::kTimeout, Code::kUnavailable, Code::kInternal}) {
    Paid doors;
    doors.tool.run = [code](const Json&) { return Outcome<std::string>(Error{code, "why"}); };

    const auto answer = doors.send("POST", "/webhooks/pay", "x");

    CHECK(answer.status == (code == Code::kInternal ? 500 : 503));
    CHECK(doors.audit()["outcome"] == "failed");
  }
}

TEST_CASE("WebhookTest.EventsOfAWrongShapeAreOurFault") {
  for (const char* events : {"7", "[7]", R"([{"id":"E","tool":"apply"}])",
                             R"([{"id":"","tool":"apply","arguments":{}}])",
                             R"([{"id":"E","tool":"nobody","arguments":{}}])"}) {
    INFO(events);
    Paid doors;
    say(doors.tool, std::string(R"({"ok":true,"data":{"events":)") + events + "}}");

    CHECK(doors.send("POST", "/webhooks/pay", "x").status == 500);
    CHECK(doors.jobs.events.empty());
  }
}

TEST_CASE("WebhookTest.BodiesBeyondTheLimitNeverReachTheTool") {
  Paid doors;

  CHECK(doors.send("POST", "/webhooks/pay", std::string(256 * 1024, 'x')).status == 200);
  doors.tool.asked = nullptr;
  CHECK(doors.send("POST", "/webhooks/pay", std::string(256 * 1024 + 1, 'x')).status == 413);
  CHECK(doors.send("POST", "/webhooks/pay", std::string(1'000'000, 'x')).status == 413);

  CHECK(doors.tool.asked.is_null());
  CHECK(doors.lines("webhook").size() == 3);
}

TEST_CASE("WebhookTest.BytesThatAreNoTextAreRefused") {
  Paid doors;

  CHECK(doors.send("POST", "/webhooks/pay", "\xff\xfe").status == 400);

  CHECK(doors.tool.asked.is_null());
  CHECK(doors.audit()["outcome"] == "unreadable");
}

TEST_CASE("WebhookTest.UnknownNamesAre404") {
  Paid doors;

  CHECK(doors.send("POST", "/webhooks/other", "x").status == 404);
  CHECK(doors.audit()["outcome"] == "unknown");
  CHECK(doors.send("GET", "/webhooks/other/test").status == 404);
  CHECK(doors.send("POST", "/webhooks/", "x").status == 404);
}

TEST_CASE("WebhookTest.TheTestAnswerIsForKnownNames") {
  Paid doors;

  const auto answer = doors.send("GET", "/webhooks/pay/test");

  CHECK(answer.status == 200);
  CHECK(answer.json()["status"] == "reachable");
  CHECK(doors.tool.asked.is_null());
  CHECK(doors.lines("webhook").empty());
}

TEST_CASE("WebhookTest.OtherMethodsAreTold") {
  Paid doors;

  const auto answer = doors.send("GET", "/webhooks/pay");

  CHECK(answer.status == 405);
  CHECK(answer.headers.at("Allow") == "POST");
}
