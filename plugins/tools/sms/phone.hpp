// Mobile numbers and names as an SMS needs them. Header-only; no plugin itself. [any]
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace sms {

// "+447" and nine digits; empty for anything that is no UK mobile.
inline std::string mobile_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ' && c != '-' && c != '(' && c != ')') digits += c;
  }
  std::string_view rest = digits;
  for (const std::string_view prefix : {"+440", "+44", "44", "0"}) {
    // "0" and "44" count only before the 7 of a mobile: 0044... is refused.
    const bool needs_seven = prefix[0] != '+';
    if (!rest.starts_with(prefix) || (needs_seven && !rest.substr(prefix.size()).starts_with('7')))
      continue;
    rest.remove_prefix(prefix.size());
    break;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (rest.size() != 10 || rest[0] != '7' || !std::all_of(rest.begin(), rest.end(), is_digit))
    return {};
  return "+44" + std::string(rest);
}

// Names come from people: an SMS is one paragraph.
inline std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

// It becomes a part of a link, so nothing but letters and digits.
inline bool is_token(std::string_view text) {
  return text.size() >= 10 && text.size() <= 50 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

}  // namespace sms
