// Creates the payment request of a registration: signing fee now, monthly Direct Debit later. The
// local backend keeps it in the table `payment_requests`, one row per idempotency key, so a
// repeated call gives the same token and nobody is asked to pay twice. [worker]; no state between
// calls.
#include <sys/random.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "dugout/sdk/tool.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "create_payment_token",
  "description": "Creates the payment request (signing fee and monthly Direct Debit) and returns its token.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["player_full_name", "age_group", "team_name", "parent_full_name",
                 "parent_first_name", "preferred_payment_day", "parent_phone"],
    "properties": {
      "player_full_name": {"type": "string", "maxLength": 200},
      "age_group": {"type": "string", "maxLength": 20, "description": "u10"},
      "team_name": {"type": "string", "maxLength": 50},
      "parent_full_name": {"type": "string", "maxLength": 200},
      "parent_first_name": {"type": "string", "maxLength": 100},
      "preferred_payment_day": {"type": ["integer", "string"],
                                "description": "1 to 31, or -1 = the last day of the month"},
      "parent_phone": {"type": "string", "maxLength": 40, "description": "a UK mobile"}}},
  "result": {
    "type": "object", "required": ["billing_request_id", "payment_link"],
    "properties": {
      "billing_request_id": {"type": "string"}, "payment_link": {"type": "string"},
      "signing_fee_amount_pence": {"type": "integer"}, "monthly_amount_pence": {"type": "integer"},
      "signing_fee_amount_pounds": {"type": "string"}, "monthly_amount_pounds": {"type": "string"},
      "preferred_payment_day": {"type": "string"}}},
  "timeout_ms": 10000})";

constexpr std::array<const char*, 6> kTexts{"player_full_name",  "age_group",
                                            "team_name",         "parent_full_name",
                                            "parent_first_name", "parent_phone"};

struct Settings {
  int signing_fee_pence, monthly_pence;
  std::string public_base_url;

  explicit Settings(const json& config)
      : signing_fee_pence(config.value("signing_fee_pence", 4500)),
        monthly_pence(config.value("monthly_pence", 2750)),
        public_base_url(config.value("public_base_url", "http://127.0.0.1:8080")) {
    while (public_base_url.ends_with('/')) public_base_url.pop_back();
  }
};

std::string pounds(int pence) {
  const auto rest = std::to_string(pence % 100);
  return std::to_string(pence / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
}

// "BRQ" and 20 characters out of 36, from the kernel: more than 100 bits, so it cannot be guessed.
std::string fresh_token() {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out = "BRQ";
  while (out.size() < 23) {
    std::array<unsigned char, 32> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("no random bytes");
    }
    for (const auto byte : bytes) {
      if (byte < 252 && out.size() < 23) out += kAlphabet[byte % 36];  // 252 = 7 x 36: no bias
    }
  }
  return out;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

// 1 to 31 or -1; 0 for all else, which is refused.
int payment_day_of(const json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (const auto number = value.get<double>(); number >= -1 && number <= 31) {
    text = std::to_string(static_cast<int>(number));
  }
  if (text == "-1") return -1;
  if (text.empty() || text.size() > 2) return 0;
  int day = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    day = day * 10 + (c - '0');
  }
  return day <= 31 ? day : 0;
}

// The payment provider of a fresh install: a table.
class LocalPayments {
 public:
  explicit LocalPayments(dugout::sdk::Host host) : host_(host) {}

  // The request of this key: the one in `wanted`, or the one that an earlier call created.
  Outcome<json> create(const std::string& key, json wanted) const {
    wanted["idempotency_key"] = key;
    wanted["billing_request_id"] = fresh_token();
    wanted["status"] = "pending";
    wanted["created_at_ms"] = host_.unix_ms();
    const auto inserted = host_.insert_row("payment_requests", key, wanted.dump());
    if (inserted) return wanted;
    if (inserted.error().code != Code::kConflict) return inserted.error();
    return json::parse(inserted.error().detail).at("detail");
  }

  Outcome<json> find(const std::string& key) const {
    const auto rows = host_.find_rows("payment_requests", json{{"idempotency_key", key}}.dump());
    if (!rows) return rows.error();
    auto found = json::parse(*rows);
    if (key.empty() || found.empty()) return Error{Code::kNotFound, "no such payment request"};
    return found.front();
  }

 private:
  dugout::sdk::Host host_;
};

std::string refused(std::string_view code, const std::string& message, bool retryable = false) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string key_of(std::string_view context) {
  return json::parse(context).value("idempotency_key", "");
}

class CreatePaymentToken final : public dugout::sdk::Tool {
 public:
  CreatePaymentToken(std::string_view config, dugout::sdk::Host host)
      : settings_(json::parse(config)), payments_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    auto wanted = json::parse(args);
    std::string missing;
    for (const auto* name : kTexts) {
      if (is_blank(wanted[name].get<std::string>()))
        missing += (missing.empty() ? "" : ", ") + std::string(name);
    }
    if (!missing.empty()) return refused("missing_input", "Missing: " + missing + ".");
    const int day = payment_day_of(wanted["preferred_payment_day"]);
    if (day == 0) {
      return refused("invalid_payment_day", "The day is 1 to 31, or -1 for the last of the month.");
    }
    wanted["preferred_payment_day"] = std::to_string(day);
    wanted["signing_fee_amount_pence"] = settings_.signing_fee_pence;
    wanted["monthly_amount_pence"] = settings_.monthly_pence;
    const auto request = payments_.create(key_of(context), std::move(wanted));
    if (!request) return refused("unavailable", "Payments cannot be set up now.", true);
    return result(*request);
  }

  // [worker]
  Outcome<std::string> reconcile(std::string_view /*args*/, std::string_view context) override {
    const auto request = payments_.find(key_of(context));
    if (!request) return request.error();
    return result(*request);
  }

 private:
  // From the row alone: a repeat after a change of prices still tells what was agreed.
  std::string result(const json& request) const {
    const int fee = request.at("signing_fee_amount_pence").get<int>();
    const int monthly = request.at("monthly_amount_pence").get<int>();
    const auto token = request.at("billing_request_id").get<std::string>();
    return json{{"ok", true},
                {"data",
                 {{"billing_request_id", token},
                  {"signing_fee_amount_pence", fee},
                  {"monthly_amount_pence", monthly},
                  {"signing_fee_amount_pounds", pounds(fee)},
                  {"monthly_amount_pounds", pounds(monthly)},
                  {"preferred_payment_day", request.at("preferred_payment_day")},
                  {"payment_link", settings_.public_base_url + "/reg_setup/" + token}}}}
        .dump();
  }

  Settings settings_;
  LocalPayments payments_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(CreatePaymentToken, "tool.create_payment_token")
