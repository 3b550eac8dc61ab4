// What people type in a chat, made plain enough to be checked: for plugins that read a user's raw
// text. Every function is [any], linear in its input, and takes any bytes. Standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::sdk {

constexpr char32_t kReplacement = 0xFFFD;

// Takes the first character off `rest`; bytes that are no UTF-8 give kReplacement, one at a time.
// REQUIRES: !rest.empty().
inline char32_t take_character(std::string_view& rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xC2 ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  char32_t value = size < 2 ? first : first & (0xFFu >> (size + 1));
  bool good = size > 0 && rest.size() >= size;
  for (std::size_t i = 1; good && i < size; ++i) {
    const auto next = static_cast<unsigned char>(rest[i]);
    good = (next & 0xC0) == 0x80;
    value = (value << 6) | (next & 0x3F);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (!good || overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    rest.remove_prefix(1);
    return kReplacement;
  }
  rest.remove_prefix(size);
  return value;
}

inline void append_character(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// White space of any script, and control characters: what tidy() turns into a blank.
inline bool is_blank(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Characters that cannot be seen: zero-width ones, direction marks, byte order mark.
inline bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

// Phones write curly quotes and long hyphens by themselves; nobody means them.
inline char32_t straight(char32_t c) {
  if ((c >= 0x2018 && c <= 0x201B) || c == 0x2039 || c == 0x203A || c == 0x02BC || c == 0xB4) {
    return U'\'';
  }
  if ((c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB) return U'"';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return U'-';
  return c;
}

// Blanks collapsed to one and none at the ends, invisible characters dropped, quotes and hyphens
// straight, invalid UTF-8 replaced by U+FFFD.
inline std::string tidy(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  bool gap = false;
  while (!raw.empty()) {
    const char32_t c = take_character(raw);
    if (is_invisible(c)) continue;
    if (is_blank(c)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    append_character(out, straight(c));
  }
  return out;
}

// ASCII letters only.
inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The number of characters (code points).
inline std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) take_character(text);
  return count;
}

// At most `limit` characters, none cut in two.
inline std::string_view first_characters(std::string_view text, std::size_t limit) {
  std::string_view rest = text;
  for (std::size_t i = 0; i < limit && !rest.empty(); ++i) take_character(rest);
  return text.substr(0, text.size() - rest.size());
}

// The pieces between single blanks, as tidy() leaves them.
inline std::vector<std::string_view> blank_separated(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = text.find(' ');
    if (end != 0) out.push_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

// " hes not ill " from "He's NOT ill!": lower case, one blank between words and at both ends,
// everything that is neither a letter, a digit nor beyond ASCII gone. Apostrophes join their word.
// With it, find(" not ") asks for a whole word.
inline std::string padded_words(std::string_view raw) {
  std::string out(" ");
  for (const char c : lower(tidy(raw))) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80;
    if (kept) {
      out += c;
    } else if (c != '\'' && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

// A list of words or phrases written as one text, "a|b|c": calls `test` for each until one holds.
template <typename Test>
bool any_listed(std::string_view list, Test test) {
  while (true) {
    const auto end = list.find('|');
    if (test(list.substr(0, end))) return true;
    if (end == list.npos) return false;
    list.remove_prefix(end + 1);
  }
}

}  // namespace dugout::sdk
