// Reads agents/data: tables of the directory, and settings for templates and tools.
#include <filesystem>

#include <nlohmann/json.hpp>

#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

// Nested maps become dotted names. Depth is bounded by the YAML loader.
void flatten(const config::Node& node, const std::string& prefix, const FileFindings& out,
             Settings& settings) {
  for (const auto& [name, value] : node.members) {
    const auto key = prefix + "." + name;
    if (!is_field_name(name)) {
      out.error(value.key_mark, "\"" + name + "\" is not a setting's name",
                "lower-case letters, digits and underscores");
    } else if (value.is_map()) {
      flatten(value, key, out, settings);
    } else if (value.is_scalar()) {
      settings[key] = value.scalar;
    } else {
      out.error(value.mark, "setting " + key + " must be a text or a number");
    }
  }
}

void load_table(const config::Node& root, const std::string& name, const FileFindings& out,
                Application& application) {
  auto& rows = application.tables[name];
  for (const auto& item : root.items) {
    if (!item.is_map()) {
      out.error(item.mark, "a row of " + name + " must be a map of columns");
      continue;
    }
    core::Json row = core::Json::object();
    for (const auto& [column, value] : item.members) {
      // Columns are texts everywhere: `number: 7` and `number: "7"` must compare equal.
      if (value.is_scalar()) {
        row[column] = value.scalar;
      } else {
        out.error(value.mark, "column " + column + " of " + name + " must be a text or a number");
      }
    }
    rows.push_back(core::canonical(row));
  }
}

// Settings are a table of one row besides, so that a tool can read them.
void add_settings_row(const std::string& name, Application& application) {
  const auto prefix = name + ".";
  core::Json row = core::Json::object();
  for (const auto& [key, value] : application.settings) {
    if (key.starts_with(prefix)) row[key.substr(prefix.size())] = value;
  }
  application.tables[name].push_back(core::canonical(row));
}

}  // namespace

void load_data(const std::string& folder, Application& application, core::Findings& findings) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return;
  for (const auto& path : yaml_files(folder, findings)) {
    const auto file = config::load_yaml(path, findings);
    if (!file) continue;
    const FileFindings out{path, findings};
    const auto name = std::filesystem::path(path).stem().string();
    if (!is_field_name(name)) {
      out.error({1, 1}, "\"" + name + "\" is not a table's name",
                "lower-case letters, digits and underscores");
    } else if (file->root.is_list()) {
      load_table(file->root, name, out, application);
    } else if (file->root.is_map()) {
      flatten(file->root, name, out, application.settings);
      add_settings_row(name, application);
    } else {
      out.error({1, 1}, "a data file is a list of rows, or a map of settings");
    }
  }
}

}  // namespace dugout::routines
