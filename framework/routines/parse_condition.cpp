// Reads a `when`: one comparison, or a map with one of all, any, not. Recursion is bounded by the
// depth limit of the YAML loader.
#include <array>

#include "core/text.hpp"
#include "routines/condition.hpp"
#include "routines/reader.hpp"

namespace dugout::routines {
namespace {

constexpr std::string_view kShape =
    "write it like: age_group.number >= 16, kit_size is unset, {all: [a == Y, b == N]}";

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

struct Symbol {
  std::string_view text;
  Condition::Op op;
};

// Longer symbols first, so that "<=" is not read as "<".
constexpr std::array<Symbol, 6> kSymbols = {{{"==", Condition::Op::kEq},
                                             {"!=", Condition::Op::kNe},
                                             {"<=", Condition::Op::kLe},
                                             {">=", Condition::Op::kGe},
                                             {"<", Condition::Op::kLt},
                                             {">", Condition::Op::kGt}}};

std::string unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// The operator and the right side; false when `rest` is neither.
bool read_right(std::string_view rest, Condition& out) {
  if (rest == "is set" || rest == "is unset") {
    out.op = rest == "is set" ? Condition::Op::kSet : Condition::Op::kUnset;
    return true;
  }
  for (const auto& symbol : kSymbols) {
    if (!rest.starts_with(symbol.text)) continue;
    const auto right = core::trim(rest.substr(symbol.text.size()));
    out.op = symbol.op;
    out.right = unquoted(right);
    return !right.empty() && right.front() != '=';
  }
  return false;
}

std::optional<Condition> parse_comparison(const config::Node& node, const FileFindings& out) {
  const auto text = core::trim(node.scalar);
  std::size_t end = 0;
  while (end < text.size() && is_name_char(text[end])) ++end;
  Condition condition;
  condition.mark = node.mark;
  condition.left = std::string(text.substr(0, end));
  if (end > 0 && read_right(core::trim(text.substr(end)), condition)) return condition;
  out.error(node.mark, "\"" + std::string(text) + "\" is not a comparison", std::string(kShape));
  return std::nullopt;
}

std::optional<Condition> parse(const config::Node& node, const FileFindings& out);

std::optional<Condition> parse_group(const config::Node& node, const FileFindings& out) {
  static const std::vector<std::string> kWords = {"all", "any", "not"};
  if (node.members.size() != 1) {
    out.error(node.mark, "a condition has exactly one of all, any, not", std::string(kShape));
    return std::nullopt;
  }
  const auto& [word, value] = node.members.front();
  Condition condition;
  condition.mark = node.mark;
  if (word == "not") {
    condition.kind = Condition::Kind::kNot;
    auto part = parse(value, out);
    if (!part) return std::nullopt;
    condition.parts.push_back(*std::move(part));
    return condition;
  }
  if (word != "all" && word != "any") {
    const auto near = config::nearest(word, kWords);
    out.error(value.key_mark, "unknown key \"" + word + "\" in a condition",
              near.empty() ? std::string(kShape) : "did you mean \"" + near + "\"?");
    return std::nullopt;
  }
  condition.kind = word == "all" ? Condition::Kind::kAll : Condition::Kind::kAny;
  if (!value.is_list() || value.items.empty()) {
    out.error(value.mark, "\"" + word + "\" needs a list of conditions", std::string(kShape));
    return std::nullopt;
  }
  for (const auto& item : value.items) {
    auto part = parse(item, out);
    if (!part) return std::nullopt;
    condition.parts.push_back(*std::move(part));
  }
  return condition;
}

std::optional<Condition> parse(const config::Node& node, const FileFindings& out) {
  if (node.is_map()) return parse_group(node, out);
  if (node.is_scalar()) return parse_comparison(node, out);
  out.error(node.mark, "a condition is a comparison or a map of all, any, not",
            std::string(kShape));
  return std::nullopt;
}

}  // namespace

std::optional<Condition> parse_condition(const config::Node& node, const std::string& file,
                                         core::Findings& findings) {
  return parse(node, FileFindings{file, findings});
}

}  // namespace dugout::routines
