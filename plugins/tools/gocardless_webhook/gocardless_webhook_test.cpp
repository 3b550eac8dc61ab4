// The webhook's door: only what is signed with the shared secret comes in.
#include <dlfcn.h>
#include <openssl/hmac.h>

#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace gocardless_webhook_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.gocardless_webhook";
const json kConfig{{"payments", {{"webhook_secret", "test-secret"}}}};

// The library comes with the plugin; the test program itself is not linked to it.
template <typename Function>
Function* crypto(const char* name) {
  static void* const library = dlopen("libcrypto.so.3", RTLD_NOW);
  REQUIRE(library != nullptr);
  return reinterpret_cast<Function*>(dlsym(library, name));
}

std::string signature(const std::string& body, const std::string& secret = "test-secret") {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  crypto<decltype(HMAC)>("HMAC")(
      crypto<decltype(EVP_sha256)>("EVP_sha256")(), secret.data(), static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
  std::string out;
  for (unsigned at = 0; at < size; ++at) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", digest[at]);
    out += hex;
  }
  return out;
}

json call(const std::string& body, const std::string& signed_as) {
  json headers{{"content-type", "application/json"}};
  if (!signed_as.empty()) headers["webhook-signature"] = signed_as;
  return {{"method", "POST"},
          {"url", "https://club.example.org/webhooks/gocardless"},
          {"headers", headers},
          {"body", body}};
}

json event(const std::string& id, const std::string& type, const std::string& action, json links) {
  return {{"id", id},
          {"created_at", "2025-10-01T12:00:00.000Z"},
          {"resource_type", type},
          {"action", action},
          {"details", {{"description", "not ours to keep"}}},
          {"links", std::move(links)}};
}

json events_of(const json& events) {
  dugout::test::reset_services();
  PluginUnderTest tool(kId, kConfig);
  const auto body = json{{"events", events}}.dump();
  return tool.run(call(body, signature(body)))["data"]["events"];
}

}  // namespace

TEST_CASE("GoCardlessWebhookTest.CheckVectorIsAcceptedAndHoldsNoEvents") {
  PluginUnderTest tool(kId, kConfig);

  const auto result = tool.run(
      call(R"({"events":[]})", "55ad76252141f85b34debc7376f87b89c54b939e3a7663464ab3e49029495bf5"));

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["events"] == json::array());
  CHECK(tool.describe()["webhook"] == "gocardless");
}

TEST_CASE("GoCardlessWebhookTest.MissingOrWrongSignatureIsRefusedWith498") {
  PluginUnderTest tool(kId, kConfig);
  const std::string body = R"({"events":[]})";
  auto flipped = signature(body);
  flipped[10] = flipped[10] == 'a' ? 'b' : 'a';

  for (const auto& wrong :
       {std::string(), std::string("55ad"), flipped, signature(body, "another-secret"),
        signature(body + " "), signature(body) + "0", std::string(64, '0')}) {
    CAPTURE(wrong);
    const auto result = tool.run(call(body, wrong));
    CHECK(result["error"]["code"] == "bad_signature");
    CHECK(result["error"]["status"] == 498);
    CHECK(result["error"]["retryable"] == false);
    CHECK_FALSE(result.contains("data"));
  }
}

TEST_CASE("GoCardlessWebhookTest.WithoutASecretNobodyComesIn") {
  for (const auto& config : {json::object(), json{{"payments", {{"webhook_secret", ""}}}},
                             json{{"payments", {{"backend", "gocardless"}}}}}) {
    PluginUnderTest tool(kId, config);
    const std::string body = R"({"events":[]})";
    const auto result = tool.run(call(body, signature(body, "")));
    CHECK(result["error"]["code"] == "not_configured");
    CHECK(result["error"]["status"] == 503);
  }
}

TEST_CASE("GoCardlessWebhookTest.SignedRubbishIsABadRequest") {
  PluginUnderTest tool(kId, kConfig);
  for (const std::string body :
       {"", "{", "[]", "7", "null", "{}", R"({"events":{}})", R"({"events":null})"}) {
    const auto result = tool.run(call(body, signature(body)));
    CHECK(result["error"]["code"] == "invalid_request");
    CHECK(result["error"]["status"] == 400);
  }
}

TEST_CASE("GoCardlessWebhookTest.KnownEventsBecomeJobsInTheLaneOfTheirRequest") {
  const auto jobs = events_of(
      {event("EV1", "payments", "confirmed", {{"payment", "PM1"}, {"billing_request", "BRQ1"}}),
       event("EV2", "mandates", "active", {{"mandate", "MD1"}, {"billing_request", "BRQ1"}}),
       event("EV3", "billing_requests", "fulfilled", {{"billing_request", "BRQ1"}}),
       event("EV4", "payments", "failed", {{"payment", "PM2"}, {"subscription", "SB1"}}),
       event("EV5", "mandates", "active", {{"mandate", "MD2"}}),
       event("EV6", "payments", "confirmed", {{"payment", "PM3"}})});

  REQUIRE(jobs.size() == 6);
  const char* lanes[] = {"BRQ1", "BRQ1", "BRQ1", "SB1", "MD2", "PM3"};
  for (std::size_t at = 0; at < 6; ++at) {
    CHECK(jobs[at]["id"] == "EV" + std::to_string(at + 1));
    CHECK(jobs[at]["tool"] == "apply_payment_event");
    CHECK(jobs[at]["lane"] == lanes[at]);
  }
  CHECK(jobs[0]["arguments"]["event"] ==
        json{{"id", "EV1"},
             {"created_at", "2025-10-01T12:00:00.000Z"},
             {"resource_type", "payments"},
             {"action", "confirmed"},
             {"links", {{"payment", "PM1"}, {"billing_request", "BRQ1"}}}});
}

TEST_CASE("GoCardlessWebhookTest.UnknownAndBrokenEventsAreDropped") {
  CHECK(events_of({event("EV1", "payouts", "paid", json::object()),
                   event("EV2", "mandates", "cancelled", {{"mandate", "MD1"}}),
                   event("", "mandates", "active", {{"mandate", "MD1"}}),
                   7,
                   nullptr,
                   "x",
                   json::array(),
                   json::object(),
                   {{"id", 7}, {"resource_type", "mandates"}, {"action", "active"}}}) ==
        json::array());
  CHECK(events_of({event("EV1", "payouts", "paid", json::object()),
                   event("EV2", "mandates", "active", 7)})
            .size() == 1);
}

TEST_CASE("GoCardlessWebhookTest.AMegabyteIsReadAndAnswered") {
  auto many = json::array();
  for (int at = 0; at < 4000; ++at) {
    many.push_back(event("EV" + std::to_string(at), "payments", "confirmed",
                         {{"payment", "PM1"}, {"subscription", "SB1"}}));
  }
  CHECK(events_of(many).size() == 4000);
}

}  // namespace gocardless_webhook_test
