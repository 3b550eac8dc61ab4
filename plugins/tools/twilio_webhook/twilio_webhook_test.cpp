// Twilio's callbacks: only its own are heard, and each status becomes one event.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace twilio_webhook_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.twilio_webhook";
// Twilio's documented example: this token, this address and these parameters.
constexpr const char* kUrl = "https://mycompany.com/myapp.php?foo=1&bar=2";
constexpr const char* kBody =
    "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid="
    "CA1234567890ABCDE";
constexpr const char* kSignature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

json settings(const std::string& token = "12345") {
  return {{"sms",
           {{"backend", "twilio"},
            {"account_sid", "ACtest"},
            {"auth_token", token},
            {"from", "+447700900999"}}}};
}

json request(const std::string& body, const std::string& signature, const std::string& url = kUrl) {
  json headers{{"content-type", "application/x-www-form-urlencoded"}};
  if (!signature.empty()) headers["x-twilio-signature"] = signature;
  return {{"method", "POST"}, {"url", url}, {"headers", headers}, {"body", body}};
}

// What the tool says of `body`, signed for https://join.example.org/webhooks/twilio with "12345".
json heard(PluginUnderTest& tool, const std::string& body, const std::string& signature) {
  return tool.run(request(body, signature, "https://join.example.org/webhooks/twilio"));
}

}  // namespace

TEST_CASE("TwilioWebhookTest.DocumentedSignatureIsAccepted") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());

  const auto result = tool.run(request(kBody, kSignature));

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["events"] == json::array());  // a call, no message
}

TEST_CASE("TwilioWebhookTest.DocumentedExampleWithSeveralValuesIsAccepted") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());

  const auto* body = "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234";
  CHECK(tool.run(request(body, "IK+Dwps556ElfBT0I3Rgjkr1wJU="))["ok"] == true);
}

TEST_CASE("TwilioWebhookTest.EverythingElseIsRefusedAndChangesNothing") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());
  PluginUnderTest other(kId, settings("54321"));
  const std::string tampered =
      "Digits=9999&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid="
      "CA1234567890ABCDE";
  const std::string url = kUrl;
  const std::string longer = std::string(kSignature) + "A";

  for (const auto& result :
       {tool.run(request(kBody, "")), tool.run(request(kBody, "deadbeef=")),
        tool.run(request(kBody, longer)), tool.run(request(tampered, kSignature)),
        tool.run(request(std::string(kBody) + "&More=1", kSignature)),
        tool.run(request(kBody, kSignature, url + "&more=1")), tool.run(request("", kSignature)),
        other.run(request(kBody, kSignature))}) {
    CHECK(result["ok"] == false);
    CHECK(result["error"]["code"] == "bad_signature");
    CHECK(result["error"]["status"] == 403);
    CHECK(result["error"]["retryable"] == false);
  }
  CHECK(rows().empty());
}

TEST_CASE("TwilioWebhookTest.AddressMayBeSignedWithoutItsPort") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());

  CHECK(tool.run(request(kBody, kSignature,
                         "https://mycompany.com:8443/myapp.php?foo=1&bar=2"))["ok"] == true);
  CHECK(tool.run(request(kBody, kSignature, "https://other.com/myapp.php?foo=1&bar=2"))["ok"] ==
        false);
}

TEST_CASE("TwilioWebhookTest.StatusBecomesAnEventOfItsMessage") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());

  const auto result =
      heard(tool, "MessageSid=SM1000&MessageStatus=undelivered&ErrorCode=30003&To=%2B447700900123",
            "P2ZQ7W63nDGRMWMvz5g7m4Q+NBc=");

  REQUIRE(result["ok"] == true);
  REQUIRE(result["data"]["events"].size() == 1);
  CHECK(result["data"]["events"][0] == json{{"id", "SM1000|undelivered"},
                                            {"tool", "apply_sms_status"},
                                            {"lane", "SM1000"},
                                            {"arguments",
                                             {{"message_sid", "SM1000"},
                                              {"message_status", "undelivered"},
                                              {"error_code", "30003"}}}});
}

TEST_CASE("TwilioWebhookTest.UnknownStatusOrStrangeNumberGivesNoEvent") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());

  for (const auto& [body, signature] : std::vector<std::pair<std::string, std::string>>{
           {"MessageSid=SM1000&MessageStatus=read", "88WYSVGCSsdst9f6jqFqCl0sk34="},
           {"MessageSid=SM1%7C0&MessageStatus=sent", "q8NphTgO+yP/SX2lR0QjJhPncQQ="},
           {"MessageStatus=sent", "1u2BoyyYxsuvItEAEGJTagrfnjQ="}}) {
    CAPTURE(body);
    const auto result = heard(tool, body, signature);
    REQUIRE(result["ok"] == true);
    CHECK(result["data"]["events"].empty());
  }
}

TEST_CASE("TwilioWebhookTest.NotConfiguredMeansUnavailable") {
  dugout::test::reset_services();
  PluginUnderTest local(kId, {{"sms", {{"auth_token", "12345"}}}});
  PluginUnderTest bare(kId, settings(""));
  PluginUnderTest nothing(kId);

  for (auto* tool : {&local, &bare, &nothing}) {
    const auto result = tool->run(request(kBody, kSignature));
    CHECK(result["error"]["code"] == "not_configured");
    CHECK(result["error"]["status"] == 503);
  }
}

TEST_CASE("TwilioWebhookTest.DeclaresItsDoor") {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, settings());
  CHECK(tool.describe()["webhook"] == "twilio");
}

}  // namespace twilio_webhook_test
