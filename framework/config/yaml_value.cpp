// What a Node means: typed readings by the YAML 1.2 core schema, narrowed where it surprises
// people. `0123` and `+447700900123` are text (a code, a phone number), not numbers; yes and no are
// text.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "config/yaml.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && digit(text[at])) ++at;
  return at;
}

// The end of a number in JSON's grammar at the start of `text`; 0 = none. `whole`: no fraction.
std::size_t number_end(std::string_view text, bool& whole) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const auto first = at;
  at = skip_digits(text, at);
  if (at == first || (text[first] == '0' && at > first + 1)) return 0;
  whole = true;
  if (at + 1 < text.size() && text[at] == '.' && digit(text[at + 1])) {
    whole = false;
    at = skip_digits(text, at + 1);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    auto exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
    const auto end = skip_digits(text, exponent);
    if (end > exponent) {
      whole = false;
      at = end;
    }
  }
  return at;
}

std::optional<double> finite(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

core::Json json_of(const Node& node);

core::Json json_of_scalar(const Node& node) {
  if (const auto flag = node.as_bool()) return *flag;
  if (const auto whole = node.as_integer()) return *whole;
  if (const auto number = node.as_number()) return *number;
  return node.scalar;
}

// Recursion is bounded by YamlLimits::depth.
core::Json json_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kScalar:
      return json_of_scalar(node);
    case Node::Kind::kList: {
      auto list = core::Json::array();
      for (const auto& item : node.items) list.push_back(json_of(item));
      return list;
    }
    case Node::Kind::kMap:
      break;
  }
  auto object = core::Json::object();
  for (const auto& [key, value] : node.members) object[key] = json_of(value);
  return object;
}

// Edits between two short words: insert, delete, replace, swap of neighbours each count one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before2, before(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before2[j - 2] + 1);
    }
    before2 = before;
    before = row;
  }
  return before[b.size()];
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::optional<bool> Node::as_bool() const {
  if (!is_scalar() || quoted) return std::nullopt;
  if (scalar == "true" || scalar == "True" || scalar == "TRUE") return true;
  if (scalar == "false" || scalar == "False" || scalar == "FALSE") return false;
  return std::nullopt;
}

std::optional<long long> Node::as_integer() const {
  bool whole = false;
  if (!is_scalar() || quoted || scalar.empty()) return std::nullopt;
  if (number_end(scalar, whole) != scalar.size() || !whole) return std::nullopt;
  long long value = 0;
  const auto end = scalar.data() + scalar.size();
  const auto result = std::from_chars(scalar.data(), end, value);
  return result.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<double> Node::as_number() const {
  bool whole = false;
  if (!is_scalar() || quoted || scalar.empty()) return std::nullopt;
  if (number_end(scalar, whole) != scalar.size()) return std::nullopt;
  return finite(scalar);
}

std::optional<double> Node::as_seconds() const {
  if (!is_scalar() || scalar.empty()) return std::nullopt;
  bool whole = false;
  const auto end = number_end(scalar, whole);
  const auto amount = finite(std::string_view(scalar).substr(0, end));
  const auto unit = std::string_view(scalar).substr(end);
  if (end == 0 || !amount || *amount < 0 || (unit.empty() && quoted)) return std::nullopt;
  if (unit.empty() || unit == "s") return *amount;
  if (unit == "ms") return *amount / 1000;
  if (unit == "m") return *amount * 60;
  if (unit == "h") return *amount * 3600;
  return std::nullopt;
}

std::string to_json(const Node& node) {
  return json_of(node).dump();
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kFurthest = 2, kLongest = 64;
  const auto wanted = core::lower(word.substr(0, kLongest));
  // A word of two letters is two edits from every other; it needs to be nearer than its length.
  std::size_t best = std::min(kFurthest, wanted.empty() ? 0 : wanted.size() - 1) + 1;
  std::string found;
  for (const auto& candidate : known) {
    if (candidate.size() > kLongest) continue;
    const auto edits = distance(wanted, core::lower(candidate));
    if (edits < best) {
      best = edits;
      found = candidate;
    }
  }
  return found;
}

}  // namespace dugout::config
