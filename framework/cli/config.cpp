// `dugout config show|check`: the settings that hold, each with where it came from.
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

namespace dugout::cli {
namespace {

using core::Json;

struct ConfigOptions {
  bool json = false, changed = false;
};

int config_show(const AppOptions& app, const ConfigOptions& options) {
  core::Findings findings;
  config::SettingOrigins origins;
  (void)settings_of(app, findings, &origins);
  if (options.changed) {
    std::erase_if(origins, [](const auto& origin) { return origin.from == "default"; });
  }
  if (options.json) {
    Json out = Json::object();
    for (const auto& origin : origins) {
      out[origin.key] = {{"value", origin.value}, {"from", origin.from}};
    }
    std::cout << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return report(findings) ? kFindings : kGood;
  }
  const auto style = Style::for_stdout();
  std::size_t key_width = 0, value_width = 0;
  for (const auto& origin : origins) {
    key_width = std::max(key_width, origin.key.size());
    value_width = std::max(value_width, std::min<std::size_t>(origin.value.size(), 40));
  }
  for (const auto& origin : origins) {
    const auto pad = [](const std::string& text, std::size_t width) {
      return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
    };
    std::cout << pad(origin.key, key_width) << "  " << pad(origin.value, value_width) << "  "
              << style.note(origin.from) << "\n";
  }
  return report(findings) ? kFindings : kGood;
}

int config_check(const AppOptions& app) {
  core::Findings findings;
  (void)settings_of(app, findings);
  if (report(findings)) return kFindings;
  std::cout << Style::for_stdout().good("good") << "  the settings can be used\n";
  return kGood;
}

}  // namespace

void add_config(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<ConfigOptions>();
  auto* config = app.add_subcommand("config", "The settings that hold: show them, check them");
  config->require_subcommand(1);
  auto* show = command(*config, "show", "Each key, its value, where it came from; secrets masked",
                       "  dugout config show --changed\n  dugout config show --json", line);
  show->add_flag("--json", options->json, "As JSON");
  show->add_flag("--changed", options->changed, "Only what is not the default");
  show->callback([options, &line] {
    line.run = [options, &line] { return config_show(line.app, *options); };
  });
  command(*config, "check", "Check dugout.yaml and the environment alone",
          "  dugout config check --config dugout.yaml", line)
      ->callback([&line] { line.run = [&line] { return config_check(line.app); }; });
}

}  // namespace dugout::cli
