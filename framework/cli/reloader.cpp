#include "cli/reloader.hpp"

#include <pthread.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/orchestrator_options.hpp"
#include "cli/places.hpp"
#include "cli/reload_limits.hpp"
#include "cli/self_check.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using observability::Field;

constexpr std::chrono::milliseconds kTick{1000};
constexpr int kMostDelays = 20;  // an editor that never stops saving is read all the same

std::vector<std::string> watched_trees(const Set& set) {
  auto trees = plugin_folders(set.settings().plugin_path);
  trees.push_back(set.root() + "/agents");
  trees.push_back(set.root() + "/routines");
  return trees;
}

std::vector<std::string> watched_files(const Set& set, const AppOptions& options) {
  const auto& tls = set.settings().tls;
  std::vector<std::string> files{options.config.empty() ? "dugout.yaml" : options.config};
  for (const auto& file : {tls.certificate, tls.key, tls.key_password_file}) {
    if (!file.empty()) files.push_back(file);
  }
  return files;
}

std::chrono::milliseconds ms_of(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000.0));
}

std::vector<std::string> listed(const std::set<std::string>& names) {
  return {names.begin(), names.end()};
}

Json reload_finding(const core::Finding& finding) {
  const bool error = finding.severity == core::Finding::Severity::kError;
  return {{"severity", error ? "error" : "warning"},
          {"file", finding.file},
          {"line", finding.line},
          {"column", finding.column},
          {"message", finding.message},
          {"hint", finding.hint}};
}

core::Finding failure(const std::string& file, const std::string& message) {
  return {core::Finding::Severity::kError, file, 0, 0, message, "what serves now stays"};
}

}  // namespace

std::string_view name_of(ReloadReport::Outcome outcome) {
  if (outcome == ReloadReport::Outcome::kRefused) return "refused";
  return outcome == ReloadReport::Outcome::kPublished ? "published" : "rolled_back";
}

std::string ReloadReport::json() const {
  Json out{{"outcome", name_of(outcome)}, {"why", why},
           {"generation", generation},    {"plugins", plugins},
           {"seconds", seconds},          {"at_ms", at.time_since_epoch().count()},
           {"findings", Json::array()}};
  for (const auto& finding : findings) out["findings"].push_back(reload_finding(finding));
  return core::canonical(out);
}

Reloader::Reloader(Set& set, App& app, const AppOptions& options, Listener listener)
    : set_(set),
      app_(app),
      options_(options),
      listener_(std::move(listener)),
      watch_(watched_trees(set), watched_files(set, options)),
      seen_(watch_.stamps()) {}

Reloader::~Reloader() {
  stop();
}

void Reloader::start() {
  if (!watch_.fault().empty()) {
    set_.log().warning("reload.not_watched", {Field::safe("why", watch_.fault())});
  }
  thread_ = std::thread([this] { work(); });
  pthread_setname_np(thread_.native_handle(), "dugout-watch");
}

void Reloader::stop() {
  stop_.cancel();
  watch_.wake();
  if (thread_.joinable()) thread_.join();
}

void Reloader::ask() {
  watch_.wake();
}

void Reloader::work() {
  for (;;) {
    const auto woken = watch_.wait(kTick);
    if (stop_.cancelled()) return;
    const bool asked = woken == FileWatch::Woken::kAsked;
    if (asked || (woken == FileWatch::Woken::kChange && set_.now()->settings.reload.watch)) {
      if (settled(asked)) (void)reload(asked ? "signal" : "files");
    }
    take_back_worse();
  }
}

// Waits until nothing has changed for a moment. False: there is nothing new to read, as when a file
// was saved with the text it had.
bool Reloader::settled(bool asked) {
  if (asked) return true;
  const auto quiet = ms_of(set_.now()->settings.reload.debounce);
  for (int delays = 0; delays < kMostDelays && !stop_.cancelled(); ++delays) {
    const auto woken = watch_.wait(quiet);
    if (woken == FileWatch::Woken::kAsked) return !stop_.cancelled();
    if (woken == FileWatch::Woken::kTime) break;
  }
  const std::lock_guard lock(reloading_);
  return !stop_.cancelled() && watch_.stamps() != seen_;
}

ReloadReport Reloader::reload(std::string_view why) {
  const std::lock_guard lock(reloading_);
  const auto began = set_.clock().now();
  auto report = attempt(why);
  // A certificate that is about to expire does not wait for a routine to be mended.
  if (renew_tls_) {
    if (const auto renewed = renew_tls_(); !renewed) {
      report.findings.push_back(failure(set_.settings().tls.certificate, renewed.error().message));
    }
  }
  report.seconds = core::seconds(set_.clock().now() - began);
  tell(report);
  return report;
}

// A plugin that was taken back stays so until one of its files is another one.
std::map<std::string, std::shared_ptr<const host::Generation>> Reloader::kept() const {
  std::map<std::string, std::shared_ptr<const host::Generation>> out;
  const auto serving = set_.plugins();
  for (const auto& info : serving->plugins()) {
    const auto refused = refused_plugins_.find(info.manifest.id);
    if (refused == refused_plugins_.end()) continue;
    if (files_of(info.manifest) == refused->second) out[info.manifest.id] = serving;
  }
  return out;
}

