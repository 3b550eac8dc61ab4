// Does what an event of the payment provider asks for: marks what is paid, makes the subscription,
// confirms by SMS, keeps the months. Events come in any order, several times and at once; each sets
// its own members, the state follows from all of them, and every effect on the outside is claimed
// first. [worker]; no state between calls.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "months.hpp"
#include "notices.hpp"
#include "payments/answers.hpp"
#include "payments/registrations.hpp"
#include "payments/requests.hpp"
#include "payments/subscriptions.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;
using payments::is_yes;
using payments::text_of;

constexpr std::string_view kDeclaration = R"({
  "name": "apply_payment_event",
  "description": "Applies one event of the payment provider to the registration it belongs to.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["event"],
    "properties": {
      "event": {
        "type": "object", "required": ["id", "resource_type", "action"],
        "properties": {
          "id": {"type": "string", "minLength": 1, "maxLength": 200},
          "created_at": {"type": "string"}, "resource_type": {"type": "string"},
          "action": {"type": "string"}, "links": {"type": "object"}}}}},
  "result": {
    "type": "object", "required": ["applied"],
    "properties": {
      "applied": {"type": "boolean"}, "record_id": {"type": "string"},
      "registration_status": {"type": "string"}, "subscription_status": {"type": "string"}}},
  "timeout_ms": 90000})";

std::string applied(const json& row) {
  return payments::accepted({{"applied", true},
                             {"record_id", text_of(row, "id")},
                             {"registration_status", payments::status_of(row)},
                             {"subscription_status", text_of(row, "subscription_status")}});
}

std::string not_for_us() {
  return payments::accepted({{"applied", false}});
}

// For the operator, who reads the list of jobs; another try helps where time does.
std::string failed(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
      return dugout::sdk::refused("not_found", error.message, true);
    case Code::kInvalid:
      return dugout::sdk::refused("subscription_failed", error.message);
    default:
      return dugout::sdk::refused("unavailable", error.message, true);
  }
}

class ApplyPaymentEvent final : public dugout::sdk::Tool {
 public:
  ApplyPaymentEvent(std::string_view config, dugout::sdk::Host host)
      : host_(host),
        settings_(payments::read_settings(config, host)),
        provider_(payments::make_provider(settings_, host)),
        registrations_(host),
        requests_(host),
        months_(host),
        notices_(json::parse(config), host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    auto event = json::parse(args).at("event");
    for (const auto* name : {"links", "created_at"}) {
      if (!event.contains(name))
        event[name] = name == std::string_view("links") ? json::object() : json("");
    }
    const auto type = text_of(event, "resource_type"), action = text_of(event, "action");
    const auto& links = event["links"];
    if (type == "billing_requests" && action == "fulfilled") return fulfilled(links);
    if (type == "mandates" && action == "active") return mandate_active(links);
    if (type != "payments") return not_for_us();
    if (!text_of(links, "subscription").empty()) return month(event);
    return action == "confirmed" ? fee_paid(links) : not_for_us();
  }

 private:
  // The request behind the links; empty when they name nothing that could lead to one.
  Outcome<std::string> request_of(const json& links) const {
    if (auto request = text_of(links, "billing_request"); !request.empty()) return request;
    for (const auto& [member, link] :
         {std::pair{"mandate_id", "mandate"}, std::pair{"payment_id", "payment"}}) {
      const auto id = text_of(links, link);
      if (id.empty()) continue;
      const auto row = requests_.find(member, id);
      if (!row) return row.error();
      return text_of(*row, "billing_request_id");
    }
    return std::string();
  }

  Outcome<std::string> fee_paid(const json& links) const {
    return mark(links, [](const json&) { return json{{"signing_on_fee_paid", "Y"}}; });
  }

