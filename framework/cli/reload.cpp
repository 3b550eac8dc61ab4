// `dugout reload`: asks the server of a data folder to read its files anew, and tells what came of
// it. Whoever may send a signal to the server may do so; over HTTP there is POST /admin/reload.
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.hpp"
#include "cli/serving_file.hpp"
#include "cli/terminal.hpp"
#include "core/clock.hpp"
#include "core/json.hpp"

namespace dugout::cli {
namespace {

using core::Json;

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr auto kPatience = std::chrono::seconds(120);  // many plugins may have to pass their tests

std::optional<Json> report_at(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  auto read = core::parse_json(std::string{std::istreambuf_iterator<char>(in), {}});
  if (!read || !read->is_object()) return std::nullopt;
  return *read;
}

// The report of a reload that began after `asked`; one that was under way by then is another one.
std::optional<Json> report_since(const std::string& path, std::int64_t asked_ms) {
  auto read = report_at(path);
  if (!read) return std::nullopt;
  return read->value("at_ms", std::int64_t{0}) >= asked_ms ? read : std::nullopt;
}

core::Finding finding_of(const Json& line) {
  core::Finding finding;
  finding.severity = core::member(line, "severity") == "error" ? core::Finding::Severity::kError
                                                               : core::Finding::Severity::kWarning;
  finding.file = core::member(line, "file");
  finding.line = line.value("line", 0);
  finding.column = line.value("column", 0);
  finding.message = core::member(line, "message");
  finding.hint = core::member(line, "hint");
  return finding;
}

bool is_good(const Json& result, const core::Findings& findings) {
  return core::member(result, "outcome") == "published" && !core::has_errors(findings);
}

core::Findings findings_of(const Json& result) {
  core::Findings findings;
  for (const auto& line : result.value("findings", Json::array())) {
    if (line.is_object()) findings.push_back(finding_of(line));
  }
  return findings;
}

int tell(const Json& result) {
  const auto findings = findings_of(result);
  (void)report(findings);
  const auto style = Style::for_stdout();
  const auto generation = std::to_string(result.value("generation", 0));
  if (core::member(result, "outcome") != "published") {
    std::cout << style.bad("refused") << "; generation " << generation << " goes on serving\n";
    return kFindings;
  }
  const auto plugins = result.value("plugins", Json::array()).size();
  std::cout << style.good("generation " + generation) << " serves new turns";
  if (plugins > 0) std::cout << ", with " << plugins << " plugin(s) loaded anew";
  std::cout << "\n";
  return core::has_errors(findings) ? kFindings : kGood;
}

}  // namespace

int reload(const AppOptions& options, bool json) {
  core::Findings findings;
  const auto settings = settings_of(options, findings);
  const auto server = ServingFile::find(settings.data);
  if (!server) {
    std::cerr << "no server works in " << settings.data
              << "; start one with `dugout serve`, or name its folder with --data\n";
    return kEnvironment;
  }
  const auto path = ServingFile::report_path(settings.data);
  const auto asked_ms = core::SystemClock().wall_now().time_since_epoch().count();
  if (::kill(server->process, SIGHUP) != 0) {
    std::cerr << "the server (process " << server->process
              << ") takes no signal from this user; ask it over HTTP: POST /admin/reload\n";
    return kEnvironment;
  }
  const auto until = std::chrono::steady_clock::now() + kPatience;
  auto result = report_since(path, asked_ms);
  for (; !result; result = report_since(path, asked_ms)) {
    if (std::chrono::steady_clock::now() > until) {
      std::cerr
          << "the server has been asked, but has not told within two minutes what came of it\n";
      return kEnvironment;
    }
    std::this_thread::sleep_for(kPoll);
  }
  if (!json) return tell(*result);
  std::cout << result->dump(2) << "\n";
  return is_good(*result, findings_of(*result)) ? kGood : kFindings;
}

}  // namespace dugout::cli
