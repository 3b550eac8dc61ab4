// Takes a person's full name out of what a parent typed: any alphabet, apostrophes, hyphens. It
// refuses what is no name, so that "what do you mean" never becomes a player. [any]
#include <utf8proc.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/plain_text.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "name_text.hpp"

namespace {

using dugout::sdk::any_listed;
using dugout::sdk::refused;
using name_text::Capitals;
using name_text::decoded;
using name_text::is_letter;
using name_text::is_mark;
using name_text::is_number;
using nlohmann::json;

constexpr std::size_t kMaxWords = 6;
constexpr std::size_t kMaxPart = 50;  // characters; the record's limit

constexpr std::string_view kDeclaration = R"({
"name": "person_name_validation",
"description": "Checks a person's full name and gives it tidied, also in parts.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["full_name"],
  "properties": {
    "full_name": {"type": "string", "description": "What the user wrote"},
    "extract_parts": {"type": "boolean", "default": false,
                      "description": "Also give first_name and last_name"},
    "tidy": {"type": "boolean", "default": false,
             "description": "Drop words round the name and repair capitals"}}},
"result": {"type": "object", "required": ["value"], "properties": {
    "value": {"type": "string"},
    "first_name": {"type": "string"}, "last_name": {"type": "string"}}},
"timeout_ms": 1000,
"check": {"argument": "full_name"}})";

// One of these shows a sentence. Words that are somebody's name as well must not stand here.
constexpr std::string_view kNeverNames =
    "what|why|when|where|your|don't|dont|can't|cant|won't|not|yes|nope|please|thanks|thank|ignore|"
    "instructions|want|wants|would|could|should|doesn't|doesnt|didn't|because|nothing|nobody|"
    "something|sorry|question|register|registration|idea|anything|name|mean|know|which|there|"
    "maybe|they're|haven't|and|number|routine|away|telling|again|something";
// These are names too (How, You, No, Can), so only two of them show a sentence.
constexpr std::string_view kRarelyNames =
    "you|how|no|go|is|are|am|the|i|in|to|it|me|we|a|an|for|can|will|be|of|this|that|have|has|or";

bool contains(std::string_view words, std::string_view word) {
  return any_listed(words, [&](std::string_view known) { return known == word; });
}

struct Complaint {
  const char* code;
  const char* message;
};

// nullptr = these characters can be a word of a name.
const Complaint* complaint_about(std::string_view word) {
  static constexpr Complaint kDigit{"digit",
                                    "A name has no digits in it. Please write it in letters."};
  static constexpr Complaint kCharacter{
      "bad_character",
      "A name holds only letters, apostrophes and hyphens. Please write it again."};
  bool letter = false;
  char32_t before = U' ';
  for (const char32_t c : decoded(word)) {
    if (is_number(c)) return &kDigit;
    const bool joins = c == U'\'' || c == U'-';
    const bool mark = is_mark(c) && (is_letter(before) || is_mark(before));
    if (!is_letter(c) && !mark && !(joins && before != c)) return &kCharacter;
    letter = letter || is_letter(c);
    before = c;
  }
  return letter ? nullptr : &kCharacter;
}

bool is_sentence(const std::vector<std::string_view>& words) {
  std::size_t rare = 0;
  for (const auto word : words) {
    const auto plain = dugout::sdk::lower(word);
    if (contains(kNeverNames, plain)) return true;
    rare += contains(kRarelyNames, plain) ? 1 : 0;
  }
  return rare >= 2;
}

bool is_initials(std::string_view part) {
  for (const auto word : dugout::sdk::blank_separated(part)) {
    const auto wide = decoded(word);
    const bool cased = std::any_of(wide.begin(), wide.end(), [](char32_t c) {
      const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
      return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL;
    });
    // A single character of a script without capitals is a whole name: 李.
    if (!cased || std::count_if(wide.begin(), wide.end(), is_letter) > 1) return false;
  }
  return true;
}

// Lines of two words and more: each is a name of its own.
std::size_t full_lines(std::string_view raw) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= raw.size();) {
    const auto end = std::min(raw.find('\n', begin), raw.size());
    const auto line = dugout::sdk::tidy(raw.substr(begin, end - begin));
    if (dugout::sdk::blank_separated(line).size() > 1) ++count;
    begin = end + 1;
  }
  return count;
}

class PersonName final : public dugout::sdk::Tool {
 public:
  explicit PersonName(std::string_view /*config*/) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto& raw = given.at("full_name").get_ref<const std::string&>();
    auto name = name_text::composed(dugout::sdk::tidy(raw));
    if (name.size() > 2000)
      return refused("too_long",
                     "That is too long for a name. Please give only the first and the last name.");
    if (full_lines(raw) > 1) {
      return refused("several_names", "I saw more than one name. Which one shall I take?");
    }
    const bool tidy = given.value("tidy", false);
    if (tidy) name = name_text::without_surroundings(name);
    return checked(name, tidy, given.value("extract_parts", false));
  }

 private:
  static std::string checked(const std::string& name, bool tidy, bool parts) {
    const auto words = dugout::sdk::blank_separated(name);
    if (words.empty())
      return refused("empty", "I did not see a name. Please give the first and the last name.");
    if (words.size() > kMaxWords || is_sentence(words)) {
      return refused(
          "not_a_name",
          "That does not look like a name. Please give only the first and the last name.");
    }
    for (const auto word : words) {
      if (const auto* why = complaint_about(word)) return refused(why->code, why->message);
    }
    if (words.size() < 2)
      return refused("one_word", "I need both the first name and the last name.");
    const auto whole = name_text::capitals(name);
    const auto first = tidy ? name_text::capitalised(words[0], whole) : std::string(words[0]);
    std::string last;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (i > 1) last += ' ';
      last += tidy ? name_text::capitalised(words[i], whole) : std::string(words[i]);
    }
    return answered(first, last, parts);
  }

  static std::string answered(const std::string& first, const std::string& last, bool parts) {
    if (is_initials(first) || is_initials(last)) {
      return refused("initials", "Initials are not enough. Please write both names in full.");
    }
    if (dugout::sdk::characters(first) > kMaxPart || dugout::sdk::characters(last) > kMaxPart) {
      return refused("too_long", "A first or last name can have at most 50 characters.");
    }
    json data = {{"value", first + " " + last}};
    if (parts) data.update({{"first_name", first}, {"last_name", last}});
    return dugout::sdk::accepted(data.dump());
  }
};

}  // namespace

DUGOUT_TOOL_PLUGIN(PersonName, "tool.person_name_validation")
