// Takes a UK postcode out of what a user typed and writes it with one blank before the last three
// characters. Only the shape is checked, not whether Royal Mail delivers there. [any]
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/plain_text.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"

namespace {

using dugout::sdk::refused;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
"name": "postcode_validation",
"description": "Finds the UK postcode in a text, checks its shape and gives it as M41 7QT.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["postcode"],
  "properties": {"postcode": {"type": "string", "description": "What the user wrote"}}},
"result": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}}},
"timeout_ms": 1000,
"check": {"argument": "postcode"}})";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

// The first half: 1-2 letters, 1-2 digits, perhaps a letter.
bool is_outward(std::string_view text) {
  std::size_t i = 0, letters = 0, digits = 0;
  for (; i < text.size() && letters < 2 && is_capital(text[i]); ++i) ++letters;
  for (; i < text.size() && digits < 2 && is_digit(text[i]); ++i) ++digits;
  if (letters == 0 || digits == 0) return false;
  if (i < text.size() && is_capital(text[i])) ++i;
  return i == text.size();
}

bool is_postcode(std::string_view text) {
  if (text.size() < 5 || text.size() > 7) return false;
  const auto inward = text.substr(text.size() - 3);
  return is_digit(inward[0]) && is_capital(inward[1]) && is_capital(inward[2]) &&
         is_outward(text.substr(0, text.size() - 3));
}

// Pieces between blanks without the punctuation of a sentence. A hyphen or a tab inside a postcode
// is no blank: it may as well be two halves of a table.
std::vector<std::string> pieces(std::string_view segment) {
  constexpr std::string_view kAtEnds = ".,;:!?'\"()";
  std::vector<std::string> out;
  for (auto piece : dugout::sdk::blank_separated(segment)) {
    while (!piece.empty() && kAtEnds.find(piece.back()) != kAtEnds.npos) piece.remove_suffix(1);
    while (!piece.empty() && kAtEnds.find(piece.front()) != kAtEnds.npos) piece.remove_prefix(1);
    if (!piece.empty()) out.emplace_back(piece);
  }
  return out;
}

struct Findings {
  std::set<std::string> postcodes;
  bool outward = false;  // a first half alone
};

void search(std::string_view segment, Findings* found) {
  const auto words = pieces(segment);
  const bool whole = std::any_of(words.begin(), words.end(), is_postcode);
  std::string joined;
  for (std::size_t i = 0; i < words.size() && joined.size() <= 7; ++i) joined += words[i];
  if (!whole && is_postcode(joined)) {
    found->postcodes.insert(joined);
    return;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    found->outward = found->outward || is_outward(words[i]);
    if (is_postcode(words[i])) {
      found->postcodes.insert(words[i]);
    } else if (i + 1 < words.size() && !is_postcode(words[i + 1]) &&
               is_postcode(words[i] + words[i + 1])) {
      found->postcodes.insert(words[i] + words[i + 1]);
      ++i;
    }
  }
}

class Postcode final : public dugout::sdk::Tool {
 public:
  explicit Postcode(std::string_view /*config*/) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto found = searched(given.at("postcode").get_ref<const std::string&>());
    if (found.postcodes.size() > 1) {
      return refused("several_postcodes", "I saw more than one postcode. Which one is it?");
    }
    if (found.postcodes.empty() && found.outward) {
      return refused("incomplete",
                     "That is only part of a postcode. The whole looks like M41 7QT.");
    }
    if (found.postcodes.empty()) {
      return refused("not_a_postcode", "That is not a UK postcode. It looks like M41 7QT.");
    }
    auto postcode = *found.postcodes.begin();
    postcode.insert(postcode.size() - 3, 1, ' ');
    return dugout::sdk::accepted(json{{"value", postcode}}.dump());
  }

 private:
  static Findings searched(std::string_view raw) {
    Findings found;
    for (std::size_t begin = 0; begin <= raw.size();) {
      const auto end = std::min(raw.find_first_of("\t\r\n\v\f", begin), raw.size());
      auto segment = dugout::sdk::tidy(raw.substr(begin, end - begin));
      std::transform(segment.begin(), segment.end(), segment.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      search(segment, &found);
      begin = end + 1;
    }
    return found;
  }
};

}  // namespace

DUGOUT_TOOL_PLUGIN(Postcode, "tool.postcode_validation")
