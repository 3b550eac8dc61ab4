// The page behind the payment link of the SMS. With GoCardless each visit gets a hosted page of its
// own, so the link never expires; the local backend plays the provider with a page of ours, whose
// button brings the same events as the provider would. [worker]; no state between calls.
#include "dugout/sdk/tool.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool_result.hpp"
#include "pages.hpp"
#include "payments/answers.hpp"
#include "payments/customer.hpp"
#include "payments/provider.hpp"
#include "payments/registrations.hpp"
#include "payments/requests.hpp"
#include "payments/subscriptions.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;
using payments::text_of;

constexpr std::string_view kDeclaration = R"({
  "name": "reg_setup",
  "description": "The payment page of a registration: leads to the payment provider, or says that all is paid.",
  "page": "reg_setup",
  "arguments": {
    "type": "object", "required": ["id", "method"],
    "properties": {
      "id": {"type": "string", "maxLength": 200},
      "method": {"enum": ["GET", "POST"]},
      "form": {"type": "object"}}},
  "result": {
    "type": "object",
    "properties": {
      "redirect": {"type": "string"}, "page": {"type": "object"}, "json": {"type": "object"},
      "events": {"type": "array"}}},
  "timeout_ms": 30000})";

constexpr std::size_t kLongestId = 50;

bool is_plain(const std::string& id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

// The first word of a name, for a request whose registration is not there yet.
std::string first_word(const std::string& name) {
  return name.substr(0, name.find(' '));
}

// One of the local provider's events; its id is made of the request, so that pressing the button
// twice brings nothing new.
json event_of(const std::string& request, const std::string& type, const std::string& action,
              const json& links, const std::string& now) {
  const auto id = payments::local_id("EV", request) + "-" + type + "-" + action;
  return {{"id", id},
          {"tool", "apply_payment_event"},
          {"lane", request},
          {"arguments",
           {{"event",
             {{"id", id},
              {"created_at", now},
              {"resource_type", type},
              {"action", action},
              {"links", links}}}}}};
}

class RegSetup final : public dugout::sdk::Tool {
 public:
  RegSetup(std::string_view config, dugout::sdk::Host host)
      : host_(host),
        settings_(payments::read_settings(config, host)),
        provider_(payments::make_provider(settings_, host)),
        registrations_(host),
        requests_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto visit = json::parse(args);
    const auto id = visit["id"].get<std::string>();
    if (!is_plain(id)) return payments::refusal({Code::kNotFound, "no such link"});
    const auto row = registrations_.of_request(id);
    if (!row && row.error().code != Code::kNotFound) return payments::refusal(row.error());
    const auto registration = row ? *row : json::object();
    if (paid(registration)) {
      return payments::accepted(
          reg_setup::already_paid(text_of(registration, "player_first_name")));
    }
    const auto request = requests_.find("billing_request_id", id);
    if (!request && (!row || request.error().code != Code::kNotFound)) {
      return payments::refusal(request.error());
    }
    const auto asked = request ? *request : json::object();
    if (settings_.hosted) return hosted(id, registration, asked);
    const auto pressed = visit.value("form", json::object()).value("action", json());
    return local(id, registration, asked, visit["method"] == "POST" ? pressed : json());
  }

 private:
  static bool paid(const json& registration) {
    return payments::is_yes(registration, "signing_on_fee_paid") &&
           payments::is_yes(registration, "mandate_authorised");
  }

  static std::string player_of(const json& registration, const json& asked) {
    const auto name = text_of(registration, "player_first_name");
    return name.empty() ? first_word(text_of(asked, "player_full_name")) : name;
  }

  Outcome<std::string> hosted(const std::string& id, const json& registration,
                              const json& asked) const {
    const auto customer = registration.empty() ? payments::customer_of_request(asked)
                                               : payments::customer_of_registration(registration);
    auto page = provider_->payment_page(id, customer);
    if (!page && page.error().code == Code::kInvalid) {
      // The parent has done it all, and the provider's events are still on their way.
      if (provider_->is_fulfilled(id)) {
        return payments::accepted(reg_setup::being_recorded(player_of(registration, asked)));
      }
      // Else it may be a detail that we filled in; the parent can type it better.
      page = provider_->payment_page(id, {});
    }
    if (!page) return payments::refusal(page.error());
    return payments::accepted({{"redirect", *page}});
  }

  Outcome<std::string> local(const std::string& id, const json& registration, const json& asked,
                             const json& pressed) const {
    const auto player = player_of(registration, asked);
    if (pressed == "later") return payments::accepted(reg_setup::not_now());
    const bool before = text_of(asked, "status") == "fulfilled";
    if (pressed != "pay" && !before) return payments::accepted(practice_page(registration, asked));
    // Told again at each visit until they are applied: the server may have died in between.
    const auto kept =
        requests_.fulfil(id, payments::local_id("MD", id), payments::local_id("PM", id));
    if (!kept) return payments::refusal(kept.error());
    auto data = pressed == "pay" ? reg_setup::thanks(player) : reg_setup::being_recorded(player);
    data["events"] = events(id);
    return payments::accepted(data);
  }

  json events(const std::string& id) const {
    const auto now = payments::iso_time(host_.unix_ms());
    const auto payment = payments::local_id("PM", id), mandate = payments::local_id("MD", id);
    return json::array(
        {event_of(id, "payments", "confirmed", {{"payment", payment}, {"billing_request", id}},
                  now),
         event_of(id, "mandates", "active", {{"mandate", mandate}, {"billing_request", id}}, now),
         event_of(id, "billing_requests", "fulfilled",
                  {{"billing_request", id},
                   {"mandate_request_mandate", mandate},
                   {"payment_request_payment", payment}},
                  now)});
  }

  json practice_page(const json& registration, const json& asked) const {
    reg_setup::Due due;
    due.player_first_name = player_of(registration, asked);
    due.monthly_pence = settings_.monthly_pence;
    if (!registration.empty()) {
      const auto sibling = registrations_.has_sibling(registration);
      if (sibling && *sibling) due.monthly_pence = settings_.sibling_pence();
    }
    const auto& source = registration.contains("preferred_payment_day") ? registration : asked;
    due.day = reg_setup::day_words(
        payments::payment_day_of(source.value("preferred_payment_day", json())));
    return reg_setup::practice(due, settings_);
  }

  dugout::sdk::Host host_;
  payments::Settings settings_;
  std::unique_ptr<payments::Provider> provider_;
  payments::Registrations registrations_;
  payments::PaymentRequests requests_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(RegSetup, "tool.reg_setup")
