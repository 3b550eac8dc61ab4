// One message for each key through Twilio, however it fails: down, slow, busy, broken, lying, or
// with the wrong credentials; and after a crash between sending and noting it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>
#include <utility>

#include "support/plugin_harness.hpp"
#include "support/twilio_service.hpp"

namespace twilio_backend_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceReply;
using dugout::test::TwilioService;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.send_sms_payment_link";
constexpr std::int64_t kStart = 1'759'320'000'000;  // 2025-10-01 12:00 UTC
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kSettled = 11'000;  // by then Twilio's list has what has arrived
constexpr std::int64_t kLease = 15'000;    // of one who is sending
constexpr int kPatient = 1;

const ServiceReply kLost{0, "", json::object(), true};         // no answer; it may have arrived
const ServiceReply kNotReached{0, "", json::object(), false};  // certainly not
const ServiceReply kHtml{502, "<html><h1>Bad gateway</h1></html>"};
const ServiceReply kBusy{429, R"({"code":20429,"message":"Too many requests","status":429})"};

// A gateway's words, and what Twilio never says: Twilio may still be at work behind it.
const std::vector<ServiceReply> kNotTwilios = {kHtml,
                                               {500, R"({"message":"boom"})"},
                                               {503, R"({"error":{"message":"later"}})"},
                                               {503, ""},
                                               {504, "upstream request timeout"},
                                               {200, "<html>maintenance</html>"},
                                               {201, R"({"sid":7})"},
                                               {302, ""}};

json link(bool resend = false) {
  return {{"billing_request_id", "BRQTEST0000000000001"},
          {"parent_phone", "07700 900123"},
          {"player_name", "Zoë Núñez & Sons"},
          {"parent_first_name", "Helen"},
          {"resend", resend}};
}

// Twilio, and a tool that is told to use it.
struct Stage {
  struct Reset {
    Reset() { dugout::test::reset_services(); }
  } reset;
  TwilioService twilio;
  PluginUnderTest tool;

  explicit Stage(int wait_ms = 0) : tool(kId, settings(wait_ms)) {}

  // Without a wait, every step is seen.
  static json settings(int wait_ms) {
    auto out = TwilioService::settings();
    out["settle_wait_ms"] = wait_ms;
    return out;
  }
  // Somebody has claimed the key and is about to send.
  void in_flight() {
    REQUIRE(tool.run(link())["ok"] == true);
    auto& row = rows()["sms_messages"][0];
    row.merge_patch(
        {{"state", "sending"}, {"message_sid", nullptr}, {"text", twilio.messages[0]["body"]}});
    twilio.messages.clear();
    twilio.posts = 0;
  }
  // What stood in Twilio's queue behind a gateway that had given up.
  void arrive_late() {
    twilio.messages.push_back({{"sid", "SM1000"},
                               {"to", "+447700900123"},
                               {"body", rows()["sms_messages"][0]["text"]},
                               {"status", "queued"}});
  }
};

bool is_open(const json& result) {
  return result["ok"] == false && result["error"]["code"] == "unavailable" &&
         result["error"]["retryable"] == true;
}

}  // namespace

TEST_CASE("TwilioBackendTest.MessageReachesTwilioOnceWithAllItNeeds") {
  Stage stage;

  const auto result = stage.tool.run(link());

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["message_sid"] == "SM1000");
  CHECK(result["data"]["formatted_phone"] == "+447700900123");
  CHECK(result["data"]["payment_link"] ==
        "https://join.example.org/reg_setup/BRQTEST0000000000001");
  REQUIRE(stage.twilio.messages.size() == 1);
  CHECK(stage.twilio.messages[0]["to"] == "+447700900123");
  CHECK(stage.twilio.messages[0]["body"].get<std::string>().find("Zoë Núñez & Sons's") !=
        std::string::npos);
  CHECK(stage.twilio.refused.empty());
  CHECK(stage.tool.run(link(), "another turn") == result);
  CHECK(stage.twilio.posts == 1);
  CHECK(stage.twilio.gets == 0);
}

TEST_CASE("TwilioBackendTest.WhatDidNotArriveFreesTheKey") {
  for (const auto& reply : {kNotReached, kBusy}) {
    Stage stage;
    stage.twilio.fail_post(reply);

    CHECK(is_open(stage.tool.run(link(), "turn-1")));
    CHECK(stage.twilio.messages.empty());
    CHECK(stage.tool.run(link(), "turn-2")["ok"] == true);
    CHECK(stage.twilio.messages.size() == 1);
    CHECK(stage.twilio.gets == 0);  // nothing to ask about
  }
}