  Outcome<std::string> mandate_active(const json& links) const {
    return mark(links, [&](const json& row) {
      json changes{{"mandate_authorised", "Y"}};
      const auto mandate = text_of(links, "mandate");
      if (!mandate.empty() && text_of(row, "mandate_id").empty()) changes["mandate_id"] = mandate;
      return changes;
    });
  }

  template <typename Changes>
  Outcome<std::string> mark(const json& links, Changes changes) const {
    const auto request = request_of(links);
    if (!request) return failed(request.error());
    if (request->empty()) return not_for_us();
    const auto row = registrations_.of_request(*request);
    if (!row) return failed(row.error());
    const auto marked = settle(*row, changes(*row));
    if (!marked) return failed(marked.error());
    return applied(*marked);
  }

  // The manager was told of the suspension, so also of its end, be it that the mandate is missing
  // yet. Told before the row says so: after a crash the row still shows that it is due.
  Outcome<json> settle(const json& row, const json& changes) const {
    auto after = row;
    after.update(changes);
    if (text_of(row, "registration_status") == "suspended" &&
        payments::status_of(after) != "suspended") {
      notices_.tell_manager(row);
    }
    return registrations_.change(row, changes);
  }

  Outcome<std::string> fulfilled(const json& links) const {
    const auto request = text_of(links, "billing_request");
    if (request.empty()) return not_for_us();
    const auto row = registrations_.of_request(request);
    if (!row) return failed(row.error());
    const auto mandate = text_of(links, "mandate_request_mandate");
    json changes{{"signing_on_fee_paid", "Y"}, {"mandate_authorised", "Y"}};
    if (!mandate.empty()) changes["mandate_id"] = mandate;
    const auto paid = settle(*row, changes);
    if (!paid) return failed(paid.error());
    const auto known =
        requests_.fulfil(request, mandate, text_of(links, "payment_request_payment"));
    if (!known) return failed(known.error());
    // The parent has done all that was asked, so the SMS does not wait for the subscription.
    const auto subscribed = subscribe(*paid, request);
    const auto confirmed = notices_.confirm(*paid);
    // First what time mends: an order that was refused would end the job, and the SMS with it.
    if (!confirmed) return failed(confirmed.error());
    if (!subscribed) return failed(subscribed.error());
    return applied(*subscribed);
  }

  // `request`: the one that was fulfilled. The row may name a newer one, which has no mandate.
  Outcome<json> ordered(json row, const std::string& request) const {
    if (text_of(row, "mandate_id").empty()) {
      const auto mandate = provider_->mandate_of(request);
      if (!mandate) return mandate.error();
      row["mandate_id"] = *mandate;
    }
    return payments::Subscriptions(settings_, *provider_, host_).ensure(row);
  }

  Outcome<json> subscribe(const json& row, const std::string& request) const {
    if (is_yes(row, "subscription_activated") ||
        text_of(row, "subscription_status") == "no_charge_left") {
      return row;
    }
    const auto changes = ordered(row, request);
    if (changes) return registrations_.change(row, *changes);
    const auto noted = registrations_.change(
        row, {{"subscription_status", "failed"}, {"subscription_error", changes.error().message}});
    if (!noted) return noted.error();
    return changes.error();
  }

  Outcome<std::string> month(const json& event) const {
    if (text_of(event, "action") == "paid_out") return not_for_us();
    const auto field =
        apply_payment_event::month_field(text_of(event, "created_at"), settings_.season);
    if (field.empty()) return not_for_us();
    const auto row = registrations_.of_subscription(text_of(event["links"], "subscription"));
    if (!row) return failed(row.error());
    const auto kept = months_.apply(*row, event, field);
    if (!kept) return failed(kept.error());
    return applied(*kept);
  }

  dugout::sdk::Host host_;
  payments::Settings settings_;
  std::unique_ptr<payments::Provider> provider_;
  payments::Registrations registrations_;
  payments::PaymentRequests requests_;
  apply_payment_event::Months months_;
  apply_payment_event::Notices notices_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(ApplyPaymentEvent, "tool.apply_payment_event")
