// How recovery strategies recognise a failure: by the provider's code, by its class, or by words of
// its message. Standard library only. [any]
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::sdk {

struct Patterns {
  std::vector<std::string> codes;    // the provider's own, such as "slow_down"
  std::vector<std::string> classes;  // of the class table, such as "rate_limit"
  std::vector<std::string> texts;    // found anywhere in the message, upper and lower case alike

  // What matched, such as `code slow_down`; empty = nothing did. Codes are looked at first: they
  // are exact, while a text may only quote the words.
  std::string match(std::string_view code, std::string_view cls, std::string_view message) const {
    for (const auto& one : codes) {
      if (one == code) return "code " + one;
    }
    for (const auto& one : classes) {
      if (one == cls) return "class " + one;
    }
    for (const auto& one : texts) {
      if (contains(message, one)) return "text \"" + one + '"';
    }
    return {};
  }

 private:
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  static bool contains(std::string_view text, std::string_view part) {
    return !part.empty() &&
           std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lower(a) == lower(b); }) != text.end();
  }
};

}  // namespace dugout::sdk
