// Takes a UK address typed by hand apart. Pure functions, linear in the text. [any]
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace uk_address {

struct Address {
  std::string text;  // tidied: one blank between words, ", " between parts, postcode in full form
  std::string line_1, town, city, post_code;
  bool has_number_or_name = false;
  bool has_street = false;
};

// What cannot be found is empty or false; nothing is invented.
Address parse(std::string_view typed);

// Code points of a UTF-8 text.
std::size_t length(std::string_view text);

}  // namespace uk_address
