#include "strict_schema.hpp"

#include <algorithm>
#include <array>

namespace dugout::openai {
namespace {

using nlohmann::json;

// The smallest limits ever published, so that the form serves with every model.
constexpr int kLevels = 5;
constexpr int kProperties = 100;
constexpr int kNesting = 24;  // of schemas in schemas, anyOf included

constexpr auto kKept = std::to_array<std::string_view>(
    {"type", "description", "enum", "const", "$ref", "minimum", "maximum", "exclusiveMinimum",
     "exclusiveMaximum", "multipleOf", "minItems", "maxItems"});
constexpr auto kLeftOut = std::to_array<std::string_view>(
    {"$schema", "$id", "$comment", "title", "examples", "default", "deprecated", "readOnly",
     "writeOnly", "minLength", "maxLength", "pattern", "uniqueItems", "minProperties",
     "maxProperties"});
constexpr auto kFormats = std::to_array<std::string_view>(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"});

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_type(const json& schema, std::string_view type) {
  const auto found = schema.find("type");
  if (found == schema.end()) return false;
  if (found->is_string()) return *found == type;
  return found->is_array() && std::find(found->begin(), found->end(), type) != found->end();
}

bool may_be_null(const json& schema) {
  if (has_type(schema, "null")) return true;
  for (const char* key : {"anyOf", "oneOf"}) {
    const auto options = schema.find(key);
    if (options == schema.end() || !options->is_array()) continue;
    for (const auto& option : *options) {
      if (option.is_object() && has_type(option, "null")) return true;
    }
  }
  return false;
}

// One pass over one schema; `ok_` turns false for good at the first thing that does not fit.
class Former {
 public:
  std::optional<json> form(const json& schema) {
    if (!schema.is_object() || !(schema.contains("type") && schema["type"] == "object")) return {};
    if (schema.contains("anyOf") || schema.contains("oneOf")) return {};
    auto out = of(schema, 0, 0);
    if (!ok_ || properties_ > kProperties) return {};
    return out;
  }

 private:
  json refuse() {
    ok_ = false;
    return {};
  }

  json of(const json& schema, int nesting, int level) {
    if (!ok_ || !schema.is_object() || nesting > kNesting || level > kLevels) return refuse();
    json out = json::object();
    for (const auto& [key, value] : schema.items()) keyword(key, value, out, nesting, level);
    if (schema.contains("properties") || has_type(schema, "object")) close_object(schema, out);
    if (has_type(schema, "array") && !out.contains("items")) return refuse();
    const bool typed = out.contains("type") || out.contains("anyOf") || out.contains("$ref");
    if (!typed && !type_from_values(out)) return refuse();
    return out;
  }

  void keyword(const std::string& key, const json& value, json& out, int nesting, int level) {
    if (among(kKept, key)) {
      if (key == "$ref" && !is_local(value)) refuse();
      out[key] = value;
    } else if (key == "format") {
      if (value.is_string() && among(kFormats, value.get<std::string>())) out[key] = value;
    } else if (key == "properties" || key == "$defs" || key == "definitions") {
      if (key == "properties" && value.is_object()) properties_ += static_cast<int>(value.size());
      out[key] = members(value, nesting, level);
    } else if (key == "items") {
      out[key] = of(value, nesting + 1, level + 1);
    } else if (key == "anyOf" || key == "oneOf") {
      out["anyOf"] = options(value, nesting, level);
    } else if (key != "required" && key != "additionalProperties" && !among(kLeftOut, key)) {
      refuse();
    }
  }

  json members(const json& value, int nesting, int level) {
    if (!value.is_object()) return refuse();
    json out = json::object();
    for (const auto& [name, schema] : value.items()) out[name] = of(schema, nesting + 1, level + 1);
    return out;
  }

  json options(const json& value, int nesting, int level) {
    if (!value.is_array() || value.empty()) return refuse();
    json out = json::array();
    for (const auto& schema : value) out.push_back(of(schema, nesting + 1, level));
    return out;
  }

  void close_object(const json& schema, json& out) {
    // Without properties it is an open object, and closing it would leave nothing to say.
    if (!schema.contains("properties") || !schema["properties"].is_object()) return void(refuse());
    if (schema.contains("additionalProperties") && schema["additionalProperties"] != false) {
      return void(refuse());
    }
    const auto required = schema.value("required", json::array());
    json all = json::array();
    for (const auto& [name, member] : schema["properties"].items()) {
      const bool is_required = required.is_array() &&
                               std::find(required.begin(), required.end(), name) != required.end();
      if (!is_required && !(member.is_object() && may_be_null(member))) return void(refuse());
      all.push_back(name);
    }
    out["required"] = all;
    out["additionalProperties"] = false;
  }

  static bool is_local(const json& reference) {
    return reference.is_string() && reference.get<std::string>().substr(0, 1) == "#";
  }

  // {"enum": ["a", "b"]} names no type; strict mode wants one.
  static bool type_from_values(json& out) {
    json values = out.contains("enum") ? out["enum"] : json::array();
    if (out.contains("const")) values.push_back(out["const"]);
    if (!values.is_array() || values.empty()) return false;
    for (const auto& value : values) {
      if (!value.is_string()) return false;
    }
    out["type"] = "string";
    return true;
  }

  bool ok_ = true;
  int properties_ = 0;
};

}  // namespace

std::optional<json> strict_form(const json& schema) {
  return Former().form(schema);
}

std::string schema_name(std::string_view name) {
  std::string out(name.substr(0, 64));
  for (auto& c : out) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
    if (!fits) c = '_';
  }
  return out.empty() ? "answer" : out;
}

}  // namespace dugout::openai
