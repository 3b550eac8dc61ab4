// A plugin's config against its config.schema.json, before the plugin sees it.
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "config/json_schema.hpp"
#include "core/json.hpp"
#include "host/plugin.hpp"

namespace dugout::host {
namespace {

void report(core::Findings& findings, const std::string& file, std::string message,
            std::string hint = {}) {
  findings.push_back(
      {core::Finding::Severity::kError, file, 0, 0, std::move(message), std::move(hint)});
}

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

using Shared = std::map<std::string, std::string>;

// Adds what all plugins are offered and this one's schema has a place for.
void add_shared(const core::Json& schema, const Shared& shared, core::Json& config) {
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return;
  for (const auto& [name, text] : shared) {
    if (!properties->contains(name) || config.contains(name)) continue;
    config[name] = core::Json::parse(text, nullptr, false);
  }
}

// What plugin.yaml says where nobody said anything. Whole members: a list is replaced, not mixed.
void add_defaults(const Manifest& manifest, core::Json& config) {
  const auto defaults = core::Json::parse(manifest.defaults, nullptr, false);
  for (const auto& [name, value] : defaults.items()) {
    if (!config.contains(name)) config[name] = value;
  }
}

bool conforms(const Manifest& manifest, const Shared& shared, core::Json& config,
              core::Findings& findings) {
  if (manifest.config_schema.empty()) {
    if (config.empty()) return true;
    report(findings, manifest.file, manifest.id + " takes no config",
           "its manifest names no config schema");
    return false;
  }
  const auto text = file_text(manifest.config_schema);
  const auto schema = config::JsonSchema::compile(std::string_view(text));
  if (!schema) {
    report(findings, manifest.config_schema,
           manifest.id + ": the config schema is no JSON Schema: " + schema.error().message);
    return false;
  }
  if (const auto parsed = core::parse_json(text); parsed && parsed->is_object()) {
    add_shared(*parsed, shared, config);
  }
  add_defaults(manifest, config);
  const auto errors = schema->check(config);
  for (const auto& error : errors) {
    report(findings, manifest.config_schema,
           "config of " + manifest.id + " at " + (error.pointer.empty() ? "/" : error.pointer) +
               ": " + error.message);
  }
  return errors.empty();
}

}  // namespace

std::string checked_config(const Manifest& manifest, const std::string& config,
                           const Shared& shared, core::Findings& findings) {
  auto parsed = core::parse_json(config.empty() ? "{}" : config);
  if (!parsed) {
    report(findings, manifest.file,
           "config of " + manifest.id + " is no JSON: " + parsed.error().message);
    return {};
  }
  if (!parsed->is_object()) {
    report(findings, manifest.file, "config of " + manifest.id + " must be an object");
    return {};
  }
  return conforms(manifest, shared, *parsed, findings) ? core::canonical(*parsed) : std::string{};
}

}  // namespace dugout::host
