// Small operations on UTF-8 text. All are [any] and linear in the length of their input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dugout::core {

std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string lower(std::string_view text);      // ASCII letters only
std::string upper(std::string_view text);      // ASCII letters only
std::vector<std::string> split(std::string_view text, char separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// At most `limit` bytes, never cutting a character in two.
std::string_view clip(std::string_view text, std::size_t limit);

std::size_t characters(std::string_view text);  // code points of UTF-8 text
bool is_utf8(std::string_view text);
std::string to_utf8(std::string_view bytes);  // invalid bytes become U+FFFD

// How people type, made plain for comparison: full case folding ("ß" is "ss"), accents composed,
// curly quotes straight, runs of white space and control characters to one blank, ends trimmed;
// what is not UTF-8 is left out.
std::string plain(std::string_view text);

// The words of plain(text): maximal runs of letters (with their marks), digits and apostrophes.
std::vector<std::string> words(std::string_view text);

// A copy fit for a log: digits after the second become '*', the bytes of an email's name too.
// For texts whose content is not known; what is marked sensitive is not logged at all.
std::string masked(std::string_view text);

// With so many digits behind the point: fixed(2.5, 2) is "2.50".
std::string fixed(double value, int digits);

}  // namespace dugout::core
