// What the validators of this folder share: answer and context come in as JSON, an opinion goes out
// as a verdict, and words are looked for as people read them. Header-only; no plugin itself. [any]
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/validator.hpp"

namespace judged {

using nlohmann::json;
using Words = std::vector<std::string>;

struct Opinion {
  double confidence = 0.0;
  json details = json::object();  // figures and categories, never the answer's text
  std::string cls, message;       // what to tell the model; empty = nothing is wrong
};

// Depth is what a parser spends its time on; no answer of a model needs as much.
inline bool too_deep(std::string_view text) {
  constexpr int kDeepest = 64;
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[') && ++depth > kDeepest) {
      return true;
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

// Discarded when it is no JSON, or none that is worth reading.
inline json parse(std::string_view text) {
  if (too_deep(text)) return json(json::value_t::discarded);
  return json::parse(text, nullptr, false);
}

class Validator : public dugout::sdk::Validator {
 public:
  dugout::Outcome<std::string> validate(std::string_view answer,
                                        std::string_view context) const final {
    try {
      const auto given = parse(answer), around = parse(context);
      if (!given.is_object() || !around.is_object()) return shapeless();
      auto opinion = judge(given, around);
      if (!opinion) return opinion.error();
      json verdict{{"confidence", opinion->confidence}, {"details", std::move(opinion->details)}};
      if (!opinion->message.empty())
        verdict["problem"] = {{"class", opinion->cls}, {"message", opinion->message}};
      return verdict.dump(-1, ' ', false, json::error_handler_t::replace);
    } catch (const json::exception&) {
      return shapeless();
    }
  }

 protected:
  static json read(std::string_view config) { return json::parse(config.empty() ? "{}" : config); }

  static dugout::Error no_opinion(std::string why) {
    return dugout::Error{dugout::Code::kNotApplicable, std::move(why)};
  }

  // kNotApplicable: no opinion. May throw json::exception on members of the wrong type.
  virtual dugout::Outcome<Opinion> judge(const json& answer, const json& context) const = 0;

 private:
  static dugout::Error shapeless() {
    return {dugout::Code::kInvalid, "answer and context must be the JSON objects of abi.h"};
  }
};

inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline bool digit(char c) {
  return c >= '0' && c <= '9';
}

// Letters of other scripts are bytes above 127.
inline bool part_of_a_word(char c) {
  return digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) > 127;
}

// Small letters, no Markdown marks, single spaces; line ends stay.
inline std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '*' || c == '_' || c == '`') continue;
    const bool space = c == ' ' || c == '\t' || c == '\r';
    if (!space) {
      out += lower(c);
    } else if (!out.empty() && out.back() != ' ' && out.back() != '\n') {
      out += ' ';
    }
  }
  return out;
}

// Is it there as a whole word (or words)? Both in small letters.
inline bool has_word(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !part_of_a_word(text[at - 1])) &&
        (end == text.size() || !part_of_a_word(text[end]))) {
      return true;
    }
  }
  return false;
}

inline bool has_any(std::string_view text, const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return has_word(text, word); });
}

inline Words lowered(Words words) {
  for (auto& word : words) std::transform(word.begin(), word.end(), word.begin(), lower);
  return words;
}

}  // namespace judged
