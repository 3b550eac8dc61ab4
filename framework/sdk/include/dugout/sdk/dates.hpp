// Calendar dates and how people write them, for plugins that take one from a user's text.
// Every function is [any] and linear in its input. Standard library only.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::sdk {

struct Date {
  int year = 0, month = 0, day = 0;

  friend bool operator==(const Date& a, const Date& b) {
    return a.year == b.year && a.month == b.month && a.day == b.day;
  }
  friend bool operator<(const Date& a, const Date& b) {
    if (a.year != b.year) return a.year < b.year;
    return a.month != b.month ? a.month < b.month : a.day < b.day;
  }
};

inline bool is_real(const Date& date) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  return date.day <= kDays[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
}

// The day in UTC. Howard Hinnant's civil_from_days.
inline Date date_of_unix_ms(std::int64_t unix_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::int64_t days = unix_ms / kDayMs - (unix_ms % kDayMs < 0 ? 1 : 0) + 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto of_era = static_cast<int>(days - era * 146'097);
  const int year_of_era = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted = (5 * of_year + 2) / 153;
  const int month = shifted < 10 ? shifted + 3 : shifted - 9;
  const int year = year_of_era + static_cast<int>(era * 400) + (month <= 2 ? 1 : 0);
  return {year, month, of_year - (153 * shifted + 2) / 5 + 1};
}

// Days from 1970-01-01 to this one. REQUIRES: a real date. Howard Hinnant's days_from_civil.
inline std::int64_t days_since_1970(const Date& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year =
      (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

// Whole years; negative before birth.
inline int age_on(const Date& birth, const Date& today) {
  const bool had_birthday = !(Date{0, today.month, today.day} < Date{0, birth.month, birth.day});
  return today.year - birth.year - (had_birthday ? 0 : 1);
}

// DD-MM-YYYY, as records keep it.
inline std::string day_first(const Date& date) {
  char text[48];
  std::snprintf(text, sizeof text, "%02d-%02d-%04d", date.day, date.month, date.year);
  return text;
}

// YYYY-MM-DD
inline std::string iso_day(const Date& date) {
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
  return text;
}

// 2025-10-01T12:00:00Z
inline std::string iso_time(std::int64_t unix_ms) {
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t seconds = unix_ms / 1000 - (unix_ms % 1000 < 0 ? 1 : 0);
  const auto of_day = static_cast<int>(((seconds % kDay) + kDay) % kDay);
  char text[48];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", of_day / 3600, of_day / 60 % 60,
                of_day % 60);
  return iso_day(date_of_unix_ms(unix_ms)) + text;
}

struct FoundDate {
  enum class Kind { kNone, kUnreal, kSeveral, kOne };  // kUnreal: such as 31/02/1985
  Kind kind = Kind::kNone;
  Date date{};  // of kOne
};

namespace detail {

struct DateToken {
  enum class Kind { kNumber, kMonth, kOther } kind;
  int value = 0;  // of a number or a month; of a number over eight digits -1
  int digits = 0;
  std::size_t begin = 0, end = 0;
};

inline char date_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
// Beyond ASCII counts as a letter: "Mai" with an accent is no month, but it is a word.
inline bool is_letter(char c) {
  return (date_letter(c) >= 'a' && date_letter(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// Month names by their first three letters, so "Febuary" is understood as well.
inline int month_of(std::string_view word) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() < 3 || word.size() > 10) return 0;
  std::string start;
  for (const char c : word.substr(0, 3)) start += date_letter(c);
  for (std::size_t i = 0; i < kMonths.size(); i += 3) {
    if (kMonths.substr(i, 3) == start) return static_cast<int>(i / 3) + 1;
  }
  return 0;
}

// Words that stand inside a date and say nothing: "the 14th day of May in 2017".
inline bool is_filler(std::string_view word) {
  std::string plain;
  for (const char c : word.substr(0, 8)) plain += date_letter(c);
  for (const std::string_view known : {"of", "the", "in", "day", "year", "month"}) {
    if (plain == known) return true;
  }
  return false;
}

inline bool is_ordinal(std::string_view word) {
  std::string plain;
  for (const char c : word.substr(0, 3)) plain += date_letter(c);
  return plain == "st" || plain == "nd" || plain == "rd" || plain == "th";
}

inline std::vector<DateToken> date_tokens(std::string_view text) {
  std::vector<DateToken> out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    if (is_digit(text[i])) {
      int value = 0;
      for (; i < text.size() && is_digit(text[i]); ++i) {
        value = value < 0 || i - begin >= 8 ? -1 : value * 10 + (text[i] - '0');
      }
      out.push_back({DateToken::Kind::kNumber, value, static_cast<int>(i - begin), begin, i});
    } else if (is_letter(text[i])) {
      while (i < text.size() && is_letter(text[i])) ++i;
      const auto word = text.substr(begin, i - begin);
      const bool after_number = !out.empty() && out.back().kind == DateToken::Kind::kNumber;
      if (is_filler(word) || (after_number && is_ordinal(word))) continue;
      const int month = month_of(word);
      out.push_back(
          {month > 0 ? DateToken::Kind::kMonth : DateToken::Kind::kOther, month, 0, begin, i});
    } else {
      ++i;
    }
  }
  return out;
}

// A year of four digits as it is; one of two: the latest such year that is not after `newest`.
inline int full_year(const DateToken& token, int newest) {
  if (token.digits == 4) return token.value;
  if (token.digits != 2) return 0;
  const int century = newest - newest % 100;
  return century + token.value <= newest ? century + token.value : century - 100 + token.value;
}

// Day, month and year out of three tokens; false when they have not the shape of a date at all.
inline bool read_triple(const DateToken& a, const DateToken& b, const DateToken& c, int newest,
                        Date* out) {
  using Kind = DateToken::Kind;
  if (c.kind != Kind::kNumber) return false;
  const bool numbers = a.kind == Kind::kNumber && b.kind == Kind::kNumber;
  const bool named = a.kind == Kind::kNumber && b.kind == Kind::kMonth;
  if (numbers || named) {
    if (b.digits > 2) return false;
    if (a.digits == 4 && c.digits <= 2) {
      *out = {a.value, b.value, c.value};
      return true;
    }
    if (a.digits > 2) return false;
    *out = {full_year(c, newest), b.value, a.value};
    // Day first wins; month first only where day first cannot be.
    if (numbers && b.value > 12 && a.value <= 12) *out = {out->year, a.value, b.value};
    return out->year > 0;
  }
  if (a.kind != Kind::kMonth || b.kind != Kind::kNumber || b.digits > 2) return false;
  *out = {full_year(c, newest), a.value, b.value};
  return out->year > 0;
}

// 14052017 or 20170514.
inline bool read_block(const DateToken& token, Date* out) {
  if (token.kind != DateToken::Kind::kNumber || token.digits != 8) return false;
  const int v = token.value;
  const Date ddmmyyyy{v % 10'000, v / 10'000 % 100, v / 1'000'000};
  const Date yyyymmdd{v / 10'000, v / 100 % 100, v % 100};
  const bool iso = !(is_real(ddmmyyyy) && ddmmyyyy.year >= 1900) && is_real(yyyymmdd);
  *out = iso ? yyyymmdd : ddmmyyyy;
  return true;
}

// 1.2.3.2015 holds no date: more numbers hang on.
inline bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const auto joins = [](char c) { return c == '-' || c == '/' || c == '.'; };
  if (begin >= 2 && joins(text[begin - 1]) && is_digit(text[begin - 2])) return false;
  return !(end + 1 < text.size() && joins(text[end]) && is_digit(text[end + 1]));
}

}  // namespace detail

// Finds the one date in a text: 14-05-2017, 14/5/17, 14.05.2017, 2017-05-14, 14052017,
// "14th May 2017", "May 14 2017", "born on 1st of 03, 2015". Day first wins; month first only where
// day first cannot be. Two-digit years are read as the latest that is not after `newest_year`.
// The same date twice is one date.
inline FoundDate find_date(std::string_view text, int newest_year) {
  const auto tokens = detail::date_tokens(text);
  FoundDate found;
  for (std::size_t i = 0; i < tokens.size();) {
    Date date;
    std::size_t used = 0;
    if (i + 2 < tokens.size() &&
        detail::read_triple(tokens[i], tokens[i + 1], tokens[i + 2], newest_year, &date)) {
      used = 3;
    } else if (detail::read_block(tokens[i], &date)) {
      used = 1;
    }
    if (used == 0 || !detail::stands_alone(text, tokens[i].begin, tokens[i + used - 1].end)) {
      ++i;
      continue;
    }
    i += used;
    if (!is_real(date)) {
      if (found.kind == FoundDate::Kind::kNone) found.kind = FoundDate::Kind::kUnreal;
    } else if (found.kind == FoundDate::Kind::kOne && !(found.date == date)) {
      return {FoundDate::Kind::kSeveral, {}};
    } else {
      found = {FoundDate::Kind::kOne, date};
    }
  }
  return found;
}

}  // namespace dugout::sdk
