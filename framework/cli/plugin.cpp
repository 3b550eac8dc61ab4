// `dugout plugin list|check|new` and `dugout tool list|run`.
#include <sys/prctl.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/plugin_child.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace dugout::cli {
namespace {

using core::Json;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

const char* effect_name(host::Effects effects) {
  switch (effects) {
    case host::Effects::kIdempotent:
      return "idempotent";
    case host::Effects::kOnce:
      return "once";
    default:
      return "none";
  }
}

Json plugin_json(const host::PluginInfo& info) {
  const auto& manifest = info.manifest;
  return {{"id", manifest.id},
          {"version", manifest.version},
          {"state", info.state},
          {"why", info.why},
          {"faces", manifest.faces},
          {"needs", manifest.needs},
          {"effects", effect_name(manifest.effects)},
          {"isolation", manifest.isolated ? "process" : "none"},
          {"manifest", manifest.file}};
}

// Its code runs where it would in a server: one that is to be shut in is so here as well.
std::vector<host::CheckResult> checked(const std::string& path, const PluginCheckOptions& check) {
  host::Isolation isolation{kThisProgram, {}};
  if (!check.isolation.empty()) isolation.all = check.isolation == "process";
  const auto limit = std::chrono::milliseconds(std::llround(check.limit * 1000.0));
  return host::check_plugin(path, limit, isolation);
}

// False: the server is gone already.
bool ends_with(int server) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return ::getppid() == server;
}

int plugin_check_json(const PluginCheckOptions& check) {
  Json all = Json::array();
  bool failed = false;
  for (const auto& path : check.paths) {
    for (const auto& result : checked(path, check)) {
      failed = failed || !result.passed;
      all.push_back({{"path", path},
                     {"name", result.name},
                     {"passed", result.passed},
                     {"detail", result.detail}});
    }
  }
  std::cout << core::canonical(all) << "\n";
  return failed ? kFindings : kGood;
}

}  // namespace

int plugin_list(const AppOptions& options, bool json) {
  core::Findings findings;
  Set set(options, findings);
  const auto style = Style::for_stdout();
  Json all = Json::array();
  for (const auto& info : set.plugins()->plugins()) {
    if (json) {
      all.push_back(plugin_json(info));
      continue;
    }
    const bool loaded = info.state == "loaded";
    std::cout << (loaded ? style.good("loaded ") : style.bad("refused")) << "  " << std::left
              << std::setw(40) << info.manifest.id << std::setw(9) << info.manifest.version
              << joined(info.manifest.faces)
              << (info.manifest.isolated ? style.dim("  in its own process") : "")
              << (loaded ? "" : "  " + info.why) << "\n";
  }
  if (json) std::cout << all.dump(2) << "\n";
  return report(findings) ? kFindings : kGood;
}

int plugin_check(const PluginCheckOptions& check, bool json) {
  if (check.server != 0 && !ends_with(check.server)) return kEnvironment;
  if (json) return plugin_check_json(check);
  const auto style = Style::for_stdout();
  int failed = 0;
  for (const auto& path : check.paths) {
    std::cout << style.bold(path) << std::endl;  // at once: it may take a while, in a fork
    for (const auto& result : checked(path, check)) {
      failed += result.passed ? 0 : 1;
      std::cout << "  " << (result.passed ? style.good("pass") : style.bad("FAIL")) << "  "
                << result.name;
      if (!result.detail.empty()) std::cout << style.dim("  " + result.detail);
      std::cout << "\n";
    }
  }
  std::cout << (failed == 0 ? style.good("conforms")
                            : style.bad(std::to_string(failed) + " failed"))
            << "\n";
  return failed == 0 ? kGood : kFindings;
}

int tool_list(const AppOptions& options, bool json) {
  core::Findings findings;
  Set set(options, findings);
  const auto style = Style::for_stdout();
  Json all = Json::array();
  for (const auto& name : set.plugins()->tool_names()) {
    const auto tool = set.plugins()->tool(name);
    const auto& declared = tool->declaration();
    if (json) {
      all.push_back({{"name", declared.name},
                     {"description", declared.description},
                     {"effects", effect_name(declared.effects)},
                     {"arguments", Json::parse(declared.arguments, nullptr, false)}});
    } else {
      std::cout << std::left << std::setw(34) << declared.name << std::setw(12)
                << effect_name(declared.effects) << style.dim(declared.description) << "\n";
    }
  }
  if (json) std::cout << all.dump(2) << "\n";
  return report(findings) ? kFindings : kGood;
}

int tool_run(const AppOptions& options, const std::string& name, const std::string& arguments) {
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  const auto tool = set.plugins()->tool(name);
  if (tool == nullptr) {
    std::cerr << "there is no tool called " << name << "; `dugout tool list` shows them\n";
    return kUsage;
  }
  const auto parsed = core::parse_json(arguments);
  if (!parsed) {
    std::cerr << "the arguments are not JSON: " << parsed.error().message << "\n";
    return kUsage;
  }
  if (const auto opened = set.open_store(); !opened) {
    std::cerr << opened.error().message << "\n";
    return kEnvironment;
  }
  // Each run by hand is an effect of its own.
  const Json context{
      {"idempotency_key", core::new_id("cli_")}, {"session", "cli"}, {"turn", "cli"}};
  const auto result = tool->run(core::canonical(*parsed), context.dump());
  if (!result) {
    std::cerr << result.error().message << "\n";
    return kFindings;
  }
  const auto shown = core::parse_json(*result);
  std::cout << (shown ? shown->dump(2) : *result) << "\n";
  return shown && shown->value("ok", false) ? kGood : kFindings;
}

}  // namespace dugout::cli
