// What Twilio tells of its messages: checks who is speaking, and makes a job of each new status.
// Changes nothing itself. [worker]; no state between calls.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "signature.hpp"
#include "sms/settings.hpp"

namespace {

using dugout::Outcome;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "twilio_webhook",
  "description": "Takes Twilio's status callbacks of SMS messages, after checking their signature.",
  "webhook": "twilio",
  "arguments": {
    "type": "object", "required": ["url", "headers", "body"],
    "properties": {
      "method": {"type": "string"}, "url": {"type": "string"}, "body": {"type": "string"},
      "headers": {"type": "object", "additionalProperties": {"type": "string"}}}},
  "result": {
    "type": "object", "required": ["events"],
    "properties": {"events": {"type": "array", "items": {"type": "object"}}}},
  "timeout_ms": 5000})";

constexpr std::string_view kStatuses[] = {"queued", "sent", "delivered", "undelivered", "failed"};

std::string refused(std::string_view code, std::string_view message, int status) {
  return json{
      {"ok", false},
      {"error", {{"code", code}, {"message", message}, {"retryable", false}, {"status", status}}}}
      .dump();
}

bool is_sid(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

json events_of(const twilio::Parameters& form) {
  const auto sid = twilio::value_of(form, "MessageSid");
  const auto status = twilio::value_of(form, "MessageStatus");
  const bool known =
      std::find(std::begin(kStatuses), std::end(kStatuses), status) != std::end(kStatuses);
  if (!known || !is_sid(sid)) return json::array();
  json arguments{{"message_sid", sid}, {"message_status", status}};
  const auto error = twilio::value_of(form, "ErrorCode");
  const bool is_number = !error.empty() && error.size() <= 10 &&
                         error.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) arguments["error_code"] = error;
  return json::array({{{"id", sid + "|" + status},
                       {"tool", "apply_sms_status"},
                       {"arguments", arguments},
                       {"lane", sid}}});
}

class TwilioWebhook final : public dugout::sdk::Tool {
 public:
  TwilioWebhook(std::string_view config, dugout::sdk::Host host)
      : host_(host), settings_(sms::read_settings(json::parse(config), host)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    if (settings_.is_local() || settings_.auth_token.empty()) {
      host_.log(2, "twilio_webhook: called, but Twilio is not configured");
      return refused("not_configured", "SMS is not configured.", 503);
    }
    const auto request = json::parse(args);
    const auto signature = request["headers"].value("x-twilio-signature", "");
    const auto form = twilio::parameters_of(request["body"].get<std::string>());
    const auto url = request["url"].get<std::string>();
    if (!twilio::is_signed(settings_.auth_token, url, form, signature)) {
      host_.log(2, signature.empty() ? "twilio_webhook: a call without a signature"
                                     : "twilio_webhook: a call with a wrong signature; is "
                                       "public_url the address that Twilio was given?");
      return refused("bad_signature", "The signature is missing or wrong.", 403);
    }
    return dugout::sdk::accepted(json{{"events", events_of(form)}}.dump());
  }

 private:
  dugout::sdk::Host host_;
  sms::Settings settings_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(TwilioWebhook, "tool.twilio_webhook")
