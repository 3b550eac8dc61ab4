// The compiled form of a JSON Schema: one node for each place that holds a schema, with what it
// asks for already read, checked and resolved. Immutable after compilation. Private to config.
// [any]
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "config/json_schema.hpp"
#include "config/schema_pattern.hpp"

namespace dugout::config {

struct SchemaNode;

enum TypeBit : unsigned {
  kTypeNull = 1,
  kTypeBoolean = 2,
  kTypeInteger = 4,
  kTypeNumber = 8,
  kTypeString = 16,
  kTypeArray = 32,
  kTypeObject = 64,
};

// A number as it is written in decimal: mantissa x 10^exponent; sign dropped.
struct Decimal {
  std::uint64_t mantissa = 0;
  int exponent = 0;
};

struct Bound {
  long double value = 0;  // holds every 64-bit integer and every double exactly
  std::string text;
};

// A part of the document with its own $id.
struct SchemaResource {
  std::string uri;
  const SchemaNode* root = nullptr;
  std::map<std::string, const SchemaNode*> anchors, dynamic_anchors;
};

using NodeList = std::vector<const SchemaNode*>;
using NodeMap = std::map<std::string, const SchemaNode*, std::less<>>;
using Count = std::optional<std::uint64_t>;

struct SchemaNode {
  std::string pointer;  // into the document
  const SchemaResource* resource = nullptr;
  std::optional<bool> always;  // the schemas `true` and `false`

  unsigned types = 0;  // TypeBits, 0 = any
  std::optional<core::Json> constant;
  std::vector<core::Json> choices;
  bool has_choices = false;

  std::optional<Bound> minimum, maximum, exclusive_minimum, exclusive_maximum;
  std::optional<Decimal> multiple_of;
  std::string multiple_text;

  Count min_length, max_length, min_items, max_items, min_properties, max_properties;
  Count min_contains, max_contains;
  bool unique = false;
  std::optional<Pattern> pattern;

  NodeMap properties, dependent_schemas;
  std::vector<std::pair<Pattern, const SchemaNode*>> pattern_properties;
  std::vector<std::string> required;
  std::map<std::string, std::vector<std::string>> dependent_required;
  const SchemaNode *additional = nullptr, *property_names = nullptr, *items = nullptr,
                   *contains = nullptr, *negated = nullptr, *condition = nullptr,
                   *consequence = nullptr, *alternative = nullptr, *unevaluated_items = nullptr,
                   *unevaluated_properties = nullptr;
  NodeList all_of, any_of, one_of, prefix_items;

  const SchemaNode* ref = nullptr;
  const SchemaNode* dynamic_ref =
      nullptr;                 // where it leads when the dynamic scope has nothing else
  std::string dynamic_anchor;  // the name to look for in the scope; empty = plain $ref
};

struct JsonSchema::Compiled {
  core::Json document;
  std::deque<SchemaNode> nodes;  // stable addresses
  std::deque<SchemaResource> resources;
  const SchemaNode* root = nullptr;
  bool tracks = false;  // some unevaluated* keyword needs to know what was looked at
};

}  // namespace dugout::config
