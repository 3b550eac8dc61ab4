#include "routines/reader.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace dugout::routines {
namespace {

// `title: 12` or `ask: true` is nearly always a slip, and would come back as another type.
bool is_text(const config::Node& node) {
  if (!node.is_scalar()) return false;
  return node.quoted || (!node.as_bool() && !node.as_number());
}

}  // namespace

void FileFindings::error(config::Mark mark, std::string message, std::string hint) const {
  findings.push_back({core::Finding::Severity::kError, file, mark.line, mark.column,
                      std::move(message), std::move(hint)});
}

void FileFindings::warning(config::Mark mark, std::string message, std::string hint) const {
  findings.push_back({core::Finding::Severity::kWarning, file, mark.line, mark.column,
                      std::move(message), std::move(hint)});
}

MapReader::MapReader(const config::Node& node, std::string what, const FileFindings& out)
    : node_(node), what_(std::move(what)), out_(out) {
  if (!node_.is_map()) out_.error(node_.mark, what_ + " must be a map of keys and values");
}

const config::Node* MapReader::take(std::string_view key) {
  known_.emplace_back(key);
  return node_.is_map() ? node_.find(key) : nullptr;
}

config::Mark MapReader::mark_of(std::string_view key) const {
  const config::Node* node = node_.is_map() ? node_.find(key) : nullptr;
  return node == nullptr ? node_.mark : node->mark;
}

void MapReader::wrong(const config::Node& node, std::string_view key, std::string_view expected) {
  out_.error(node.mark,
             "\"" + std::string(key) + "\" of " + what_ + " must be " + std::string(expected));
}

std::string MapReader::text(std::string_view key, std::string fallback) {
  const auto* node = take(key);
  if (node == nullptr) return fallback;
  if (is_text(*node)) return node->scalar;
  out_.error(node->mark, "\"" + std::string(key) + "\" of " + what_ + " must be a text",
             node->is_scalar() ? "put it in quotes" : "");
  return fallback;
}

std::string MapReader::required_text(std::string_view key) {
  const auto findings_before = out_.findings.size();
  auto value = text(key);
  const bool blank = value.find_first_not_of(" \t\r\n") == value.npos;
  if (blank && out_.findings.size() == findings_before && node_.is_map()) {
    const auto* node = node_.find(key);
    out_.error(mark_of(key), what_ + (node == nullptr ? " has no \"" : " has an empty \"") +
                                 std::string(key) + "\"");
  }
  return value;
}

std::string MapReader::word(std::string_view key, const std::vector<std::string>& known) {
  const auto* node = take(key);
  if (node == nullptr) return {};
  if (node->is_scalar() && std::find(known.begin(), known.end(), node->scalar) != known.end()) {
    return node->scalar;
  }
  std::string list;
  for (const auto& one : known) list += (list.empty() ? "" : ", ") + one;
  const auto near = node->is_scalar() ? config::nearest(node->scalar, known) : std::string();
  out_.error(node->mark, "\"" + std::string(key) + "\" of " + what_ + " must be one of: " + list,
             near.empty() ? "" : "did you mean " + near + "?");
  return {};
}

std::optional<long long> MapReader::integer(std::string_view key, long long low, long long high) {
  const auto* node = take(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->is_scalar() && !node->quoted ? node->as_integer() : std::nullopt;
  if (!value || *value < low || *value > high) {
    wrong(*node, key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::nullopt;
  }
  return value;
}

bool MapReader::flag(std::string_view key, bool fallback) {
  const auto* node = take(key);
  if (node == nullptr) return fallback;
  const auto value = node->is_scalar() && !node->quoted ? node->as_bool() : std::nullopt;
  if (!value) wrong(*node, key, "true or false");
  return value.value_or(fallback);
}

std::vector<std::string> MapReader::texts(std::string_view key) {
  std::vector<std::string> out;
  const auto* node = take(key);
  if (node == nullptr) return out;
  if (!node->is_list()) {
    wrong(*node, key, "a list, such as [one, two]");
    return out;
  }
  for (const auto& item : node->items) {
    if (item.is_scalar() && !item.scalar.empty()) {
      out.push_back(item.scalar);
    } else {
      wrong(item, key, "a list of texts");
    }
  }
  return out;
}

TextPairs MapReader::text_pairs(std::string_view key) {
  TextPairs out;
  const auto* node = take(key);
  if (node == nullptr) return out;
  if (!node->is_map()) {
    wrong(*node, key, "a map, such as {one: two}");
    return out;
  }
  for (const auto& [name, value] : node->members) {
    if (value.is_scalar()) {
      out.emplace_back(name, value.scalar);
    } else {
      wrong(value, key, "a map of texts");
    }
  }
  return out;
}

std::vector<std::pair<std::string, core::Json>> MapReader::json_pairs(std::string_view key) {
  std::vector<std::pair<std::string, core::Json>> out;
  const auto* node = take(key);
  if (node == nullptr) return out;
  if (!node->is_map()) {
    wrong(*node, key, "a map of arguments, such as {kind: mobile}");
    return out;
  }
  for (const auto& [name, value] : node->members) {
    auto json = core::parse_json(config::to_json(value));
    if (json) {
      out.emplace_back(name, *std::move(json));
    } else {
      wrong(value, key, "a map of values that JSON can hold");
    }
  }
  return out;
}

std::vector<const config::Node*> MapReader::entries(std::string_view key) {
  std::vector<const config::Node*> out;
  const auto* node = take(key);
  if (node == nullptr) return out;
  if (node->is_map()) return {node};
  if (!node->is_list()) wrong(*node, key, "a list of maps, such as [{go: 2}]");
  for (const auto& item : node->items) out.push_back(&item);
  return out;
}

void MapReader::finish() {
  if (!node_.is_map()) return;
  for (const auto& [name, value] : node_.members) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const auto near = config::nearest(name, known_);
    out_.error(value.key_mark, "unknown key \"" + name + "\" in " + what_,
               near.empty() ? "" : "did you mean \"" + near + "\"?");
  }
}

bool is_field_name(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && lower(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&lower](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace dugout::routines
