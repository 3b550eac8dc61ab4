// Shows an answer as it is when it is plain text. It carries no routine number, so it moves
// nothing.
#include "dugout/sdk/parser.hpp"

namespace {

using dugout::Code;
using dugout::Error;

constexpr std::string_view kSpace = " \t\r\n\v\f";
constexpr std::string_view kMark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  const auto first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool opens_json(std::string_view text) {
  return !text.empty() && (text.front() == '{' || text.front() == '[');
}

// JSON that no other parser could read must not reach the user as a message.
bool looks_like_json(std::string_view text) {
  if (opens_json(text) || text.find("agent_final_response") != text.npos) return true;
  if (text.substr(0, 3) != "```") return false;
  text.remove_prefix(3);
  return text.substr(0, 4) == "json" || text.substr(0, 4) == "JSON" || opens_json(trimmed(text));
}

class Raw final : public dugout::sdk::Parser {
 public:
  explicit Raw(std::string_view /*config*/) {}

  // [any]
  dugout::Outcome<std::string> parse(std::string_view raw, std::string_view) const override {
    const auto text = trimmed(raw);
    if (text.empty()) return Error{Code::kEmpty, "the answer is blank"};
    if (looks_like_json(text)) return Error{Code::kNotApplicable, "it looks like broken JSON"};
    return "{\"agent_final_response\":\"" + dugout::sdk::json_escape(text) + "\"}";
  }
};

}  // namespace

DUGOUT_PARSER_PLUGIN(Raw, "parser.raw")
