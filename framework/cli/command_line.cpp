#include "cli/command_line.hpp"

namespace dugout::cli {
namespace {

void add_shared(CLI::App& app, CommandLine& line) {
  app.add_option("-c,--config", line.app.config,
                 "Settings file (default: dugout.yaml if it is there)");
  app.add_option("--root", line.app.root, "Folder that holds agents/ and routines/");
  app.add_option("--data", line.app.data, "Folder for the store and local files (default: var)");
  app.add_option("--plugin-path", line.app.plugin_path,
                 "Further folder with plugins; may be repeated");
  app.add_option("--log-level", line.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app.add_option("--log-format", line.log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
}

}  // namespace

CLI::App* command(CLI::App& app, const std::string& name, const std::string& what,
                  const std::string& examples, CommandLine& line) {
  auto* made = app.add_subcommand(name, what);
  made->footer("Examples:\n" + examples);
  add_shared(*made, line);
  return made;
}

}  // namespace dugout::cli
