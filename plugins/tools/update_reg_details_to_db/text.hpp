// Texts of a registration: normal forms and shapes. Pure functions, linear in the text. [any]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace registration {

// White space and control characters to single blanks, ends trimmed, curly quotes straight.
std::string tidy(std::string_view typed);
std::size_t length(std::string_view text);  // code points
std::string lower(std::string_view text);   // ASCII letters

// "Ben  O’NEILL" -> "ben o'neill", for comparison: full Unicode case folding.
std::string folded(std::string_view name);

// Each gives the normal form, or an empty text when it is not one.
std::string mobile_of(std::string_view typed);  // "07700900123"
std::string email_of(std::string_view typed);   // small letters
std::string pounds_of(std::string_view typed);  // "27.50"

struct Date {
  int day = 0, month = 0, year = 0;
  bool real() const { return day != 0; }
  bool after(const Date& other) const;
};

Date date_of(std::string_view typed);  // DD-MM-YYYY; not real() when it is in no calendar
Date date_of_ms(std::int64_t unix_ms);

}  // namespace registration
