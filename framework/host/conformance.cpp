// The part of the suite that every plugin goes through: file, descriptor, config, life and end.
#include "host/conformance.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "config/json_schema.hpp"
#include "host/elf_file.hpp"
#include "host/isolated.hpp"
#include "host/manifest.hpp"

namespace dugout::host {
namespace {

namespace fs = std::filesystem;

std::string first_error(const core::Findings& findings) {
  for (const auto& finding : findings) {
    if (finding.severity == core::Finding::Severity::kError) return finding.text();
  }
  return {};
}

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path manifest_of(const std::string& path) {
  if (fs::is_directory(path)) return fs::path(path) / "plugin.yaml";
  const auto folder = fs::path(path).parent_path();
  return folder / "plugin.yaml";
}

std::string check_manifest(const std::string& path, Manifest& manifest) {
  std::error_code failed;
  if (!fs::exists(path, failed)) return path + " does not exist";
  const auto file = manifest_of(path);
  if (!fs::exists(file, failed)) return "no plugin.yaml beside it (" + file.string() + ")";
  core::Findings findings;
  auto found = read_manifest(file.string(), findings);
  if (!found.why.empty()) return first_error(findings).empty() ? found.why : first_error(findings);
  manifest = std::move(found.manifest);
  const bool is_library = fs::path(path).extension() == ".so";
  if (is_library && fs::path(path).filename() != fs::path(manifest.library).filename()) {
    return "plugin.yaml names another library: " + manifest.library;
  }
  return {};
}

std::string check_exports(const Manifest& manifest) {
  const auto symbols = exported_symbols(file_text(manifest.library));
  if (!symbols) return symbols.error().message;
  std::string others;
  bool found = false;
  for (const auto& symbol : *symbols) {
    if (symbol == "dugout_plugin_open") {
      found = true;
    } else if (others.size() < 400) {
      others += (others.empty() ? "" : ", ") + symbol;
    }
  }
  if (!found) return "dugout_plugin_open is not exported";
  return others.empty() ? "" : "it also exports " + others + " (build it by dugout_add_plugin)";
}

// The config to create with: {} where the schema allows it, else one made from the schema.
std::string check_config(const Manifest& manifest, std::string& config) {
  core::Findings findings;
  config = checked_config(manifest, "{}", {}, findings);
  if (manifest.config_schema.empty()) return first_error(findings);
  const auto schema = core::parse_json(file_text(manifest.config_schema));
  if (!schema) return "config schema: " + schema.error().message;
  if (config.empty()) {
    core::Findings again;
    config = checked_config(manifest, core::canonical(sample_of(*schema)), {}, again);
    if (config.empty()) return first_error(again) + "; give the schema defaults or examples";
  }
  const auto compiled = config::JsonSchema::compile(*schema);
  if (!compiled) return compiled.error().message;
  auto bad = *core::parse_json(config);
  bad["no_such_setting"] = 1;
  return compiled->check(bad).empty()
             ? "the schema accepts an unknown setting (additionalProperties: false)"
             : "";
}

bool is_mapped(const std::string& name) {
  std::ifstream maps("/proc/self/maps");
  const std::string all{std::istreambuf_iterator<char>(maps), {}};
  return all.find(name) != all.npos;
}

void check_faces(const std::shared_ptr<Plugin>& plugin, Report& report) {
  const auto& faces = plugin->manifest().faces;
  const auto has = [&](const char* id) {
    return std::find(faces.begin(), faces.end(), id) != faces.end();
  };
  report.run("an unknown face is absent", [&] {
    const auto face = plugin->library().module().face;
    return face(plugin->instance(), "no_such_face/1") == nullptr &&
                   face(plugin->instance(), "") == nullptr
               ? ""
               : "face() gave a table for a face that does not exist";
  });
  if (has(DUGOUT_FACE_PARSER)) check_parser(plugin, report);
  if (has(DUGOUT_FACE_RECOVERY)) check_recovery(plugin, report);
  if (has(DUGOUT_FACE_PROVIDER)) check_provider(plugin, report);
  if (has(DUGOUT_FACE_VALIDATOR)) check_validator(plugin, report);
  if (has(DUGOUT_FACE_TUNER)) check_tuner(plugin, report);
  if (has(DUGOUT_FACE_TOOL)) check_tool(plugin, report);
  check_concurrency(plugin, report);
}

void check_end(std::shared_ptr<Plugin> plugin, Report& report) {
  const auto name = plugin->library().mapped_name();
  const bool unload = plugin->manifest().unload, isolated = plugin->manifest().isolated;
  report.run("destroy and close come back", [&] {
    plugin.reset();
    return "";
  });
  if (isolated) {
    return report.skip("the library leaves the process", "it ran in a process of its own");
  }
  if (!unload) return report.skip("the library leaves the process", "unload: never");
  report.run("the library leaves the process", [&] {
    return is_mapped(name) ? "it is still mapped after dlclose: GNU-unique symbols or live "
                             "thread_local objects; build it by dugout_add_plugin or declare "
                             "unload: never"
                           : "";
  });
}

}  // namespace

void run_conformance(const std::string& path, const Isolation& isolation, Report& report) {
  Manifest manifest;
  if (!report.run("the manifest is valid", [&] { return check_manifest(path, manifest); })) return;
  LoadOptions options;
  options.isolation = isolation;
  manifest.isolated = runs_isolated(manifest, options);
  core::Findings findings;
  if (!report.run("the library is fit to be opened", [&] {
        open_library(manifest, false, findings);
        return first_error(findings);
      })) {
    return;
  }
  report.run("only dugout_plugin_open is exported", [&] { return check_exports(manifest); });
  std::unique_ptr<Library> library;
  if (!report.run("descriptor and manifest agree", [&] {
        library = manifest.isolated ? open_isolated(manifest, options, findings)
                                    : Library::open(manifest, false, findings);
        return first_error(findings);
      })) {
    return;
  }
  report.run("another major version is refused", [&] {
    return library->serves(DUGOUT_ABI_MAJOR + 1)
               ? "dugout_plugin_open gave a module to a host it does not know"
               : "";
  });
  std::string config;
  if (!report.run("the config schema is strict", [&] { return check_config(manifest, config); }) &&
      config.empty()) {
    return;
  }
  std::shared_ptr<Plugin> plugin;
  if (!report.run("it is created and has the faces it declares", [&] {
        plugin = Plugin::start(manifest, std::move(library), config, findings);
        return first_error(findings);
      })) {
    return;
  }
  check_faces(plugin, report);
  check_end(std::move(plugin), report);
}

}  // namespace dugout::host
