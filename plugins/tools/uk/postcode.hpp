// The shape of a UK postcode, for the tools that take one apart: 1-2 letters, 1-2 digits, perhaps a
// letter; then a digit and 2 letters. Header-only; no plugin itself. [any]
#pragma once

#include <string>
#include <string_view>

namespace uk {

// "m417qt" -> "M41 7QT"; empty when it has not the shape.
inline std::string postcode_of(std::string_view typed) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::string packed;
  for (const char c : typed) {
    if (c != ' ') packed += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (packed.size() < 5 || packed.size() > 7) return {};
  const auto inward = packed.size() - 3;
  if (!is_digit(packed[inward]) || !is_letter(packed[inward + 1]) ||
      !is_letter(packed[inward + 2])) {
    return {};
  }
  std::size_t at = 0;
  while (at < 2 && is_letter(packed[at])) ++at;
  const auto letters = at;
  while (at < inward && at < letters + 2 && is_digit(packed[at])) ++at;
  if (letters == 0 || at == letters) return {};
  if (at < inward && is_letter(packed[at])) ++at;
  if (at != inward) return {};
  return packed.substr(0, inward) + " " + packed.substr(inward);
}

}  // namespace uk
