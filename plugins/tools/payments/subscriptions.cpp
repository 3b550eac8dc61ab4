#include "payments/subscriptions.hpp"

#include "payments/registrations.hpp"

namespace payments {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr const char* kSubscriptionsTable = "subscriptions";

json order_of(const Charges& charges) {
  return {{"start_date", iso_day(charges.start)},
          {"end_date", iso_day(charges.end)},
          {"day_of_month", charges.day_of_month}};
}

bool is_made(const json& order) {
  return !text_of(order, "subscription_id").empty();
}

// Was it planned for a day that has become too early since?
bool is_stale(const json& order, const Wanted& wanted) {
  return !is_made(order) && text_of(order, "start_date") < iso_day(wanted.next_charge);
}

json nothing_left(const Wanted& wanted) {
  return {{"subscription_status", "no_charge_left"},
          {"subscription_start_date", iso_day(wanted.plan.starts)},
          {"subscription_error", nullptr},
          {"mandate_id", wanted.mandate}};
}

json changes_of(const std::vector<json>& made, const Wanted& wanted) {
  json out{{"subscription_status", "active"},
           {"subscription_activated", "Y"},
           {"subscription_error", nullptr},
           {"mandate_id", wanted.mandate}};
  for (const auto& order : made) {
    out[text_of(order, "kind") + "_subscription_id"] = order.at("subscription_id");
    out["subscription_start_date"] = order.at("start_date");  // the ongoing one comes last
    // The price of the order that was made, so that a repeat never discounts it once more.
    if (order.value("sibling", false)) {
      out["monthly_subscription_amount"] = pounds(order.at("amount_pence").get<int>());
    }
  }
  return out;
}

}  // namespace

