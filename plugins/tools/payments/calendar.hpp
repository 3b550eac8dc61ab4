// Days as the payment rules count them: whole days in UTC, and the last day of a month written as
// -1. Every function is [any].
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "dugout/sdk/dates.hpp"

namespace payments {

using dugout::sdk::Date;
using dugout::sdk::iso_day;

constexpr std::int64_t kDayMs = 86'400'000;

inline Date add_days(const Date& date, int days) {
  return dugout::sdk::date_of_unix_ms((dugout::sdk::days_since_1970(date) + days) * kDayMs);
}

inline Date first_of_next_month(const Date& date) {
  return date.month == 12 ? Date{date.year + 1, 1, 1} : Date{date.year, date.month + 1, 1};
}

inline Date last_of_month(const Date& date) {
  return add_days(first_of_next_month(date), -1);
}

// `day` of the month that `date` lies in; -1 = its last day. REQUIRES: day is -1 or 1 to 28.
inline Date day_in_month(const Date& date, int day) {
  return day == -1 ? last_of_month(date) : Date{date.year, date.month, day};
}

inline bool same_month(const Date& a, const Date& b) {
  return a.year == b.year && a.month == b.month;
}

// The day that a text such as 2025-10-07 or 2025-10-07T09:30:00.000Z starts with; the year is 0
// when it does not start with a real one.
inline Date date_of_iso(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() < kShape.size()) return {};
  int parts[3] = {0, 0, 0}, part = 0;
  for (std::size_t at = 0; at < kShape.size(); ++at) {
    const char c = text[at];
    if (kShape[at] == '-') {
      if (c != '-') return {};
      ++part;
    } else {
      if (c < '0' || c > '9') return {};
      parts[part] = parts[part] * 10 + (c - '0');
    }
  }
  const Date date{parts[0], parts[1], parts[2]};
  return dugout::sdk::is_real(date) ? date : Date{};
}

// 2025-10-01T12:00:00.000Z
inline std::string iso_time(std::int64_t unix_ms) {
  const auto of_day = ((unix_ms % kDayMs) + kDayMs) % kDayMs;
  char text[48];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d.%03dZ", static_cast<int>(of_day / 3'600'000),
                static_cast<int>(of_day / 60'000 % 60), static_cast<int>(of_day / 1000 % 60),
                static_cast<int>(of_day % 1000));
  return iso_day(dugout::sdk::date_of_unix_ms(unix_ms)) + text;
}

}  // namespace payments
