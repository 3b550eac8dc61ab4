// Names as people type them: characters of any script, words round the name, capitals. All
// functions are [any]; texts are UTF-8 as dugout::sdk::tidy leaves them.
#pragma once

#include <string>
#include <string_view>

namespace name_text {

bool is_letter(char32_t c);
bool is_mark(char32_t c);    // combining: an accent of its own, a vowel sign
bool is_number(char32_t c);  // in any script

std::u32string decoded(std::string_view text);

// "é" as one character, whatever the keyboard sent; back-quotes straight, variation selectors and
// the like dropped.
std::string composed(std::string text);

// Without "hi, my name is" before and "thanks" behind, and without punctuation at the ends.
std::string without_surroundings(std::string_view text);

enum class Capitals { kNone, kSome, kAll };
Capitals capitals(std::string_view text);

// "o'neill" and "ANN-MARIE" are repaired. "McDonald" is left as its owner wrote it; so are "JJ" and
// "de", unless the whole name is written in one case.
std::string capitalised(std::string_view word, Capitals whole_name);

}  // namespace name_text
