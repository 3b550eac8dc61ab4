#include "orchestrator/grounding.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "core/text.hpp"
#include "core/untrusted.hpp"

namespace dugout::orchestrator {
namespace {

constexpr std::size_t kPhoneDigits = 9;  // without the 0 or +44 that people may leave out

bool ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

bool letter_or_digit(char c) {
  return ascii_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// The letters and digits of a text, in lower case, and nothing between them.
std::string compact(std::string_view text, bool (*kept)(char)) {
  const auto plain = core::lower(core::as_seen(text));
  std::string out;
  std::copy_if(plain.begin(), plain.end(), std::back_inserter(out), kept);
  return out;
}

// `said` of one message, or of two that follow each other: "07700" and then "900123".
template <typename Said>
bool in_any(const std::vector<std::string>& messages, Said said) {
  for (std::size_t at = 0; at < messages.size(); ++at) {
    if (said(messages[at])) return true;
    if (at > 0 && said(messages[at - 1] + " " + messages[at])) return true;
  }
  return false;
}

bool in_one(const std::vector<std::string>& messages, const std::string& wanted,
            bool (*kept)(char)) {
  return in_any(messages, [&](const std::string& message) {
    return compact(message, kept).find(wanted) != std::string::npos;
  });
}

bool is_phone(std::string_view value) {
  return value.find_first_not_of("0123456789+ ()-") == value.npos &&
         compact(value, ascii_digit).size() > kPhoneDigits;
}

bool is_postcode(std::string_view value) {
  static const re2::RE2 form(R"([A-Z]{1,2}[0-9][0-9A-Z]?\s?[0-9][A-Z]{2})");
  return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), form);
}

bool is_email(std::string_view value) {
  static const re2::RE2 form(R"([^\s@]+@[^\s@]+\.[^\s@]+)");
  return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), form);
}

constexpr std::string_view kSpokenSigns = " at dot underscore dash hyphen minus plus ";
constexpr std::string_view kSpokenJoints = " dot underscore hyphen ";  // hardly said otherwise

bool is_one_of(std::string_view words, std::string_view word) {
  return words.find(" " + std::string(word) + " ") != words.npos;
}

// The words of a message run together, and where an address may begin or end in them: beside a
// word that no sign ties to the next.
struct Run {
  std::string text;
  std::vector<bool> begins, ends;  // by position in `text`; the latter one behind

  void add(std::string_view word, bool joined) {
    begins.resize(text.size() + 1);
    ends.resize(text.size() + 1);
    begins[text.size()] = !joined;
    ends[text.size()] = !joined;
    text += word;
  }
  void close() {
    begins.resize(text.size() + 1);
    ends.resize(text.size() + 1);
    ends[text.size()] = true;
  }
  bool holds(const std::string& wanted) const {
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) {
      if (begins[at] && ends[at + wanted.size()]) return true;
    }
    return false;
  }
};

// `spoken`: signs said as words are signs.
Run run_of(std::string_view seen, bool spoken) {
  constexpr std::string_view kSigns = "._%+-@";
  Run out;
  bool joint = false;
  std::size_t before = 0;  // the end of the last word
  for (std::size_t at = 0; at < seen.size();) {
    if (!letter_or_digit(seen[at])) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < seen.size() && letter_or_digit(seen[at])) ++at;
    const auto word = seen.substr(begin, at - begin), between = seen.substr(before, begin - before);
    before = at;
    if (spoken && is_one_of(kSpokenSigns, word)) {
      joint = joint || is_one_of(kSpokenJoints, word);
      continue;
    }
    const bool tied = between.find_first_not_of(kSigns) == between.npos;
    out.add(word, !out.text.empty() && (joint || (!between.empty() && tied)));
    joint = false;
  }
  out.close();
  return out;
}

// All of it, from its first word to its last; "helen at example dot org" is said like that, too.
bool email_said(std::string_view value, const std::vector<std::string>& messages) {
  const auto wanted = compact(value, letter_or_digit);
  return in_any(messages, [&](const std::string& message) {
    const auto seen = core::lower(core::as_seen(message));
    return run_of(seen, false).holds(wanted) || run_of(seen, true).holds(wanted);
  });
}

}  // namespace

bool said_by_person(std::string_view value, const std::vector<std::string>& messages) {
  if (is_email(value)) return email_said(value, messages);
  if (is_phone(value)) {
    const auto digits = compact(value, ascii_digit);
    return in_one(messages, digits.substr(digits.size() - kPhoneDigits), ascii_digit);
  }
  if (is_postcode(value)) return in_one(messages, compact(value, letter_or_digit), letter_or_digit);
  return true;
}

}  // namespace dugout::orchestrator
