// Takes GoCardless's webhooks: who signs with the shared secret is believed, everybody else is
// turned away. The events that mean something become jobs of apply_payment_event; events of one
// payment request share a lane. [worker]; keeps and changes nothing.
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "payments/registrations.hpp"
#include "payments/settings.hpp"

namespace {

using dugout::Outcome;
using nlohmann::json;
using payments::text_of;

constexpr std::string_view kDeclaration = R"({
  "name": "gocardless_webhook",
  "description": "Checks the signature of a GoCardless webhook and reads its events.",
  "webhook": "gocardless",
  "arguments": {
    "type": "object", "required": ["headers", "body"],
    "properties": {
      "method": {"type": "string"}, "url": {"type": "string"},
      "headers": {"type": "object"}, "body": {"type": "string"}}},
  "result": {
    "type": "object", "required": ["events"],
    "properties": {"events": {"type": "array"}}},
  "timeout_ms": 10000})";

constexpr std::array<std::string_view, 8> kKnown{
    "payments.confirmed", "payments.failed",   "payments.cancelled", "payments.charged_back",
    "payments.submitted", "payments.paid_out", "mandates.active",    "billing_requests.fulfilled"};

std::string refused(std::string_view code, std::string_view message, int status) {
  return json{
      {"ok", false},
      {"error", {{"code", code}, {"message", message}, {"retryable", false}, {"status", status}}}}
      .dump();
}

std::string signature_of(const std::string& body, const std::string& secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned at = 0; at < size; ++at) {
    out += kHex[digest[at] >> 4];
    out += kHex[digest[at] & 15];
  }
  return out;
}

// In a time that does not tell how much of it was right.
bool same(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Only texts: what the tool behind it looks at.
json links_of(const json& event) {
  auto out = json::object();
  const auto found = event.find("links");
  if (found == event.end() || !found->is_object()) return out;
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) out[name] = value;
  }
  return out;
}

std::string lane_of(const json& links) {
  for (const auto* name : {"billing_request", "subscription", "mandate", "payment"}) {
    if (auto id = text_of(links, name); !id.empty()) return id;
  }
  return {};
}

bool is_known(const json& event) {
  const auto kind = text_of(event, "resource_type") + "." + text_of(event, "action");
  return !text_of(event, "id").empty() &&
         std::find(kKnown.begin(), kKnown.end(), kind) != kKnown.end();
}

json job_of(const json& event) {
  const auto links = links_of(event);
  return {{"id", event["id"]},
          {"tool", "apply_payment_event"},
          {"lane", lane_of(links)},
          {"arguments",
           {{"event",
             {{"id", event["id"]},
              {"created_at", text_of(event, "created_at")},
              {"resource_type", event["resource_type"]},
              {"action", event["action"]},
              {"links", links}}}}}};
}

class GoCardlessWebhook final : public dugout::sdk::Tool {
 public:
  GoCardlessWebhook(std::string_view config, dugout::sdk::Host host)
      : host_(host), settings_(payments::read_settings(config, host)) {
    if (settings_.hosted && settings_.webhook_secret.empty()) {
      host_.log(2, "payments: no webhook_secret is set: GoCardless's webhooks are turned away");
    }
  }

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    if (settings_.webhook_secret.empty()) {
      return refused("not_configured", "This webhook is not set up.", 503);
    }
    const auto call = json::parse(args);
    const auto body = text_of(call, "body");
    const auto given = text_of(call["headers"], "webhook-signature");
    if (!same(given, signature_of(body, settings_.webhook_secret))) {
      host_.log(2, given.empty() ? "payments: a webhook without a signature was turned away"
                                 : "payments: a webhook with a wrong signature was turned away");
      return refused("bad_signature", "The signature is missing or wrong.", 498);
    }
    const auto parsed = json::parse(body, nullptr, false);
    const auto events = parsed.is_object() ? parsed.find("events") : parsed.end();
    if (!parsed.is_object() || events == parsed.end() || !events->is_array()) {
      return refused("invalid_request", "The body holds no events.", 400);
    }
    auto jobs = json::array();
    for (const auto& event : *events) {
      if (is_known(event)) jobs.push_back(job_of(event));
    }
    return json{{"ok", true}, {"data", {{"events", jobs}}}}.dump();
  }

 private:
  dugout::sdk::Host host_;
  payments::Settings settings_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(GoCardlessWebhook, "tool.gocardless_webhook")
