#include "months.hpp"

#include <array>
#include <utility>

namespace apply_payment_event {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;
using payments::text_of;

constexpr const char* kTable = "payment_events";
constexpr int kMostRounds = 8;

// Among events of the same moment, how far along each is.
int rank_of(const std::string& action) {
  constexpr std::array<std::string_view, 5> kOrder{"submitted", "failed", "cancelled", "confirmed",
                                                   "charged_back"};
  int rank = 0;
  while (rank < 5 && kOrder[static_cast<std::size_t>(rank)] != action) ++rank;
  return rank;
}

}  // namespace

std::string month_field(const std::string& created_at, const payments::Season& season) {
  constexpr std::array<const char*, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto day = payments::date_of_iso(created_at);
  if (day.year == 0 || day < season.first || !(day < season.end)) return {};
  return kMonths[static_cast<std::size_t>(day.month - 1)] +
         std::string("_subscription_payment_status");
}

// The latest event decides, not the one that came last; the interim charge and an ongoing one may
// speak of the same month.
Outcome<std::string> Months::outcome_of(const json& row, const std::string& field) const {
  std::pair<std::string, int> latest;
  std::string action;
  for (const auto* member : {"interim_subscription_id", "ongoing_subscription_id"}) {
    const auto subscription = text_of(row, member);
    if (subscription.empty()) continue;
    const json where{{"subscription_id", subscription}, {"field", field}};
    const auto events = host_.find_rows(kTable, where.dump());
    if (!events) return events.error();
    for (const auto& event : json::parse(*events)) {
      const auto its = text_of(event, "action");
      const auto place = std::pair(text_of(event, "created_at"), rank_of(its));
      if (!action.empty() && place < latest) continue;
      latest = place;
      action = its;
    }
  }
  return action;
}

// Looks again after it has written: an event that another thread has kept meanwhile would
// otherwise be overwritten by an earlier one.
Outcome<json> Months::apply(const json& row, const json& event, const std::string& field) const {
  const json kept{{"event_id", event["id"]},
                  {"subscription_id", text_of(event["links"], "subscription")},
                  {"field", field},
                  {"action", event["action"]},
                  {"created_at", event["created_at"]}};
  const auto inserted = host_.insert_row(kTable, text_of(event, "id"), kept.dump());
  if (!inserted && inserted.error().code != Code::kConflict) return inserted.error();
  auto current = row;
  std::string written;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto action = outcome_of(current, field);
    if (!action) return action.error();
    if (*action == written || action->empty()) return current;
    written = *action;
    auto changed = registrations_.change(current, {{field, written}});
    if (!changed) return changed.error();
    current = std::move(*changed);
  }
  return current;
}

}  // namespace apply_payment_event