TEST_CASE("TwilioBackendTest.TwiliosOwnAnswerIsLookedIntoAndTriedOnceMore") {
  for (const int status : {200, 500, 503}) {
    for (const bool arrives : {false, true}) {
      CAPTURE(status, arrives);
      Stage stage;
      stage.twilio.fail_post({status, R"({"code":20500,"message":"Internal"})"}, arrives);

      CHECK(stage.tool.run(link())["ok"] == true);
      CHECK(stage.twilio.messages.size() == 1);
      CHECK(stage.twilio.posts == (arrives ? 1 : 2));
    }
  }
}

TEST_CASE("TwilioBackendTest.AnswerThatIsNotTwiliosIsSettledByAskingOnly") {
  for (const auto& reply : kNotTwilios) {
    for (const auto* arrives : {"at once", "late", "never"}) {
      CAPTURE(reply.status, reply.body, arrives);
      Stage stage;
      const bool at_once = arrives == std::string("at once");
      stage.twilio.fail_post(reply, at_once);

      const auto first = stage.tool.run(link());
      CHECK((at_once ? first["ok"] == true : is_open(first)));
      if (!at_once) CHECK(is_open(stage.tool.run(link(), "turn-2")));  // it may be under way
      CHECK(stage.twilio.posts == 1);
      if (arrives == std::string("late")) stage.arrive_late();
      dugout::test::set_unix_ms(kStart + kSettled);

      CHECK(stage.tool.run(link(), "turn-3")["ok"] == true);
      CHECK(stage.twilio.messages.size() == 1);
      CHECK(stage.twilio.posts == (arrives == std::string("never") ? 2 : 1));
    }
  }
}

TEST_CASE("TwilioBackendTest.PatientCallLooksAgainBeforeItsSecondTry") {
  for (const auto& reply : kNotTwilios) {
    for (const bool list_fails : {false, true}) {
      CAPTURE(reply.status, reply.body, list_fails);
      Stage stage(kPatient);
      stage.twilio.fail_post(reply);
      if (list_fails) stage.twilio.fail_get(kHtml);

      CHECK(stage.tool.run(link())["ok"] == true);
      CHECK(stage.twilio.messages.size() == 1);
      CHECK(stage.twilio.posts == 2);
      CHECK(stage.twilio.gets == 2);
    }
  }
}

TEST_CASE("TwilioBackendTest.PatientCallThatCannotLookDoesNotTryAgain") {
  Stage stage(kPatient);
  stage.twilio.fail_post(kHtml);
  for (int n = 0; n < 2; ++n) stage.twilio.fail_get(kHtml);

  CHECK(is_open(stage.tool.run(link())));
  CHECK(stage.twilio.posts == 1);
  CHECK(rows()["sms_messages"][0]["state"] == "sending");
}

TEST_CASE("TwilioBackendTest.TwiceWithoutAnAnswerStaysOpen") {
  Stage stage(kPatient);
  stage.twilio.fail_post(kHtml);
  stage.twilio.fail_post(kHtml);

  CHECK(is_open(stage.tool.run(link())));
  CHECK(stage.twilio.posts == 2);
  CHECK(rows()["sms_messages"][0]["state"] == "sending");
}

TEST_CASE("TwilioBackendTest.LostAnswerIsSettledByAskingOnly") {
  for (const bool arrives : {false, true}) {
    CAPTURE(arrives);
    Stage stage;
    stage.twilio.fail_post(kLost, arrives);
    stage.twilio.fail_get(kLost);

    CHECK(is_open(stage.tool.run(link())));
    CHECK(is_open(stage.tool.run(link())));  // it may still be under way
    CHECK(stage.twilio.posts == 1);
    dugout::test::set_unix_ms(kStart + kMinute);
    stage.twilio.fail_get(kHtml);
    CHECK(is_open(stage.tool.run(link())));  // still not known
    CHECK(stage.twilio.posts == 1);

    CHECK(stage.tool.run(link())["ok"] == true);
    CHECK(stage.twilio.messages.size() == 1);
    CHECK(stage.twilio.posts == (arrives ? 1 : 2));
  }
}

