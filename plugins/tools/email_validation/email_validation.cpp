// Takes the one email address out of what a user typed, lower-cased. The grammar is what mail
// services really give out of RFC 5321: no quoted local part, no address literal. [any]
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

constexpr std::size_t kMaxAddress = 254, kMaxLocal = 64, kMaxLabel = 63;

constexpr std::string_view kDeclaration = R"({
"name": "email_validation",
"description": "Finds the one email address in a text and gives it in lower case.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["email"],
  "properties": {"email": {"type": "string", "description": "What the user wrote"}}},
"result": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}}},
"timeout_ms": 1000,
"check": {"argument": "email"}})";

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Pieces that hold an @, without the punctuation of the sentence round them.
std::set<std::string> candidates(std::string_view text) {
  constexpr std::string_view kBetween = " ,;:<>()[]\"\\";
  constexpr std::string_view kAtEnds = ".,!?'`*_-/", kAtStart = "'`*-/";
  std::set<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = std::min(text.find_first_of(kBetween, i), text.size());
    auto piece = text.substr(i, end - i);
    i = end + 1;
    if (piece.find('@') == piece.npos) continue;
    while (!piece.empty() && kAtEnds.find(piece.back()) != kAtEnds.npos) piece.remove_suffix(1);
    while (!piece.empty() && kAtStart.find(piece.front()) != kAtStart.npos) {
      piece.remove_prefix(1);
    }
    out.emplace(piece);
  }
  return out;
}

// "helen @ example.org": phones put blanks there when words are picked from a list.
std::string with_closed_at(std::string text) {
  const auto at = text.find('@');
  if (at == text.npos || text.find('@', at + 1) != text.npos) return text;
  if (at + 1 < text.size() && text[at + 1] == ' ') text.erase(at + 1, 1);
  if (at > 0 && text[at - 1] == ' ') text.erase(at - 1, 1);
  return text;
}

// nullptr = a good local part.
const char* local_complaint(std::string_view local) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~.";
  if (local.empty()) return "Something is missing before the @.";
  if (local.size() > kMaxLocal) return "The part before the @ is too long.";
  if (local.front() == '.' || local.back() == '.' || local.find("..") != local.npos) {
    return "A dot is in the wrong place before the @.";
  }
  for (const char c : local) {
    if (!is_alnum(c) && kMarks.find(c) == kMarks.npos) {
      return "There is a character before the @ that an email address cannot have.";
    }
  }
  return nullptr;
}

const char* label_complaint(std::string_view label) {
  if (label.empty()) return "A dot is in the wrong place after the @.";
  if (label.size() > kMaxLabel) return "The part after the @ is too long.";
  if (label.front() == '-' || label.back() == '-')
    return "A hyphen is in the wrong place after the @.";
  for (const char c : label) {
    if (!is_alnum(c) && c != '-') {
      return "There is a character after the @ that an email address cannot have.";
    }
  }
  return nullptr;
}

const char* domain_complaint(std::string_view domain) {
  if (domain.empty()) return "Something is missing after the @.";
  if (domain.find('.') == domain.npos)
    return "There is no dot after the @, such as in example.org.";
  std::string_view last;
  for (std::size_t begin = 0; begin <= domain.size();) {
    const auto end = std::min(domain.find('.', begin), domain.size());
    last = domain.substr(begin, end - begin);
    if (const char* why = label_complaint(last)) return why;
    begin = end + 1;
  }
  const bool letters = last.find_first_of("0123456789") == last.npos && last.find('-') == last.npos;
  const bool encoded = last.substr(0, 4) == "xn--";
  if (last.size() < 2 || !(letters || encoded)) {
    return "The end of the address does not look right; it is usually .co.uk, .com or .org.";
  }
  return nullptr;
}

class Email final : public dugout::sdk::Tool {
 public:
  explicit Email(std::string_view /*config*/) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto plain =
        dugout::sdk::lower(dugout::sdk::tidy(given.at("email").get_ref<const std::string&>()));
    const auto found = candidates(with_closed_at(plain));
    if (found.empty())
      return refused("no_address", "I did not see an email address. It has an @ in it.");
    if (found.size() > 1) {
      return refused("several_addresses",
                     "I saw more than one email address. Which one shall I use?");
    }
    return checked(*found.begin());
  }

 private:
  static std::string checked(const std::string& address) {
    const auto at = address.find('@');
    if (address.find('@', at + 1) != address.npos) {
      return refused("several_at", "An email address has exactly one @. Please check it.");
    }
    const std::string_view view(address);
    if (address.size() > kMaxAddress)
      return refused("too_long", "That is too long for an email address.");
    if (const char* why = local_complaint(view.substr(0, at))) return refused("bad_name", why);
    if (const char* why = domain_complaint(view.substr(at + 1))) return refused("bad_domain", why);
    return dugout::sdk::accepted(json{{"value", address}}.dump());
  }
};

}  // namespace

DUGOUT_TOOL_PLUGIN(Email, "tool.email_validation")
