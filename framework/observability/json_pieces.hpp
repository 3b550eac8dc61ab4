// Pieces of JSON put straight behind a text: what is written for every turn and every line is worth
// no tree. [any]
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "dugout/sdk/text.hpp"

namespace dugout::observability {

// In quotes; bytes that are not UTF-8 become U+FFFD.
inline void put_json(std::string& out, std::string_view text) {
  out += '"';
  out += sdk::json_escape(text);
  out += '"';
}

// Without it a literal would be a truth value.
inline void put_json(std::string& out, const char* text) {
  put_json(out, std::string_view(text));
}

inline void put_json(std::string& out, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// The shortest digits that read back as the same; null for what is no number.
inline void put_json(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

inline void put_json(std::string& out, bool value) {
  out += value ? "true" : "false";
}

}  // namespace dugout::observability