TEST_CASE("TwilioBackendTest.CrashBetweenSendingAndNotingGivesOneMessage") {
  for (const bool restarted : {false, true}) {
    CAPTURE(restarted);
    Stage stage;
    const auto first = stage.tool.run(link());
    rows()["sms_messages"][0].merge_patch({{"state", "sending"},
                                           {"message_sid", nullptr},
                                           {"text", stage.twilio.messages[0]["body"]}});

    if (restarted) {
      CHECK(stage.tool.reconcile(link(), "key-1").json() == first);
    } else {
      CHECK(is_open(stage.tool.run(link())));  // somebody may be at it
      dugout::test::set_unix_ms(kStart + 2 * kMinute);
      CHECK(stage.tool.run(link())["data"] == first["data"]);
    }
    CHECK(stage.twilio.messages.size() == 1);
    CHECK(stage.twilio.posts == 1);
    CHECK(stage.tool.run(link())["data"] == first["data"]);
    CHECK(stage.twilio.posts == 1);
  }
}

TEST_CASE("TwilioBackendTest.CrashBeforeSendingGivesOneMessage") {
  Stage stage;
  REQUIRE(stage.tool.run(link())["ok"] == true);
  const auto body = stage.twilio.messages[0]["body"];
  stage.twilio.messages.clear();
  rows()["sms_messages"][0].merge_patch(
      {{"state", "sending"}, {"message_sid", nullptr}, {"text", body}});

  dugout::test::set_unix_ms(kStart + kLease + 1);
  stage.twilio.fail_get(kHtml);
  CHECK(stage.tool.reconcile(link(), "key-1").status == DUGOUT_E_UNAVAILABLE);
  CHECK(stage.tool.reconcile(link(), "key-1").status == DUGOUT_E_NOT_FOUND);
  CHECK(stage.tool.run(link())["ok"] == true);
  CHECK(stage.twilio.messages.size() == 1);
}

TEST_CASE("TwilioBackendTest.ReconcileLeavesAloneWhatIsBeingSent") {
  Stage stage;
  stage.in_flight();

  CHECK(stage.tool.reconcile(link(), "key-1").status == DUGOUT_E_UNAVAILABLE);
  CHECK(is_open(stage.tool.run(link())));
  CHECK(rows()["sms_messages"][0]["state"] == "sending");
  stage.arrive_late();  // now the first sender's message is there

  CHECK(stage.tool.reconcile(link(), "key-1").done());
  CHECK(stage.tool.run(link())["ok"] == true);
  CHECK(stage.twilio.posts == 0);
  CHECK(rows()["sms_messages"].size() == 1);
}

TEST_CASE("TwilioBackendTest.SenderWhoseClaimWasTakenOverSendsNoMore") {
  Stage stage;
  int posts = 0;
  // While the first one hangs before its second try, its lease runs out and another one settles.
  bool hangs = true;
  json second;
  dugout::test::answer_http([&](const auto& call) -> ServiceReply {
    if (call.method == "POST" && ++posts == 1) return {500, R"({"code":20500})"};
    if (call.method == "POST") return {201, R"({"sid":"SM1","status":"queued"})"};
    if (std::exchange(hangs, false)) {
      dugout::test::set_unix_ms(kStart + 2 * kMinute);
      second = stage.tool.run(link(), "turn-2");
    }
    return {200, R"({"messages":[]})"};
  });

  CHECK(is_open(stage.tool.run(link())));

  CHECK(second["ok"] == true);
  CHECK(posts == 2);  // the first one's, and that of the other
}

TEST_CASE("TwilioBackendTest.KillBeforeSendingHoldsTheParentUpForOneLease") {
  Stage stage;
  stage.in_flight();
  dugout::test::set_unix_ms(kStart + kLease - 1);
  CHECK(stage.tool.reconcile(link(), "key-1").status == DUGOUT_E_UNAVAILABLE);
  dugout::test::set_unix_ms(kStart + kLease);

  CHECK(stage.tool.reconcile(link(), "key-1").status == DUGOUT_E_NOT_FOUND);
  CHECK(stage.tool.run(link())["ok"] == true);
  CHECK(stage.twilio.messages.size() == 1);
}

