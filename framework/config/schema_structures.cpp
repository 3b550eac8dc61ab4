// Checks of arrays and objects.
#include <algorithm>

#include "config/schema_check.hpp"
#include "config/schema_number.hpp"
#include "config/schema_uri.hpp"
#include "config/yaml.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr std::size_t kShownName = 60;

std::string quoted(const std::string& name) {
  return "\"" + std::string(core::clip(name, kShownName)) +
         (name.size() > kShownName ? "..." : "") + "\"";
}

bool all_different(const core::Json& array) {
  std::unordered_set<std::string> keys;
  return std::all_of(array.begin(), array.end(), [&](const core::Json& item) {
    return keys.insert(equality_key(item)).second;
  });
}

bool is_false(const SchemaNode* node) {
  return node->always && !*node->always;
}

}  // namespace

bool SchemaChecker::array(const SchemaNode& node, const core::Json& value, const Where& where,
                          Evaluated* seen) {
  if (!value.is_array()) return true;
  bool good = true;
  if (node.min_items && value.size() < *node.min_items) {
    good = fail(node, "minItems", where, "must have at least " + amount(*node.min_items, "item"));
  }
  if (node.max_items && value.size() > *node.max_items) {
    good = fail(node, "maxItems", where, "must have at most " + amount(*node.max_items, "item"));
  }
  if (node.unique && !all_different(value)) {
    good = fail(node, "uniqueItems", where, "must not hold the same item twice");
  }
  const auto prefix = std::min(node.prefix_items.size(), value.size());
  const auto end = node.items != nullptr ? value.size() : prefix;
  for (std::size_t i = 0; i < end; ++i) {
    if ((!good && quiet_) || stopped_) return false;
    const auto& schema = i < prefix ? *node.prefix_items[i] : *node.items;
    if (!check(schema, value[i], Where{&where, {}, i, true}, nullptr)) good = false;
  }
  if (seen != nullptr) {
    seen->prefix = std::max(seen->prefix, prefix);
    seen->all_items = seen->all_items || node.items != nullptr;
  }
  return good;
}

bool SchemaChecker::contained(const SchemaNode& node, const core::Json& value, const Where& where,
                              Evaluated* seen) {
  if (node.contains == nullptr || !value.is_array()) return true;
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!silently(*node.contains, value[i], Where{&where, {}, i, true}, nullptr)) continue;
    ++found;
    if (seen != nullptr) seen->items.insert(i);
  }
  const auto least = node.min_contains.value_or(1);
  if (found < least) {
    return fail(node, node.min_contains ? "minContains" : "contains", where,
                "must hold at least " + amount(least, "item") + " of the form asked for, holds " +
                    std::to_string(found));
  }
  if (node.max_contains && found > *node.max_contains) {
    return fail(node, "maxContains", where,
                "must hold at most " + amount(*node.max_contains, "item") +
                    " of the form asked for, holds " + std::to_string(found));
  }
  return true;
}

bool SchemaChecker::object(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* seen) {
  if (!value.is_object()) return true;
  bool good = true;
  if (node.min_properties && value.size() < *node.min_properties) {
    good = fail(node, "minProperties", where,
                "must have at least " + amount(*node.min_properties, "member"));
  }
  if (node.max_properties && value.size() > *node.max_properties) {
    good = fail(node, "maxProperties", where,
                "must have at most " + amount(*node.max_properties, "member"));
  }
  for (const auto& name : node.required) {
    if (value.contains(name)) continue;
    good = fail(node, "required", where, "member " + quoted(name) + " is missing");
  }
  return dependencies(node, value, where, seen) && good;
}

bool SchemaChecker::dependencies(const SchemaNode& node, const core::Json& value,
                                 const Where& where, Evaluated* seen) {
  bool good = true;
  for (const auto& [name, needed] : node.dependent_required) {
    if (!value.contains(name)) continue;
    for (const auto& other : needed) {
      if (value.contains(other)) continue;
      good = fail(node, "dependentRequired", where,
                  "member " + quoted(other) + " is missing; it belongs to " + quoted(name));
    }
  }
  for (const auto& [name, schema] : node.dependent_schemas) {
    if (value.contains(name) && !check(*schema, value, where, seen)) good = false;
  }
  return good;
}

bool SchemaChecker::members(const SchemaNode& node, const core::Json& value, const Where& where,
                            Evaluated* seen) {
  const bool looks = !node.properties.empty() || !node.pattern_properties.empty() ||
                     node.additional != nullptr || node.property_names != nullptr;
  if (!looks || !value.is_object()) return true;
  bool good = true;
  for (const auto& item : value.items()) {
    if ((!good && quiet_) || stopped_) return false;
    if (!member(node, item.key(), item.value(), where, seen)) good = false;
  }
  return good;
}

bool SchemaChecker::member(const SchemaNode& node, const std::string& key, const core::Json& value,
                           const Where& where, Evaluated* seen) {
  const Where here{&where, key, 0, false};
  bool good = true, known = false;
  if (const auto named = node.properties.find(key); named != node.properties.end()) {
    known = true;
    good = check(*named->second, value, here, nullptr);
  }
  for (const auto& [pattern, schema] : node.pattern_properties) {
    if (!pattern.matches(key)) continue;
    known = true;
    if (!check(*schema, value, here, nullptr)) good = false;
  }
  if (!known && node.additional != nullptr) {
    known = true;
    if (is_false(node.additional)) {
      good = refuse_member(node, "additionalProperties", key, here);
    } else if (!check(*node.additional, value, here, nullptr)) {
      good = false;
    }
  }
  if (known && seen != nullptr) seen->members.insert(key);
  if (node.property_names != nullptr && !check(*node.property_names, key, here, nullptr)) {
    good = false;
  }
  return good;
}

bool SchemaChecker::refuse_member(const SchemaNode& node, const char* keyword,
                                  const std::string& key, const Where& where) {
  if (quiet_) return false;
  std::vector<std::string> names;
  for (const auto& [name, schema] : node.properties) names.push_back(name);
  const auto near = nearest(key, names);
  return fail(node, keyword, where,
              "unknown member " + quoted(key) +
                  (near.empty() ? "" : "; did you mean " + quoted(near) + "?"));
}

bool SchemaChecker::unevaluated(const SchemaNode& node, const core::Json& value, const Where& where,
                                Evaluated* seen) {
  if (seen == nullptr) return true;
  bool good = true;
  if (node.unevaluated_items != nullptr && value.is_array() && !seen->all_items) {
    for (std::size_t i = seen->prefix; i < value.size(); ++i) {
      if (seen->items.count(i) != 0) continue;
      if (!check(*node.unevaluated_items, value[i], Where{&where, {}, i, true}, nullptr))
        good = false;
    }
    seen->all_items = true;
  }
  if (node.unevaluated_properties == nullptr || !value.is_object() || seen->all_members)
    return good;
  for (const auto& item : value.items()) {
    if (seen->members.count(item.key()) != 0) continue;
    const Where here{&where, item.key(), 0, false};
    if (is_false(node.unevaluated_properties)) {
      good = refuse_member(node, "unevaluatedProperties", item.key(), here);
    } else if (!check(*node.unevaluated_properties, item.value(), here, nullptr)) {
      good = false;
    }
  }
  seen->all_members = true;
  return good;
}

}  // namespace dugout::config
