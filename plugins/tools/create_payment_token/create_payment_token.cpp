// Creates the payment request of a registration: signing fee now, monthly Direct Debit later. There
// is one request for each idempotency key, at the provider and in the table `payment_requests`, so
// a repeated call gives the same token and nobody is asked to pay twice. [worker]; no state between
// calls.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "payments/answers.hpp"
#include "payments/provider.hpp"
#include "payments/requests.hpp"
#include "payments/subscriptions.hpp"

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
  "timeout_ms": 30000})";

class CreatePaymentToken final : public dugout::sdk::Tool {
 public:
  CreatePaymentToken(std::string_view config, dugout::sdk::Host host)
      : settings_(payments::read_settings(config, host)),
        provider_(payments::make_provider(settings_, host)),
        requests_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    auto wanted = json::parse(args);
    const auto missing =
        payments::missing_among(wanted, {"player_full_name", "age_group", "team_name",
                                         "parent_full_name", "parent_first_name", "parent_phone"});
    if (!missing.empty()) return dugout::sdk::refused("missing_input", missing);
    const int day = payments::payment_day_of(wanted["preferred_payment_day"]);
    if (day == 0) {
      return dugout::sdk::refused("invalid_payment_day",
                                  "The day is 1 to 31, or -1 for the last of the month.");
    }
    wanted["preferred_payment_day"] = std::to_string(day);
    const auto request =
        requests_.order(payments::key_of(context), std::move(wanted), *provider_, settings_);
    if (!request) return payments::refusal(request.error());
    return result(*request);
  }

  // [worker] The provider knows the key too, so after a crash the same order is safe: it gives the
  // request that was made, and makes the one that was not.
  Outcome<std::string> reconcile(std::string_view args, std::string_view context) override {
    const auto key = payments::key_of(context);
    const auto request = requests_.find("idempotency_key", key);
    if (request) return result(*request);
    if (!settings_.hosted || key.empty()) return request.error();
    return run(args, context);
  }

 private:
  // From the row alone: a repeat after a change of prices still tells what was agreed.
  std::string result(const json& request) const {
    const int fee = request.at("signing_fee_amount_pence").get<int>();
    const int monthly = request.at("monthly_amount_pence").get<int>();
    const auto token = request.at("billing_request_id").get<std::string>();
    return payments::accepted({{"billing_request_id", token},
                               {"signing_fee_amount_pence", fee},
                               {"monthly_amount_pence", monthly},
                               {"signing_fee_amount_pounds", payments::pounds(fee)},
                               {"monthly_amount_pounds", payments::pounds(monthly)},
                               {"preferred_payment_day", request.at("preferred_payment_day")},
                               {"payment_link", settings_.public_url + "/reg_setup/" + token}});
  }

  payments::Settings settings_;
  std::unique_ptr<payments::Provider> provider_;
  payments::PaymentRequests requests_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(CreatePaymentToken, "tool.create_payment_token")