TEST_CASE("TwilioBackendTest.ManyWhoTakeUpACrashedClaimSendOne") {
  Stage stage;
  REQUIRE(stage.tool.run(link())["ok"] == true);
  const auto body = stage.twilio.messages[0]["body"];
  stage.twilio.messages.clear();
  rows()["sms_messages"][0].merge_patch(
      {{"state", "sending"}, {"message_sid", nullptr}, {"text", body}});
  dugout::test::set_unix_ms(kStart + 2 * kMinute);
  std::vector<std::thread> threads;
  for (int at = 0; at < 5; ++at) threads.emplace_back([&] { (void)stage.tool.run(link()); });
  for (auto& thread : threads) thread.join();

  CHECK(stage.twilio.messages.size() == 1);
}

TEST_CASE("TwilioBackendTest.ResendIsNotTakenForTheFirstMessage") {
  Stage stage;
  REQUIRE(stage.tool.run(link(), "turn-1")["data"]["message_sid"] == "SM1000");
  stage.twilio.fail_post(kLost, false);

  CHECK(is_open(stage.tool.run(link(true), "turn-2")));  // Twilio knows one with the same text
  dugout::test::set_unix_ms(kStart + kMinute);
  CHECK(stage.tool.run(link(true), "turn-3")["data"]["message_sid"] == "SM1001");
  CHECK(stage.tool.run(link(true), "turn-4")["error"]["code"] == "resend_used");
  CHECK(stage.twilio.messages.size() == 2);
}

TEST_CASE("TwilioBackendTest.MessageThatFailedIsNoMessage") {
  Stage stage;
  stage.twilio.fail_post(kLost, true);
  stage.twilio.fail_get(kLost);
  CHECK(is_open(stage.tool.run(link())));
  stage.twilio.messages[0]["status"] = "failed";
  dugout::test::set_unix_ms(kStart + kMinute);

  CHECK(stage.tool.run(link())["data"]["message_sid"] == "SM1001");
  CHECK(stage.twilio.posts == 2);
}

TEST_CASE("TwilioBackendTest.RefusalsAreToldApart") {
  const auto refusal = [](int status, int code) {
    return ServiceReply{status, json{{"code", code}, {"message", "no"}}.dump()};
  };
  const std::vector<std::pair<ServiceReply, std::string>> cases = {
      {refusal(400, 21211), "invalid_phone"},  {refusal(400, 21610), "invalid_phone"},
      {refusal(400, 21606), "not_configured"}, {refusal(404, 20404), "not_configured"},
      {refusal(401, 20003), "not_configured"}, {ServiceReply{403, "<html>"}, "not_configured"},
      {refusal(400, 21617), "not_sent"},       {ServiceReply{400, "what?"}, "not_sent"}};
  for (const auto& [reply, code] : cases) {
    CAPTURE(reply.status, reply.body);
    Stage stage;
    stage.twilio.fail_post(reply);

    const auto result = stage.tool.run(link(), "turn-1");

    CHECK(result["error"]["code"] == code);
    CHECK(result["error"]["retryable"] == false);
    for (const auto* word : {"Twilio", "401", "21"}) {
      CHECK(result["error"]["message"].get<std::string>().find(word) == std::string::npos);
    }
    CHECK(stage.tool.run(link(), "turn-2")["ok"] == true);  // the key is free
    CHECK(stage.twilio.messages.size() == 1);
  }
}

TEST_CASE("TwilioBackendTest.MissingOrWrongCredentialSendsNothing") {
  for (const auto* name : {"account_sid", "auth_token", "from"}) {
    Stage stage;
    auto settings = TwilioService::settings();
    settings["sms"][name] = "";
    PluginUnderTest tool(kId, settings);

    CHECK(tool.run(link())["error"]["code"] == "not_configured");
    CHECK(dugout::test::http_calls().empty());
    CHECK(rows()["sms_messages"].empty());
  }
  Stage stage;
  auto settings = TwilioService::settings();
  settings["sms"]["auth_token"] = "wrong";
  PluginUnderTest tool(kId, settings);

  CHECK(tool.run(link())["error"]["code"] == "not_configured");
  CHECK(stage.twilio.refused == std::vector<std::string>{"credentials"});
  CHECK(stage.twilio.messages.empty());
}

TEST_CASE("TwilioBackendTest.NoCredentialStandsInAnAddress") {
  Stage stage(kPatient);
  stage.twilio.fail_post(kHtml);
  REQUIRE(stage.tool.run(link())["ok"] == true);

  for (const auto& call : dugout::test::http_calls()) {
    CHECK(call.url.find(TwilioService::kToken) == std::string::npos);
    CHECK(call.body.find(TwilioService::kToken) == std::string::npos);
  }
}

}  // namespace twilio_backend_test
