// Sends the parent the link to pay and set up the Direct Debit: one message per payment request,
// and at most one resend. [worker]; no state between calls.
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "resends.hpp"
#include "sms/phone.hpp"
#include "sms/sender.hpp"
#include "sms/status.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using dugout::sdk::refused;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "send_sms_payment_link",
  "description": "Sends the payment link of a registration to the parent's mobile by SMS. A resend is possible once.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["billing_request_id", "parent_phone", "player_name", "parent_first_name"],
    "properties": {
      "billing_request_id": {"type": "string", "maxLength": 100},
      "parent_phone": {"type": "string", "maxLength": 40},
      "player_name": {"type": "string", "minLength": 1, "maxLength": 200},
      "parent_first_name": {"type": "string", "minLength": 1, "maxLength": 100},
      "resend": {"enum": [true, false, "true", "false", ""], "default": false}}},
  "result": {
    "type": "object", "required": ["message_sid", "formatted_phone", "payment_link", "sms_delivery_status"],
    "properties": {
      "message_sid": {"type": "string"}, "formatted_phone": {"type": "string"},
      "payment_link": {"type": "string"}, "sms_delivery_status": {"enum": ["sent", "failed"]}}},
  "timeout_ms": 30000})";

constexpr std::int64_t kTimeoutMs = 30'000;  // as declared
// By then Twilio's list has what a gateway gave up on.
constexpr std::int64_t kSettleWaitMs = 10'500;

// What is asked for, in its normal form.
struct Order {
  std::string token, phone, parent, player;
  bool resend = false;

  explicit Order(std::string_view args) {
    const auto wanted = json::parse(args);
    token = wanted["billing_request_id"].get<std::string>();
    phone = sms::mobile_of(wanted["parent_phone"].get<std::string>());
    parent = sms::one_line(wanted["parent_first_name"].get<std::string>());
    player = sms::one_line(wanted["player_name"].get<std::string>());
    const auto again = wanted.find("resend");
    resend = again != wanted.end() && (*again == true || *again == "true");
  }

  // Of the message, for ever.
  std::string key() const { return "link|" + token + (resend ? "|resend" : ""); }
};

std::string run_of(std::string_view context, const Order& order) {
  const auto key = json::parse(context).value("idempotency_key", "");
  return key.empty() ? order.key() : key;
}

// When the caller gives this run up.
std::chrono::steady_clock::time_point end_of(std::string_view context) {
  const auto left = json::parse(context).value("deadline_ms", kTimeoutMs);
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(std::min(left, kTimeoutMs));
}

class SendSmsPaymentLink final : public dugout::sdk::Tool {
 public:
  SendSmsPaymentLink(std::string_view config, dugout::sdk::Host host)
      : host_(host),
        sender_(host, sms::read_settings(json::parse(config), host)),
        resends_(host),
        wait_(json::parse(config).value("settle_wait_ms", kSettleWaitMs)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const auto until = end_of(context);
    const Order order(args);
    if (order.phone.empty()) {
      return refused("invalid_phone", "An SMS can only go to a UK mobile number.");
    }
    if (!sms::is_token(order.token)) {
      return refused("invalid_token", "That is no payment token.");
    }
    std::string claim;
    if (order.resend) {
      const auto claimed = resends_.claim(order.token, run_of(context, order));
      if (!claimed && claimed.error().code == Code::kConflict) {
        return refused("resend_used", "The link was sent again once already.");
      }
      if (!claimed) return sms::refusal({Code::kUnavailable, "no store"});
      claim = *claimed;
    }
    const auto sent =
        sender_.send_once(order.key(), order.phone, text_of(order), order.token, {wait_, until});
    if (sent) return told(order, *sent);
    // Also when it is not known: the key itself sees to it that no second one is sent.
    if (!claim.empty()) resends_.mark_failed(claim);
    return sms::refusal(sent.error());
  }

  // [worker]
  Outcome<std::string> reconcile(std::string_view args, std::string_view context) override {
    const Order order(args);
    if (order.resend) {
      const auto claimed = resends_.is_claimed(order.token, run_of(context, order));
      if (!claimed) return claimed.error();
      if (!*claimed) return Error{Code::kNotFound, "no such resend"};
    }
    const auto sent = sender_.settle(order.key());
    if (!sent) return sent.error();
    return told(order, *sent);
  }

 private:
  std::string text_of(const Order& order) const {
    return "Hi " + order.parent + ", this is the registration assistant of " +
           sender_.settings().club_name + ". " + order.player +
           "'s registration is nearly complete. Please pay the signing-on fee and set up the "
           "monthly subscription to secure the place: " +
           sender_.settings().payment_link(order.token);
  }

  std::string told(const Order& order, const sms::Sent& sent) const {
    // The SMS is out, whatever happens to the note of it; a registration that is written later has
    // it from the delivery status.
    const auto noted = sms::publish_status(host_, order.token);
    if (!noted && noted.error().code != Code::kNotFound) {
      host_.log(2, "send_sms_payment_link: the registration could not be told of its SMS");
    }
    const json data{{"message_sid", sent.message_sid},
                    {"formatted_phone", sent.to},
                    {"payment_link", sender_.settings().payment_link(order.token)},
                    {"sms_delivery_status", "sent"}};
    return dugout::sdk::accepted(data.dump());
  }

  dugout::sdk::Host host_;
  sms::Sender sender_;
  sms::Resends resends_;
  const std::chrono::milliseconds wait_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(SendSmsPaymentLink, "tool.send_sms_payment_link")
