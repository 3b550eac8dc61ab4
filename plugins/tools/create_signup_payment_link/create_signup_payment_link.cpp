// Creates a payment request together with its hosted page, for a sign-up outside the chat. One
// request for each idempotency key; the page is a fresh one each time. [worker]; no state between
// calls.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "payments/answers.hpp"
#include "payments/customer.hpp"
#include "payments/provider.hpp"
#include "payments/requests.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "create_signup_payment_link",
  "description": "Creates the payment request of a sign-up and the page on which it is paid.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["player_full_name", "age_group", "team_name", "parent_full_name", "parent_email",
                 "parent_address", "parent_postcode"],
    "properties": {
      "player_full_name": {"type": "string", "maxLength": 200},
      "age_group": {"type": "string", "maxLength": 20, "description": "u10"},
      "team_name": {"type": "string", "maxLength": 50},
      "parent_full_name": {"type": "string", "maxLength": 200},
      "parent_email": {"type": "string", "maxLength": 254},
      "parent_address": {"type": "string", "maxLength": 300, "description": "line 1, ..., city"},
      "parent_postcode": {"type": "string", "maxLength": 20}}},
  "result": {
    "type": "object", "required": ["billing_request_id", "payment_link"],
    "properties": {
      "billing_request_id": {"type": "string"}, "payment_link": {"type": "string"},
      "player_full_name": {"type": "string"}, "age_group": {"type": "string"},
      "team": {"type": "string"}, "parent_name": {"type": "string"}}},
  "timeout_ms": 45000})";

class CreateSignupPaymentLink final : public dugout::sdk::Tool {
 public:
  CreateSignupPaymentLink(std::string_view config, dugout::sdk::Host host)
      : settings_(payments::read_settings(config, host)),
        provider_(payments::make_provider(settings_, host)),
        requests_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const auto wanted = json::parse(args);
    const auto missing = payments::missing_among(
        wanted, {"player_full_name", "age_group", "team_name", "parent_full_name", "parent_email",
                 "parent_address", "parent_postcode"});
    if (!missing.empty()) return dugout::sdk::refused("missing_input", missing);
    const auto request = requests_.order(payments::key_of(context), wanted, *provider_, settings_);
    if (!request) return payments::refusal(request.error());
    const auto page = page_of(*request);
    if (!page) return payments::refusal(page.error());
    return payments::accepted({{"billing_request_id", request->at("billing_request_id")},
                               {"payment_link", *page},
                               {"player_full_name", request->at("player_full_name")},
                               {"age_group", request->at("age_group")},
                               {"team", request->at("team_name")},
                               {"parent_name", request->at("parent_full_name")}});
  }

  // [worker] The key makes the same order safe, as in create_payment_token.
  Outcome<std::string> reconcile(std::string_view args, std::string_view context) override {
    const auto key = payments::key_of(context);
    const auto known = requests_.find("idempotency_key", key);
    const bool may_run = known || (settings_.hosted && !key.empty());
    if (!may_run) return known.error();
    return run(args, context);
  }

 private:
  Outcome<std::string> page_of(const json& request) const {
    const auto token = request.at("billing_request_id").get<std::string>();
    if (!settings_.hosted) return settings_.public_url + "/reg_setup/" + token;
    return provider_->payment_page(token, payments::customer_of_request(request));
  }

  payments::Settings settings_;
  std::unique_ptr<payments::Provider> provider_;
  payments::PaymentRequests requests_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(CreateSignupPaymentLink, "tool.create_signup_payment_link")
