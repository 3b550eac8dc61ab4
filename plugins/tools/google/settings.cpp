#include "google/settings.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace google {
namespace {

using nlohmann::json;

constexpr int kWarning = 2;  // of log/1

// A key with nothing behind it is a null in YAML, and means that it is not set.
constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "backend": {"enum": ["local", "google", null]},
    "api_key": {"type": ["string", "null"], "maxLength": 200},
    "places_url": {"type": ["string", "null"], "pattern": "^(https?://[^?#]+)?$"},
    "validation_url": {"type": ["string", "null"], "pattern": "^(https?://[^?#]+)?$"}}})";

std::string text_in(const json& block, const char* name, const std::string& otherwise = {}) {
  const auto found = block.find(name);
  auto text = found != block.end() && found->is_string() ? found->get<std::string>() : "";
  while (text.ends_with('/')) text.pop_back();
  return text.empty() ? otherwise : text;
}

}  // namespace

Settings read_settings(std::string_view config, const dugout::sdk::Host& host) {
  const auto block = json::parse(config.empty() ? "{}" : config).value("addresses", json::object());
  if (const auto checked = host.check_schema(kSchema, block.dump()); !checked) {
    throw std::runtime_error("services: addresses: " + checked.error().message);
  }
  Settings out;
  out.remote = text_in(block, "backend") == "google";
  out.api_key = text_in(block, "api_key");
  out.places_url = text_in(block, "places_url", out.places_url);
  out.validation_url = text_in(block, "validation_url", out.validation_url);
  if (out.remote && out.api_key.empty()) {
    host.log(kWarning, "addresses: no api_key is set: no address is looked up until it is");
  }
  return out;
}

}  // namespace google
