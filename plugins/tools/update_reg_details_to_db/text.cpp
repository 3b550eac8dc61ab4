#include "text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <tuple>

#include "dugout/sdk/dates.hpp"

namespace registration {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

int number_of(std::string_view digits) {
  int out = 0;
  for (const char c : digits) out = out * 10 + (c - '0');
  return out;
}

// Letters, digits and hyphens; bytes above 0x7f belong to international names.
bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
    return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' ||
           static_cast<unsigned char>(c) > 0x7f;
  });
}

bool is_domain(std::string_view domain) {
  int labels = 0;
  for (std::size_t from = 0; from <= domain.size(); ++labels) {
    const auto dot = std::min(domain.find('.', from), domain.size());
    const auto label = domain.substr(from, dot - from);
    if (!is_label(label)) return false;
    if (dot == domain.size() && (label.size() < 2 || all_digits(label))) return false;
    from = dot + 1;
  }
  return labels >= 2;
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.')
    return false;
  if (local.find("..") != local.npos) return false;
  return local.find_first_of(" \"(),:;<>[\\]") == local.npos;
}

}  // namespace

std::string tidy(std::string_view typed) {
  std::string out;
  bool gap = false;
  for (std::size_t at = 0; at < typed.size(); ++at) {
    const auto byte = static_cast<unsigned char>(typed[at]);
    const auto three = typed.substr(at, 3);
    const bool no_break = typed.substr(at, 2) == "\xC2\xA0";
    if (byte <= 0x20 || byte == 0x7f || no_break) {
      gap = true;
      at += no_break ? 1 : 0;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    const bool quote = three == "\xE2\x80\x98" || three == "\xE2\x80\x99" ||
                       three == "\xE2\x80\x9A" || three == "\xE2\x80\x9B" ||
                       three == "\xE2\x80\xB9" || three == "\xE2\x80\xBA";
    out += quote ? '\'' : typed[at];
    at += quote ? 2 : 0;
  }
  return out;
}

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = is_upper(c) ? static_cast<char>(c + 32) : c;
  return out;
}

std::string folded(std::string_view name) {
  const auto plain = tidy(name);
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_COMPOSE | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPCC);
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(plain.data()),
                                 static_cast<utf8proc_ssize_t>(plain.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) return plain;
  return tidy({reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)});
}

std::string mobile_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ' && c != '-' && c != '(' && c != ')') digits += c;
  }
  if (digits.starts_with("+44")) digits.replace(0, digits.starts_with("+440") ? 4 : 3, "0");
  const bool mobile = digits.size() == 11 && digits.starts_with("07") && all_digits(digits);
  return mobile ? digits : std::string{};
}

std::string email_of(std::string_view typed) {
  const auto email = lower(typed);
  const auto at = email.find('@');
  if (email.size() > 254 || at == email.npos || email.find('@', at + 1) != email.npos) return {};
  const std::string_view view = email;
  return is_local_part(view.substr(0, at)) && is_domain(view.substr(at + 1)) ? email
                                                                             : std::string{};
}

std::string pounds_of(std::string_view typed) {
  const auto dot = std::min(typed.find('.'), typed.size());
  const auto whole = typed.substr(0, dot);
  auto pence = std::string(dot < typed.size() ? typed.substr(dot + 1) : "00");
  if (pence.size() == 1) pence += '0';
  if (whole.empty() || whole.size() > 4 || pence.size() != 2) return {};
  if (!all_digits(whole) || !all_digits(pence)) return {};
  return std::to_string(number_of(whole)) + "." + pence;
}

bool Date::after(const Date& other) const {
  return std::tie(year, month, day) > std::tie(other.year, other.month, other.day);
}

Date date_of(std::string_view typed) {
  if (typed.size() != 10 || typed[2] != '-' || typed[5] != '-') return {};
  const auto day = typed.substr(0, 2), month = typed.substr(3, 2), year = typed.substr(6, 4);
  if (!all_digits(day) || !all_digits(month) || !all_digits(year)) return {};
  const Date date{number_of(day), number_of(month), number_of(year)};
  if (date.month < 1 || date.month > 12 || date.day < 1) return {};
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int days = date.month == 2 && leap ? 29 : kDays[date.month - 1];
  return date.day <= days ? date : Date{};
}

Date date_of_ms(std::int64_t unix_ms) {
  const auto date = dugout::sdk::date_of_unix_ms(unix_ms);
  return {date.day, date.month, date.year};
}

}  // namespace registration
