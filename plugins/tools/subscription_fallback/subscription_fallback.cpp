// Makes the subscriptions that are missing: of registrations whose fee is paid and whose mandate
// stands, but whose monthly charges could not be set up when that happened. Runs once a day. What
// is there already is never made again, so it may run as often as one likes. [worker]
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "payments/answers.hpp"
#include "payments/registrations.hpp"
#include "payments/subscriptions.hpp"

namespace {

using dugout::Error;
using dugout::Outcome;
using nlohmann::json;
using payments::text_of;

constexpr std::string_view kDeclaration = R"({
  "name": "subscription_fallback",
  "description": "Makes the subscriptions of paid registrations that have none yet.",
  "schedule": {"at": "08:00"},
  "arguments": {
    "type": "object", "additionalProperties": false,
    "properties": {"dry_run": {"type": "boolean", "description": "only tell what would be done"}}},
  "result": {
    "type": "object", "required": ["dry_run", "registrations"],
    "properties": {"dry_run": {"type": "boolean"}, "registrations": {"type": "array"}}},
  "timeout_ms": 600000})";

json dates_of(const payments::Charges& charges) {
  return {{"start_date", payments::iso_day(charges.start)},
          {"end_date", payments::iso_day(charges.end)},
          {"day_of_month", charges.day_of_month}};
}

json told(const payments::Plan& plan) {
  json out{{"subscription_start_date", payments::iso_day(plan.starts)},
           {"amount_pence", plan.amount_pence}};
  if (plan.ongoing) out["ongoing"] = dates_of(*plan.ongoing);
  if (plan.interim) out["interim"] = dates_of(*plan.interim);
  if (plan.no_charge_left()) out["no_charge_left"] = true;
  return out;
}

class SubscriptionFallback final : public dugout::sdk::Tool {
 public:
  SubscriptionFallback(std::string_view config, dugout::sdk::Host host)
      : host_(host),
        settings_(payments::read_settings(config, host)),
        provider_(payments::make_provider(settings_, host)),
        registrations_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const bool dry_run = json::parse(args).value("dry_run", false);
    const auto rows = registrations_.paid_and_authorised();
    if (!rows) return dugout::sdk::refused("unavailable", "registrations cannot be read", true);
    auto done = json::array();
    for (const auto& row : *rows) {
      const bool due = is_due(row);
      if (!due && payments::repairs(row).empty()) continue;
      auto line = !due      ? put_right(row, dry_run)
                  : dry_run ? looked_at(row)
                            : mended(row, payments::key_of(context));
      line["record_id"] = text_of(row, "id");
      done.push_back(std::move(line));
    }
    return payments::accepted({{"dry_run", dry_run}, {"registrations", done}});
  }

 private:
  static bool is_due(const json& row) {
    return !payments::is_yes(row, "subscription_activated") &&
           text_of(row, "subscription_status") != "no_charge_left";
  }

  // A crash may have come between a row's members and the state that follows from them.
  json put_right(const json& row, bool dry_run) const {
    if (dry_run) return {{"would", "put the state right"}};
    const auto after = registrations_.change(row, payments::repairs(row));
    if (!after) return {{"error", "the registration cannot be written"}};
    return {{"registration_status", text_of(*after, "registration_status")}};
  }

  json looked_at(const json& row) const {
    const auto wanted = payments::Subscriptions(settings_, *provider_, host_).plan_for(row);
    if (!wanted) return {{"would", "fail"}, {"error", wanted.error().message}};
    auto out = told(wanted->plan);
    out["would"] = wanted->plan.no_charge_left() ? "note that no charge is left" : "subscribe";
    return out;
  }

  json mended(const json& row, const std::string& key) const {
    const auto changes = payments::Subscriptions(settings_, *provider_, host_).ensure(row);
    if (!changes) return noted(row, changes.error(), key);
    const auto after = registrations_.change(row, *changes);
    if (!after) return {{"error", "the registration cannot be written"}};
    return {{"subscription_status", text_of(*after, "subscription_status")},
            {"subscription_start_date", text_of(*after, "subscription_start_date")}};
  }

  // A job that is tried again after a crash is the same run, and counts once.
  json noted(const json& row, const Error& error, const std::string& key) const {
    json changes{{"subscription_status", "failed"}, {"subscription_error", error.message}};
    if (key.empty() || text_of(row, "subscription_failed_run") != key) {
      changes["subscription_failures"] = row.value("subscription_failures", 0) + 1;
      changes["subscription_failed_run"] = key;
    }
    const auto after = registrations_.change(row, changes);
    host_.log(2, "payments: a subscription could not be made: " + error.message);
    return {{"subscription_status", "failed"},
            {"error", error.message},
            {"failures", after ? after->value("subscription_failures", 0) : 0}};
  }

  dugout::sdk::Host host_;
  payments::Settings settings_;
  std::unique_ptr<payments::Provider> provider_;
  payments::Registrations registrations_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(SubscriptionFallback, "tool.subscription_fallback")