int payment_day_of(const json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (value.is_number()) {
    const auto number = value.get<double>();
    if (number == -1 || (number >= 1 && number <= 31 && number == static_cast<int>(number))) {
      return static_cast<int>(number);
    }
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

Outcome<std::string> Subscriptions::mandate_for(const json& registration) const {
  if (auto known = text_of(registration, "mandate_id"); !known.empty()) return known;
  auto found = provider_.mandate_of(text_of(registration, "billing_request_id"));
  const auto earlier = registration.value("earlier_billing_request_ids", json::array());
  for (auto one = earlier.rbegin(); one != earlier.rend(); ++one) {
    if (found || found.error().code != Code::kNotFound) break;
    if (one->is_string()) found = provider_.mandate_of(one->get<std::string>());
  }
  return found;
}

Outcome<Wanted> Subscriptions::plan_for(const json& registration) const {
  const int day = payment_day_of(registration.value("preferred_payment_day", json()));
  if (day == 0) return Error{Code::kInvalid, "the payment day must be 1 to 31, or -1"};
  Wanted wanted;
  const auto mandate = mandate_for(registration);
  if (!mandate) return mandate.error();
  wanted.mandate = *mandate;
  const auto next_charge = provider_.next_charge(wanted.mandate);
  if (!next_charge) return next_charge.error();
  wanted.next_charge = *next_charge;
  const auto sibling = Registrations(host_).has_sibling(registration);
  if (!sibling) host_.log(2, "payments: siblings cannot be looked up; the full price is taken");
  wanted.sibling = sibling && *sibling && settings_.sibling_discount_percent > 0;
  const auto plan = subscription_plan(
      host_.unix_ms(), day, wanted.next_charge, settings_.season,
      {settings_.monthly_pence, wanted.sibling ? settings_.sibling_discount_percent : 0});
  if (!plan) return plan.error();
  wanted.plan = *plan;
  return wanted;
}

Outcome<json> Subscriptions::claim(const json& registration, const Wanted& wanted,
                                   const std::string& kind, const json& order) const {
  const auto request = text_of(registration, "billing_request_id");
  json row{{"billing_request_id", request},
           {"record_id", text_of(registration, "id")},
           {"kind", kind},
           {"mandate_id", wanted.mandate},
           {"amount_pence", wanted.plan.amount_pence},
           {"sibling", wanted.sibling},
           {"status", "planned"},
           {"created_at", iso_time(host_.unix_ms())}};
  row.update(order);
  const auto inserted = host_.insert_row(kSubscriptionsTable, request + "|" + kind, row.dump());
  if (inserted) {
    row["id"] = json::parse(*inserted).at("id");
    return row;
  }
  if (inserted.error().code != Code::kConflict) {
    return Error{Code::kUnavailable, "the table subscriptions cannot be written"};
  }
  return json::parse(inserted.error().detail).at("detail");
}

Outcome<json> Subscriptions::moved(const json& order, const json& charges) const {
  const auto updated = host_.update_row(kSubscriptionsTable, text_of(order, "id"), charges.dump());
  if (!updated) return Error{Code::kUnavailable, "the table subscriptions cannot be written"};
  return json::parse(*updated);
}

// The interim one comes first. What was planned at the first try holds, so that a try some days
// later cannot charge a month that the interim subscription has charged already; a plan whose
// start is past gives way to the fresh one. A late interim order is sent with days that are ahead:
// whether an earlier one has arrived only the provider knows, who gives that one for its key.
Outcome<std::vector<json>> Subscriptions::orders(const json& registration,
                                                 const Wanted& wanted) const {
  const auto& plan = wanted.plan;
  std::vector<json> out;
  json interim = plan.interim ? order_of(*plan.interim) : json();
  Date limit = settings_.season.end;
  if (plan.ongoing) {
    auto fresh = order_of(*plan.ongoing);
    if (plan.interim) fresh["interim"] = interim;
    auto ongoing = claim(registration, wanted, "ongoing", fresh);
    if (ongoing && is_stale(*ongoing, wanted)) ongoing = moved(*ongoing, fresh);
    if (!ongoing) return ongoing.error();
    interim = ongoing->value("interim", json());
    limit = date_of_iso(text_of(*ongoing, "start_date"));
    out.push_back(*std::move(ongoing));
  }
  if (!interim.is_object()) return out;
  auto claimed = claim(registration, wanted, "interim", interim);
  if (claimed && is_stale(*claimed, wanted)) {
    const auto late = belated_interim(host_.unix_ms(), wanted.next_charge, limit);
    if (!late) {
      host_.log(2, "payments: an interim charge came too late and is left out");
      return out;
    }
    claimed = moved(*claimed, order_of(*late));
  }
  if (!claimed) return claimed.error();
  out.insert(out.begin(), *std::move(claimed));
  return out;
}

Outcome<json> Subscriptions::create(const json& registration, json order) const {
  if (is_made(order)) return order;
  const auto kind = text_of(order, "kind");
  SubscriptionOrder wanted;
  wanted.key = "subscription-" + kind + "-" + text_of(registration, "billing_request_id");
  wanted.kind = kind;
  wanted.mandate = text_of(order, "mandate_id");
  wanted.player_full_name = text_of(registration, "player_full_name");
  wanted.team = text_of(registration, "team");
  wanted.amount_pence = order.value("amount_pence", 0);
  wanted.start_date = text_of(order, "start_date");
  wanted.end_date = text_of(order, "end_date");
  wanted.day_of_month = order.value("day_of_month", 0);
  const auto made = provider_.subscribe(wanted);
  if (!made) return made.error();
  json changes{{"subscription_id", made->id}, {"status", "active"}};
  if (!made->start_date.empty()) changes["start_date"] = made->start_date;
  const auto updated = host_.update_row(kSubscriptionsTable, text_of(order, "id"), changes.dump());
  if (!updated) return Error{Code::kUnavailable, "the table subscriptions cannot be written"};
  return json::parse(*updated);
}

Outcome<json> Subscriptions::ensure(const json& registration) const {
  const auto wanted = plan_for(registration);
  if (!wanted) return wanted.error();
  if (wanted->plan.no_charge_left()) return nothing_left(*wanted);
  auto all = orders(registration, *wanted);
  if (!all) return all.error();
  for (auto& order : *all) {
    auto made = create(registration, order);
    if (!made) return made.error();
    order = std::move(*made);
  }
  return changes_of(*all, *wanted);
}

}  // namespace payments
