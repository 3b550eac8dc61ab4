#include "orchestrator/answers.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"

namespace dugout::orchestrator {
namespace {

using routines::ChoiceValue;
using routines::Field;

struct Hit {
  std::size_t begin, end;  // in words
  std::string value;
};

// Every place where `phrase` stands in `words`.
void find_phrase(const std::vector<std::string>& words, const std::vector<std::string>& phrase,
                 const std::string& value, std::vector<Hit>& hits) {
  if (phrase.empty() || phrase.size() > words.size()) return;
  for (std::size_t at = 0; at + phrase.size() <= words.size(); ++at) {
    if (std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(at))) {
      hits.push_back({at, at + phrase.size(), value});
    }
  }
}

bool inside(const Hit& inner, const Hit& outer) {
  return outer.begin <= inner.begin && inner.end <= outer.end &&
         outer.end - outer.begin > inner.end - inner.begin;
}

// The values that are left when hits inside longer hits are dropped.
std::set<std::string> values_hit(const std::vector<Hit>& hits) {
  std::set<std::string> left;
  for (const auto& hit : hits) {
    const bool covered =
        std::any_of(hits.begin(), hits.end(), [&](const Hit& other) { return inside(hit, other); });
    if (!covered) left.insert(hit.value);
  }
  return left;
}

Reading one_of(const std::set<std::string>& found) {
  Reading reading;
  if (found.size() == 1) {
    reading.value = *found.begin();
  } else {
    reading.reason = found.empty() ? "not one of the choices" : "more than one choice";
  }
  return reading;
}

// How people say yes and no, beside the words that a field adds.
constexpr std::array kYes{"yes",
                          "y",
                          "yeah",
                          "yep",
                          "yup",
                          "ya",
                          "aye",
                          "yes please",
                          "ok",
                          "okay",
                          "sure",
                          "correct",
                          "right",
                          "true",
                          "that's it",
                          "that's right",
                          "that's correct",
                          "it is",
                          "he does",
                          "she does",
                          "they do",
                          "he did",
                          "she did",
                          "they did",
                          "of course",
                          "definitely",
                          "absolutely",
                          "no problem",
                          "fine",
                          "agreed",
                          "i agree",
                          "i do",
                          "go ahead",
                          "please do",
                          "that's fine",
                          "all good",
                          "looks good",
                          "spot on",
                          "thats it",
                          "thats right",
                          "thats correct"};
constexpr std::array kNo{"no",
                         "n",
                         "nope",
                         "nah",
                         "no thanks",
                         "no thank you",
                         "not really",
                         "absolutely not",
                         "definitely not",
                         "of course not",
                         "never",
                         "not correct",
                         "not right",
                         "incorrect",
                         "wrong",
                         "false",
                         "it isn't",
                         "it's not",
                         "it is not",
                         "he doesn't",
                         "she doesn't",
                         "they don't",
                         "he does not",
                         "she does not",
                         "they do not",
                         "he didn't",
                         "she didn't",
                         "they didn't",
                         "he did not",
                         "she did not",
                         "they did not",
                         "i don't",
                         "i do not",
                         "don't",
                         "do not",
                         "i don't agree",
                         "not fine",
                         "not ok",
                         "not okay",
                         "not sure it is",
                         "that's wrong",
                         "rather not"};

std::vector<ChoiceValue> everyday_yes_no() {
  return {{"Y", {kYes.begin(), kYes.end()}}, {"N", {kNo.begin(), kNo.end()}}};
}

constexpr std::array kUnits{"zero",    "one",     "two",       "three",    "four",
                            "five",    "six",     "seven",     "eight",    "nine",
                            "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                            "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array kOrdinals{"zeroth",    "first",     "second",      "third",      "fourth",
                               "fifth",     "sixth",     "seventh",     "eighth",     "ninth",
                               "tenth",     "eleventh",  "twelfth",     "thirteenth", "fourteenth",
                               "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};
constexpr std::array kTens{"twenty", "thirty",  "forty",  "fifty",
                           "sixty",  "seventy", "eighty", "ninety"};
constexpr std::array kTenths{"twentieth", "thirtieth",  "fortieth",  "fiftieth",
                             "sixtieth",  "seventieth", "eightieth", "ninetieth"};

template <typename List>
std::optional<int> place_in(const List& list, const std::string& word) {
  const auto found = std::find(list.begin(), list.end(), word);
  if (found == list.end()) return std::nullopt;
  return static_cast<int>(found - list.begin());
}

std::optional<int> small_number(const std::string& word) {
  if (const auto unit = place_in(kUnits, word)) return unit;
  return place_in(kOrdinals, word);
}

// "15", "15th", "1st"; at most nine digits, so that nothing overflows.
std::optional<long long> digits_of(std::string word) {
  for (const auto* ending : {"st", "nd", "rd", "th"}) {
    if (word.size() > 2 && word.compare(word.size() - 2, 2, ending) == 0) {
      word.resize(word.size() - 2);
      break;
    }
  }
  if (word.empty() || word.size() > 9) return std::nullopt;
  long long number = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// All numbers said in the text, in digits or in words.
std::set<long long> numbers_in(const std::vector<std::string>& words) {
  std::set<long long> found;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (const auto number = digits_of(words[at])) {
      found.insert(*number);
    } else if (const auto tens = place_in(kTens, words[at])) {
      auto number_word = 20 + 10LL * *tens;
      if (at + 1 < words.size()) {
        if (const auto unit = small_number(words[at + 1]); unit && *unit > 0 && *unit < 10) {
          number_word += *unit;
          ++at;
        }
      }
      found.insert(number_word);
    } else if (const auto tenth = place_in(kTenths, words[at])) {
      found.insert(20 + 10LL * *tenth);
    } else if (const auto small = small_number(words[at])) {
      found.insert(*small);
    }
  }
  return found;
}

// A minus sign that belongs to a number: "-5", but not "20-5".
bool has_negative(std::string_view text) {
  static const re2::RE2 pattern(R"((?:^|[^0-9A-Za-z])-\s?[0-9])");
  return RE2::PartialMatch(core::plain(text), pattern);
}

// "none", "no club": the whole answer, or the first words of a short one ("none, first time").
bool says_none(std::string_view text, const std::vector<std::string>& none) {
  constexpr std::size_t kShort = 4;
  const auto said = core::words(text);
  return std::any_of(none.begin(), none.end(), [&](const std::string& phrase) {
    const auto words = core::words(phrase);
    return !words.empty() && words.size() <= said.size() &&
           (words.size() == said.size() || said.size() <= kShort) &&
           std::equal(words.begin(), words.end(), said.begin());
  });
}

}  // namespace

Reading read_choice(std::string_view text, const std::vector<ChoiceValue>& values) {
  const auto words = core::words(text);
  std::vector<Hit> hits;
  for (const auto& value : values) {
    find_phrase(words, core::words(value.value), value.value, hits);
    for (const auto& variant : value.variants) {
      find_phrase(words, core::words(variant), value.value, hits);
    }
  }
  return one_of(values_hit(hits));
}

Reading read_yes_no(std::string_view text, const std::vector<ChoiceValue>& own) {
  auto values = everyday_yes_no();
  for (const auto& extra : own) {
    for (auto& value : values) {
      if (value.value == extra.value) {
        value.variants.insert(value.variants.end(), extra.variants.begin(), extra.variants.end());
      }
    }
  }
  return read_choice(text, values);
}

Reading read_integer(std::string_view text, const Field& field) {
  if (!field.values.empty()) {
    auto worded = read_choice(text, field.values);
    if (worded.value) return worded;
  }
  // A value the field has words for (-1, the last day) may also be given as the number itself.
  const auto trimmed = std::string(core::trim(text));
  for (const auto& value : field.values) {
    if (value.value == trimmed) return {trimmed, "", false};
  }
  const auto numbers = numbers_in(core::words(text));
  if (numbers.size() != 1) {
    return {std::nullopt, numbers.empty() ? "no number in it" : "more than one number", false};
  }
  const auto number = *numbers.begin();
  if (has_negative(text) || (field.min && number < *field.min) ||
      (field.max && number > *field.max)) {
    return {std::nullopt, "out of range", false};
  }
  return {std::to_string(number), "", false};
}

Reading read_text(std::string_view text, const Field& field) {
  if (says_none(text, field.none)) return {std::nullopt, "", true};
  // plain() folds case, so tidy by hand: control characters and runs of blanks become one blank.
  std::string tidy;
  for (const char c : core::to_utf8(text)) {
    const bool blank = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (blank && (tidy.empty() || tidy.back() == ' ')) continue;
    tidy += blank ? ' ' : c;
  }
  tidy = std::string(core::trim(tidy));
  if (tidy.size() < field.min_length) return {std::nullopt, "too short", false};
  if (tidy.size() > field.max_length) return {std::nullopt, "too long", false};
  if (!field.pattern.empty() && !RE2::PartialMatch(tidy, field.pattern)) {
    return {std::nullopt, "not in the expected form", false};
  }
  if (field.letter_case == Field::Case::kUpper) tidy = core::upper(tidy);
  if (field.letter_case == Field::Case::kLower) tidy = core::lower(tidy);
  return {tidy, "", false};
}

}  // namespace dugout::orchestrator
