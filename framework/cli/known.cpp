#include "cli/known.hpp"

#include <nlohmann/json.hpp>

namespace dugout::cli {
namespace {

routines::ToolShape shape_of(const host::ToolDeclaration& declared) {
  routines::ToolShape shape;
  shape.name = declared.name;
  shape.check_argument = declared.check_argument;
  shape.has_effects = declared.effects != host::Effects::kNone;
  const auto schema = nlohmann::json::parse(declared.arguments, nullptr, false);
  if (!schema.is_object()) return shape;
  const auto properties = schema.value("properties", nlohmann::json::object());
  for (const auto& [name, value] : properties.items()) shape.arguments.push_back(name);
  for (const auto& name : schema.value("required", nlohmann::json::array()))
    shape.required.push_back(name);
  return shape;
}

}  // namespace

routines::Known known_of(const host::Generation& plugins, const config::Settings& settings) {
  routines::Known known;
  for (const auto& [name, provider] : settings.providers) known.providers.push_back(name);
  for (const auto& name : plugins.tool_names()) {
    known.tools.push_back(shape_of(plugins.tool(name)->declaration()));
  }
  for (const auto& info : plugins.plugins()) {
    if (info.state != "loaded") continue;
    const auto dot = info.manifest.id.find('.');
    const auto kind = info.manifest.id.substr(0, dot), name = info.manifest.id.substr(dot + 1);
    if (kind == "parser") known.parsers.push_back(name);
    if (kind == "recovery") known.recovery.push_back(name);
    if (kind == "validator") known.validators.push_back(name);
  }
  return known;
}

}  // namespace dugout::cli