ReloadReport Reloader::attempt(std::string_view why) {
  ReloadReport report;
  report.why = why;
  report.at = set_.clock().wall_now();
  report.generation = app_.orchestrator().generation();
  report.outcome = ReloadReport::Outcome::kRefused;
  seen_ = watch_.stamps();  // before they are read: what changes meanwhile is read again
  Renewal renewal;
  renewal.before = set_.plugins();
  renewal.keep = kept();
  if (set_.now()->settings.reload.self_test) {
    renewal.check = [this](const host::Manifest& manifest) { return self_check(manifest, stop_); };
  }
  auto reading = set_.read(renewal, report.findings);
  if (core::has_errors(report.findings)) return report;
  for (auto& finding : needs_restart(reading->settings)) {
    report.findings.push_back(std::move(finding));
  }
  std::erase_if(refused_plugins_,
                [&](const auto& plugin) { return renewal.keep.count(plugin.first) == 0; });
  return publish(std::move(reading), std::move(report));
}

// REQUIRES: the reading has no errors.
ReloadReport Reloader::publish(std::shared_ptr<const Reading> reading, ReloadReport report) {
  auto options = orchestrator_options(*reading, options_, false, report.findings);
  const auto before = set_.now();
  const auto fresh = reading->plugins->fresh();
  if (core::has_errors(report.findings)) return report;
  if (const auto adopted = set_.adopt(reading); !adopted) {
    report.findings.push_back(failure("store", adopted.error().message));
    return report;
  }
  report.outcome = ReloadReport::Outcome::kPublished;
  report.plugins = listed(fresh);
  report.generation =
      app_.orchestrator().publish({reading->plugins, reading->application, std::move(options)});
  app_.jobs().renew(reading->plugins, job_schedules(reading->settings));
  const auto& log = reading->settings.log;
  if (const auto level = observability::level_named(log.level);
      level && log.level != before->settings.log.level) {
    set_.log().set_level(*level, {});
  }
  if (!reading->settings.reload.rollback) {
    probation_.clear();
    return report;
  }
  const auto until = set_.clock().now() + ms_of(reading->settings.reload.probation);
  for (const auto& id : fresh) {
    // One that is new has nothing to be compared with, and nothing to go back to.
    if (before->plugins->health(id) != "refused") probation_.watch(id, before, until);
  }
  return report;
}

void Reloader::take_back_worse() {
  const std::lock_guard lock(reloading_);
  const auto began = set_.clock().now();
  probation_.expire(began);
  const auto serving = set_.plugins();
  const auto worse = probation_.worse(*serving);
  if (worse.empty()) return;
  ReloadReport report;
  report.why = "plugin errors";
  report.at = set_.clock().wall_now();
  Renewal renewal;
  renewal.before = serving;
  renewal.keep = kept();
  std::map<std::string, PluginFiles> refused;
  for (const auto& info : serving->plugins()) {
    const auto found = worse.find(info.manifest.id);
    if (found == worse.end()) continue;
    renewal.keep[found->first] = found->second->plugins;
    refused[found->first] = files_of(info.manifest);
    report.plugins.push_back(found->first);
  }
  const auto plugins = report.plugins;
  core::Findings findings;
  auto reading = set_.read(renewal, findings);
  // What was written for the new plugins may not do with the old ones: then all of it goes back.
  const bool all = core::has_errors(findings);
  if (all) reading = worse.begin()->second;
  report = publish(std::move(reading), std::move(report));
  if (report.outcome == ReloadReport::Outcome::kPublished)
    report.outcome = ReloadReport::Outcome::kRolledBack;
  report.plugins = plugins;
  refused_plugins_.merge(refused);
  for (const auto& id : plugins) probation_.forget(id);
  if (all) probation_.clear();  // what was watched does not serve any more
  report.seconds = core::seconds(set_.clock().now() - began);
  tell(report);
}

void Reloader::tell(const ReloadReport& report) {
  std::string plugins;
  for (const auto& id : report.plugins) plugins += (plugins.empty() ? "" : " ") + id;
  const bool good = report.good();
  const auto first = good || report.findings.empty() ? "" : report.findings.front().text();
  set_.log().log(good ? observability::Level::kInfo : observability::Level::kWarning, "reload",
                 {Field::safe("outcome", name_of(report.outcome)),
                  Field::safe("why", report.why),
                  {"generation", report.generation},
                  {"findings", static_cast<std::int64_t>(report.findings.size())},
                  {"ms", report.seconds * 1000.0},
                  Field::safe("plugins", plugins),
                  Field::safe("first", first)});
  {
    const std::lock_guard lock(mutex_);
    last_ = report;
    ++(report.outcome == ReloadReport::Outcome::kPublished ? counts_.published
       : report.outcome == ReloadReport::Outcome::kRefused ? counts_.refused
                                                           : counts_.rolled_back);
    counts_.last_refused = core::has_errors(report.findings);
  }
  if (listener_) listener_(report);
}

std::optional<ReloadReport> Reloader::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

ReloadCounts Reloader::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

core::Findings Reloader::needs_restart(const config::Settings& settings) const {
  core::Findings findings;
  for (const auto& key : keys_for_a_restart(set_.settings(), settings)) {
    findings.push_back({core::Finding::Severity::kWarning,
                        options_.config.empty() ? "dugout.yaml" : options_.config, 0, 0,
                        key + " has changed; it takes effect at the next start", ""});
  }
  return findings;
}

}  // namespace dugout::cli
