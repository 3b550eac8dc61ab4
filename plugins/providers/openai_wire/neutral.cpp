#include "neutral.hpp"

#include "strict_schema.hpp"

namespace dugout::openai {
namespace {

using nlohmann::json;

// nlohmann copies and destroys a document recursively.
bool nested_within(std::string_view text, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

constexpr int kRequestDepth = 64;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Outcome<json> read_request(std::string_view request) {
  if (!nested_within(request, kRequestDepth))
    return Error{Code::kInvalid, "the request is nested too deeply"};
  auto parsed = json::parse(request, nullptr, false);
  if (!parsed.is_object()) return Error{Code::kInvalid, "the request is no JSON object"};
  if (text_in(parsed, "model").empty()) return Error{Code::kInvalid, "the request names no model"};
  const auto items = parsed.find("items");
  if (items == parsed.end() || !items->is_array()) {
    return Error{Code::kInvalid, "the request has no items"};
  }
  for (const auto& item : *items) {
    if (!item.is_object()) return Error{Code::kInvalid, "an item is no object"};
  }
  return parsed;
}

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json read_config(std::string_view config) {
  auto parsed = json::parse(config, nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

void copy_settings(const json& config, std::initializer_list<const char*> names, json& body) {
  for (const char* name : names) {
    const auto found = config.find(name);
    if (found != config.end() && !found->is_null()) body[name] = *found;
  }
}

json function_of(const json& tool) {
  const auto given = tool.find("parameters");
  const json none = {{"type", "object"}, {"properties", json::object()}};
  const auto& parameters = given != tool.end() && given->is_object() ? *given : none;
  const auto strict = strict_form(parameters);
  return {{"name", text_in(tool, "name")},
          {"description", text_in(tool, "description")},
          {"parameters", strict ? *strict : parameters},
          {"strict", strict.has_value()}};
}

json named_schema(const json& request) {
  const auto& schema = request.at("schema");
  const auto strict = strict_form(schema);
  return {{"name", schema_name(text_in(request, "schema_name"))},
          {"schema", strict ? *strict : schema},
          {"strict", strict.has_value()}};
}

sdk::EncodedRequest encoded(const char* path, const json& request, const json& body) {
  const auto attempt = request.find("attempt");
  const bool counted = attempt != request.end() && attempt->is_number_integer();
  const json head = {{"method", "POST"},
                     {"path", path},
                     {"headers",
                      {{"content-type", "application/json"},
                       {"accept", "application/json"},
                       {"x-retry-attempt", counted ? attempt->dump() : "0"}}}};
  return {dump(head), dump(body)};
}

std::string NeutralAnswer::json() const {
  using nlohmann::json;
  json out = {{"finish", finish}, {"model", model}, {"id", id}, {"refusal", nullptr}};
  std::string joined;
  out["texts"] = json::array();
  for (const auto& part : texts) {
    joined += part.text;
    out["texts"].push_back(
        {{"text", part.text}, {"phase", part.phase ? json(*part.phase) : json()}});
  }
  if (output_text) joined = *output_text;
  if (joined.empty() && !refusal.empty()) out["refusal"] = refusal;
  out["output_text"] = std::move(joined);
  out["tool_calls"] = json::array();
  for (const auto& call : calls) {
    out["tool_calls"].push_back(
        {{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  }
  out["usage"] = {{"input_tokens", input_tokens}, {"output_tokens", output_tokens}};
  return dump(out);
}

}  // namespace dugout::openai
