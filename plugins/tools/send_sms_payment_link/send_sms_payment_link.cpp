// Sends the parent the link to pay and set up the Direct Debit. One message per idempotency key,
// and at most one resend per payment request: the table `sms_resends` keeps who claimed it.
// [worker]; no state between calls.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "outbox.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
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
  "timeout_ms": 15000})";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "+447" and nine digits; empty for anything that is no UK mobile.
std::string mobile_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ' && c != '-' && c != '(' && c != ')') digits += c;
  }
  std::string_view rest = digits;
  if (rest.starts_with("+440")) {
    rest.remove_prefix(4);
  } else if (rest.starts_with("+44")) {
    rest.remove_prefix(3);
  } else if (rest.starts_with("447")) {
    rest.remove_prefix(2);
  } else if (rest.starts_with("07")) {
    rest.remove_prefix(1);
  }
  if (rest.size() != 10 || rest[0] != '7' || !std::all_of(rest.begin(), rest.end(), is_digit))
    return {};
  return "+44" + std::string(rest);
}

// It becomes a part of a link, so nothing but letters and digits.
bool is_token(std::string_view text) {
  return text.size() >= 10 && text.size() <= 50 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

// Names come from people: an SMS is one paragraph.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

bool is_resend(const json& wanted) {
  const auto resend = wanted.find("resend");
  return resend != wanted.end() && (*resend == true || *resend == "true");
}

std::string refused(std::string_view code, std::string_view message, bool retryable = false) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string sent(const json& message) {
  return json{{"ok", true},
              {"data",
               {{"message_sid", message.at("message_sid")},
                {"formatted_phone", message.at("to")},
                {"payment_link", message.at("payment_link")},
                {"sms_delivery_status", "sent"}}}}
      .dump();
}

std::string key_of(std::string_view context) {
  return json::parse(context).value("idempotency_key", "");
}

// One resend per payment request. A claim whose message could not be sent is marked failed, and the
// next claim inserts the next edition of the unique key: still one winner, whoever asks at once.
class Resends {
 public:
  explicit Resends(dugout::sdk::Host host) : host_(host) {}

  // The id of the claim's row; kConflict when the resend was used.
  Outcome<std::string> claim(const std::string& token, const std::string& key) const {
    for (int edition = 1; edition <= kEditions; ++edition) {
      const auto unique = token + "|" + std::to_string(edition);
      const json row{{"billing_request_id", token}, {"idempotency_key", key}, {"failed", false}};
      const auto inserted = host_.insert_row("sms_resends", unique, row.dump());
      if (inserted) return json::parse(*inserted).at("id").get<std::string>();
      if (inserted.error().code != Code::kConflict) return inserted.error();
      const auto holder = json::parse(inserted.error().detail).at("detail");
      if (holder.value("failed", false)) continue;
      if (holder.value("idempotency_key", "") != key) return inserted.error();
      return holder.at("id").get<std::string>();
    }
    return dugout::Error{Code::kConflict, "too many attempts"};
  }

  void mark_failed(const std::string& id) const {
    // If this fails too, the resend counts as used: better one SMS too few than one too many.
    (void)host_.update_row("sms_resends", id, R"({"failed": true})");
  }

 private:
  static constexpr int kEditions = 20;

  dugout::sdk::Host host_;
};

class SendSmsPaymentLink final : public dugout::sdk::Tool {
 public:
  SendSmsPaymentLink(std::string_view config, dugout::sdk::Host host)
      : SendSmsPaymentLink(json::parse(config), host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const auto wanted = json::parse(args);
    const auto phone = mobile_of(wanted["parent_phone"].get<std::string>());
    const auto token = wanted["billing_request_id"].get<std::string>();
    if (phone.empty()) return refused("invalid_phone", "An SMS can only go to a UK mobile number.");
    if (!is_token(token)) return refused("invalid_token", "That is no payment token.");
    auto key = key_of(context);
    if (key.empty()) key = phone + "|" + token + (is_resend(wanted) ? "|resend" : "");
    if (const auto before = outbox_.find(key)) return sent(*before);

    std::string claim;
    if (is_resend(wanted)) {
      const auto claimed = resends_.claim(token, key);
      if (!claimed && claimed.error().code == Code::kConflict) {
        return refused("resend_used", "The link was sent again once already.");
      }
      if (!claimed) return refused("unavailable", "The SMS cannot be sent now.", true);
      claim = *claimed;
    }
    const auto message = compose(wanted, phone, key);
    if (outbox_.put(key, message)) return sent(message);
    if (!claim.empty()) resends_.mark_failed(claim);
    return refused("unavailable", "The SMS cannot be sent now.", true);
  }

  // [worker]
  Outcome<std::string> reconcile(std::string_view /*args*/, std::string_view context) override {
    const auto message = outbox_.find(key_of(context));
    if (!message) return message.error();
    return sent(*message);
  }

 private:
  SendSmsPaymentLink(const json& config, dugout::sdk::Host host)
      : host_(host),
        outbox_(config.value("outbox", "var/outbox")),
        resends_(host),
        base_(config.value("public_base_url", "http://127.0.0.1:8080")),
        club_(config.value("club_name", "Urmston Town Juniors FC")) {
    while (base_.ends_with('/')) base_.pop_back();
  }

  json compose(const json& wanted, const std::string& phone, const std::string& key) const {
    const auto token = wanted["billing_request_id"].get<std::string>();
    const auto link = base_ + "/reg_setup/" + token;
    const auto parent = one_line(wanted["parent_first_name"].get<std::string>());
    const auto player = one_line(wanted["player_name"].get<std::string>());
    return {{"idempotency_key", key},
            {"message_sid", "SM" + sms::fingerprint(key)},
            {"billing_request_id", token},
            {"to", phone},
            {"payment_link", link},
            {"resend", is_resend(wanted)},
            {"sent_at_ms", host_.unix_ms()},
            {"text", "Hi " + parent + ", this is the registration assistant of " + club_ + ". " +
                         player +
                         "'s registration is nearly complete. Please pay the signing-on fee "
                         "and set up the monthly subscription to secure the place: " +
                         link}};
  }

  dugout::sdk::Host host_;
  sms::LocalOutbox outbox_;
  Resends resends_;
  std::string base_, club_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(SendSmsPaymentLink, "tool.send_sms_payment_link")
