// Writes what became of one SMS to the message and to the registration it was about. Run by jobs
// of one lane per message. [worker]; no state between calls.
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "sms/status.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
using dugout::sdk::refused;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "apply_sms_status",
  "description": "Writes the delivery status of an SMS to its registration. A status never goes backwards.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["message_sid", "message_status"],
    "properties": {
      "message_sid": {"type": "string", "minLength": 1, "maxLength": 64},
      "message_status": {"enum": ["queued", "sent", "delivered", "undelivered", "failed"]},
      "error_code": {"type": "string", "pattern": "^[0-9]{1,10}$"}}},
  "result": {
    "type": "object", "required": ["sms_delivery_status"],
    "properties": {"sms_delivery_status": {"type": "string"}}},
  "timeout_ms": 10000})";

class ApplySmsStatus final : public dugout::sdk::Tool {
 public:
  ApplySmsStatus(std::string_view /*config*/, dugout::sdk::Host host) : host_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto found =
        host_.find_rows("sms_messages", json{{"message_sid", wanted["message_sid"]}}.dump());
    if (!found) return unavailable();
    const auto messages = json::parse(*found);
    // Its sender may not have come to writing the number down.
    if (messages.empty()) return refused("unknown_message", "No such message is known yet.", true);
    auto message = messages.front();
    if (const auto changes = news(message, wanted); !changes.empty()) {
      const auto row = host_.update_row("sms_messages", message.value("id", ""), changes.dump());
      if (!row) return unavailable();
      message = json::parse(*row);
    }
    const auto about = message.value("billing_request_id", "");
    const auto noted =
        about.empty() ? dugout::Status(dugout::Done{}) : sms::publish_status(host_, about);
    if (!noted && noted.error().code == Code::kNotFound) {
      return refused("unknown_registration", "The registration is not there yet.", true);
    }
    if (!noted) return unavailable();
    const json data{{"sms_delivery_status", message.value("sms_delivery_status", "sent")}};
    return dugout::sdk::accepted(data.dump());
  }

 private:
  static std::string unavailable() {
    return refused("unavailable", "The store cannot be reached.", true);
  }

  // What changes in the message's row; empty when this is old news.
  static json news(const json& message, const json& wanted) {
    const auto told = wanted["message_status"].get<std::string>();
    const auto status = told == "queued" ? std::string("pending") : told;
    const auto before = message.value("sms_delivery_status", "pending");
    if (sms::rank_of(status) <= sms::rank_of(before)) return json::object();
    json changes{{"sms_delivery_status", status}, {"sms_delivery_error", nullptr}};
    if (sms::rank_of(status) == sms::rank_of("failed")) {
      const auto code = wanted.value("error_code", "");
      changes["sms_delivery_error"] = code.empty() ? status : "Twilio error " + code;
    }
    return changes;
  }

  dugout::sdk::Host host_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(ApplySmsStatus, "tool.apply_sms_status")
