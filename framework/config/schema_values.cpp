// Checks of single values, and the ways schemas combine.
#include <algorithm>

#include "config/schema_check.hpp"
#include "config/schema_number.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr std::size_t kShownChoices = 12, kShownBytes = 60;

bool has_type(const core::Json& value, unsigned types) {
  switch (value.type()) {
    case core::Json::value_t::null:
      return (types & kTypeNull) != 0;
    case core::Json::value_t::boolean:
      return (types & kTypeBoolean) != 0;
    case core::Json::value_t::string:
      return (types & kTypeString) != 0;
    case core::Json::value_t::array:
      return (types & kTypeArray) != 0;
    case core::Json::value_t::object:
      return (types & kTypeObject) != 0;
    default:
      return (types & kTypeNumber) != 0 || ((types & kTypeInteger) != 0 && is_whole(value));
  }
}

std::string type_words(unsigned types) {
  static const std::pair<unsigned, const char*> kWords[] = {
      {kTypeString, "a string"}, {kTypeInteger, "an integer"},
      {kTypeNumber, "a number"}, {kTypeBoolean, "true or false"},
      {kTypeArray, "an array"},  {kTypeObject, "an object"},
      {kTypeNull, "null"}};
  std::string out;
  for (const auto& [bit, word] : kWords) {
    if ((types & bit) == 0) continue;
    if (!out.empty()) out += " or ";
    out += word;
  }
  return out;
}

// A value of the schema, short enough for a message.
std::string shown(const core::Json& value) {
  const auto text = core::canonical(value);
  return text.size() <= kShownBytes ? text : std::string(core::clip(text, kShownBytes)) + "...";
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

bool SchemaChecker::type(const SchemaNode& node, const core::Json& value, const Where& where,
                         Evaluated* /*seen*/) {
  if (node.types == 0 || has_type(value, node.types)) return true;
  return fail(node, "type", where, "must be " + type_words(node.types));
}

bool SchemaChecker::choice(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* /*seen*/) {
  if (node.constant && value != *node.constant) {
    return fail(node, "const", where, "must be " + shown(*node.constant));
  }
  if (!node.has_choices) return true;
  const auto& choices = node.choices;
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return true;
  if (quiet_) return false;
  std::string list;
  for (std::size_t i = 0; i < choices.size() && i < kShownChoices; ++i) {
    list += (i == 0 ? "" : ", ") + shown(choices[i]);
  }
  if (choices.size() > kShownChoices) list += ", ...";
  return fail(node, "enum", where, "must be one of " + list);
}

bool SchemaChecker::number(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* /*seen*/) {
  if (!value.is_number()) return true;
  const auto number = exact_value(value);
  bool good = true;
  if (node.minimum && number < node.minimum->value) {
    good = fail(node, "minimum", where, "must be at least " + node.minimum->text);
  }
  if (node.maximum && number > node.maximum->value) {
    good = fail(node, "maximum", where, "must be at most " + node.maximum->text);
  }
  if (node.exclusive_minimum && number <= node.exclusive_minimum->value) {
    good =
        fail(node, "exclusiveMinimum", where, "must be more than " + node.exclusive_minimum->text);
  }
  if (node.exclusive_maximum && number >= node.exclusive_maximum->value) {
    good =
        fail(node, "exclusiveMaximum", where, "must be less than " + node.exclusive_maximum->text);
  }
  if (node.multiple_of && !is_multiple(decimal_of(value), *node.multiple_of)) {
    good = fail(node, "multipleOf", where, "must be a multiple of " + node.multiple_text);
  }
  return good;
}

bool SchemaChecker::string(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* /*seen*/) {
  if (!value.is_string()) return true;
  const auto& text = value.get_ref<const std::string&>();
  bool good = true;
  if (node.min_length && characters(text) < *node.min_length) {
    good = fail(node, "minLength", where,
                "must have at least " + amount(*node.min_length, "character"));
  }
  if (node.max_length && characters(text) > *node.max_length) {
    good = fail(node, "maxLength", where,
                "must have at most " + amount(*node.max_length, "character"));
  }
  if (node.pattern && !node.pattern->matches(text)) {
    good = fail(node, "pattern", where, "must match " + node.pattern->text());
  }
  return good;
}

const SchemaNode& SchemaChecker::dynamic_target(const SchemaNode& node) const {
  if (node.dynamic_anchor.empty()) return *node.dynamic_ref;
  for (const auto* resource : scope_) {
    const auto found = resource->dynamic_anchors.find(node.dynamic_anchor);
    if (found != resource->dynamic_anchors.end()) return *found->second;
  }
  return *node.dynamic_ref;
}

bool SchemaChecker::references(const SchemaNode& node, const core::Json& value, const Where& where,
                               Evaluated* seen) {
  bool good = node.ref == nullptr || check(*node.ref, value, where, seen);
  if (node.dynamic_ref != nullptr && !check(dynamic_target(node), value, where, seen)) good = false;
  return good;
}

bool SchemaChecker::all_of(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* seen) {
  bool good = true;
  for (const auto* part : node.all_of) {
    if (!check(*part, value, where, seen)) good = false;
    if (!good && quiet_) return false;
  }
  return good;
}

bool SchemaChecker::any_of(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* seen) {
  if (node.any_of.empty()) return true;
  bool good = false;
  for (const auto* part : node.any_of) {
    if (silently(*part, value, where, seen)) good = true;
    if (good && seen == nullptr) break;  // the rest could only add what was looked at
  }
  return good || fail(node, "anyOf", where,
                      "fits none of the " + amount(node.any_of.size(), "alternative") +
                          nearest_reason(node.any_of, value, where));
}

bool SchemaChecker::one_of(const SchemaNode& node, const core::Json& value, const Where& where,
                           Evaluated* seen) {
  if (node.one_of.empty()) return true;
  std::size_t fits = 0;
  for (const auto* part : node.one_of) fits += silently(*part, value, where, seen) ? 1 : 0;
  if (fits == 1) return true;
  if (fits == 0) {
    return fail(node, "oneOf", where,
                "fits none of the " + amount(node.one_of.size(), "alternative") +
                    nearest_reason(node.one_of, value, where));
  }
  return fail(node, "oneOf", where,
              "fits " + std::to_string(fits) + " alternatives; it must fit exactly one");
}

bool SchemaChecker::negation(const SchemaNode& node, const core::Json& value, const Where& where,
                             Evaluated* /*seen*/) {
  if (node.negated == nullptr) return true;
  if (!silently(*node.negated, value, where, nullptr)) return true;
  return fail(node, "not", where, "has a form that is not allowed here");
}

bool SchemaChecker::condition(const SchemaNode& node, const core::Json& value, const Where& where,
                              Evaluated* seen) {
  if (node.condition == nullptr) return true;
  const auto* next =
      silently(*node.condition, value, where, seen) ? node.consequence : node.alternative;
  return next == nullptr || check(*next, value, where, seen);
}

}  // namespace dugout::config
