// Inputs of the conformance suite.
#include <nlohmann/json.hpp>

#include "host/conformance.hpp"

namespace dugout::host {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  while (times-- > 0) out += piece;
  return out;
}

constexpr int kSampleDepth = 8;

core::Json sample_at(const core::Json& schema, int depth);

core::Json sample_object(const core::Json& schema, int depth) {
  auto out = core::Json::object();
  const auto required = schema.find("required");
  const auto properties = schema.find("properties");
  if (required == schema.end() || !required->is_array()) return out;
  for (const auto& name : *required) {
    if (!name.is_string()) continue;
    const auto key = name.get<std::string>();
    const bool described =
        properties != schema.end() && properties->is_object() && properties->contains(key);
    out[key] = described ? sample_at((*properties)[key], depth + 1) : core::Json("a");
  }
  return out;
}

core::Json sample_of_type(const core::Json& schema, const std::string& type, int depth) {
  if (type == "object") return sample_object(schema, depth);
  if (type == "boolean") return false;
  if (type == "integer" || type == "number") return schema.value("minimum", core::Json(1));
  if (type == "null") return nullptr;
  const auto least = [&](const char* key) {
    const auto found = schema.find(key);
    return found != schema.end() && found->is_number_unsigned()
               ? std::min<std::size_t>(found->get<std::size_t>(), 1000)
               : std::size_t{0};
  };
  if (type == "array") {
    auto out = core::Json::array();
    const auto item = schema.value("items", core::Json::object());
    for (std::size_t at = 0; at < least("minItems"); ++at)
      out.push_back(sample_at(item, depth + 1));
    return out;
  }
  return std::string(std::max<std::size_t>(least("minLength"), 1), 'a');
}

core::Json sample_at(const core::Json& schema, int depth) {
  if (!schema.is_object() || depth > kSampleDepth) return core::Json("a");
  for (const char* key : {"const", "default"}) {
    if (schema.contains(key)) return schema[key];
  }
  for (const char* key : {"examples", "enum"}) {
    const auto found = schema.find(key);
    if (found != schema.end() && found->is_array() && !found->empty()) return found->front();
  }
  for (const char* key : {"oneOf", "anyOf"}) {
    const auto found = schema.find(key);
    if (found != schema.end() && found->is_array() && !found->empty() && !schema.contains("type")) {
      return sample_at(found->front(), depth + 1);
    }
  }
  auto type = schema.value("type", core::Json());
  if (type.is_array() && !type.empty()) type = core::Json(type.front());
  if (!type.is_string()) type = schema.contains("properties") ? "object" : "string";
  return sample_of_type(schema, type.get<std::string>(), depth);
}

}  // namespace

core::Json sample_of(const core::Json& schema) {
  return sample_at(schema, 0);
}

const std::vector<HostileText>& hostile_texts() {
  static const std::vector<HostileText> texts = {
      {"an empty text", ""},
      {"blanks", " \t\r\n "},
      {"a zero byte", std::string(1, '\0')},
      {"bytes that are no UTF-8", "\xff\xfe\xc3\x28\xed\xa0\x80"},
      {"JSON with bytes that are no UTF-8", "{\"agent_final_response\":\"\xff\xfe\"}"},
      {"a lone surrogate", "{\"agent_final_response\":\"\\ud800\"}"},
      {"null", "null"},
      {"an empty object", "{}"},
      {"an empty array", "[]"},
      {"members of wrong types",
       "{\"agent_final_response\":{},\"routine_number\":\"x\",\"metadata\":[],\"class\":7,"
       "\"status\":{},\"attempt\":[],\"items\":9,\"output\":3,\"choices\":{},\"error\":[1]}"},
      {"arrays of wrong members",
       "{\"output\":[null,1,{\"content\":[null]}],\"choices\":[null,"
       "{\"message\":5}],\"items\":[null,{\"kind\":4}],\"tools\":[1]}"},
      {"an endless number", "{\"routine_number\":1e999,\"agent_final_response\":\"a\"}"},
      {"JSON that is cut off", "{\"agent_final_response\":\"And then"},
      {"an HTML page", "<html><body><h1>502 Bad Gateway</h1></body></html>"},
      {"a fence that is not closed", "Here it is:\n```json\n{\"a\": 1"},
      {"1 MB of one letter", std::string(1U << 20, 'a')},
      {"1 MB of quotes", std::string(1U << 20, '"')},
      {"1 MB of backslashes", std::string(1U << 20, '\\')},
      {"100,000 open brackets", std::string(100'000, '[')},
      {"100,000 open objects", repeated("{\"a\":", 100'000)},
      {"100,000 closed brackets", std::string(100'000, '[') + std::string(100'000, ']')},
  };
  return texts;
}

}  // namespace dugout::host
