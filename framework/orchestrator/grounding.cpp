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

bool in_one(const std::vector<std::string>& messages, const std::string& wanted,
            bool (*kept)(char)) {
  return std::any_of(messages.begin(), messages.end(), [&](const std::string& message) {
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

// "helen at example dot org" is said like that, too.
bool email_said(std::string_view value, std::size_t at, const std::vector<std::string>& messages) {
  const auto name = compact(value.substr(0, at), letter_or_digit);
  const auto host = value.substr(at + 1);
  const auto label = compact(host.substr(0, host.find('.')), letter_or_digit);
  return std::any_of(messages.begin(), messages.end(), [&](const std::string& message) {
    const auto said = compact(message, letter_or_digit);
    return said.find(name) != said.npos && said.find(label) != said.npos;
  });
}

}  // namespace

bool said_by_person(std::string_view value, const std::vector<std::string>& messages) {
  if (const auto at = value.find('@'); at != value.npos) return email_said(value, at, messages);
  if (is_phone(value)) {
    const auto digits = compact(value, ascii_digit);
    return in_one(messages, digits.substr(digits.size() - kPhoneDigits), ascii_digit);
  }
  if (is_postcode(value)) return in_one(messages, compact(value, letter_or_digit), letter_or_digit);
  return true;
}

}  // namespace dugout::orchestrator
