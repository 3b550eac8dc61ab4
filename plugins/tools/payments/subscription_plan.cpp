#include "payments/subscription_plan.hpp"

namespace payments {
namespace {

constexpr int kNoticeDays = 5;          // the bank wants to know so long before
constexpr int kLastDayForInterim = 10;  // later in a month, nobody is charged for the rest of it

// The next `day` after now; the start of the day decides.
Date next_occurrence(std::int64_t now_ms, int day) {
  const auto this_month = day_in_month(dugout::sdk::date_of_unix_ms(now_ms), day);
  if (dugout::sdk::days_since_1970(this_month) * kDayMs > now_ms) return this_month;
  return day_in_month(first_of_next_month(this_month), day);
}

// One charge: the last day of the month ends it, or the next day when it starts on the last.
Charges interim_from(const Date& start) {
  auto end = last_of_month(start);
  if (end == start) end = add_days(end, 1);
  return {start, end, start.day <= 28 ? start.day : 0};
}

Date earliest_interim(const Date& today, const Date& next_charge) {
  return std::max(add_days(today, kNoticeDays), next_charge);
}

}  // namespace

dugout::Outcome<Plan> subscription_plan(std::int64_t now_ms, int day, const Date& next_charge,
                                        const Season& season, const Amounts& amounts) {
  if (day != -1 && (day < 1 || day > 31)) {
    return dugout::Error{dugout::Code::kInvalid, "the payment day must be 1 to 31, or -1"};
  }
  const int on = day > 28 ? -1 : day;
  const auto today = dugout::sdk::date_of_unix_ms(now_ms);
  Plan plan;
  plan.amount_pence = amounts.base_pence * (100 - amounts.discount_percent) / 100;
  std::optional<Date> interim;
  if (today < season.cut_over) {
    // Decided before anything else: an interim charge made now could not be taken back.
    plan.starts = day_in_month(season.first, on);
  } else {
    plan.starts = next_occurrence(now_ms, on);
    const auto whole_days = (dugout::sdk::days_since_1970(plan.starts) * kDayMs - now_ms) / kDayMs;
    if (whole_days < kNoticeDays && today.day <= kLastDayForInterim) {
      interim = earliest_interim(today, next_charge);
      plan.starts = day_in_month(first_of_next_month(plan.starts), on);
    }
  }
  plan.starts = std::max(plan.starts, next_charge);
  if (plan.starts < season.end) plan.ongoing = Charges{plan.starts, season.end, on};
  // A month is never charged twice, and nothing is charged after the season.
  if (interim && *interim < season.end && !same_month(*interim, plan.starts)) {
    plan.interim = interim_from(*interim);
  }
  return plan;
}

std::optional<Charges> belated_interim(std::int64_t now_ms, const Date& next_charge,
                                       const Date& ongoing_start) {
  const auto start = earliest_interim(dugout::sdk::date_of_unix_ms(now_ms), next_charge);
  if (!(start < ongoing_start) || same_month(start, ongoing_start)) return std::nullopt;
  return interim_from(start);
}

}  // namespace payments
