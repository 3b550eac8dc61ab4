#include "cli/reloader.hpp"

#include <pthread.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/orchestrator_options.hpp"
#include "cli/reload_limits.hpp"
#include "cli/rollback.hpp"
#include "cli/self_check.hpp"
#include "cli/watched.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using observability::Field;

constexpr std::chrono::milliseconds kTick{1000};
constexpr int kMostDelays = 20;  // an editor that never stops saving is read all the same

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
      watch_(watched_by(set.settings(), set.root(), settings_path(options))),
      seen_(set.read_from()) {}

Reloader::~Reloader() {
  stop();
}

void Reloader::start() {
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
  // What was saved while the server began is read like any other change.
  for (auto woken = FileWatch::Woken::kChange;; woken = watch_.wait(kTick)) {
    if (stop_.cancelled()) return;
    tell_fault();
    if (const auto why = wanted(woken); !why.empty()) (void)reload(why);
    take_back_worse();
  }
}

void Reloader::tell_fault() {
  if (watch_.fault() == watch_fault_) return;
  watch_fault_ = watch_.fault();
  if (watch_fault_.empty()) return set_.log().info("reload.watched", {});
  set_.log().warning("reload.not_watched", {Field::safe("why", watch_fault_)});
}

// Who wants a reload, once nothing has changed for a moment; "" = nobody. There is nothing new to
// read when a file was saved with the text it had.
std::string_view Reloader::wanted(FileWatch::Woken woken) {
  constexpr std::string_view kSignal = "signal";
  if (woken == FileWatch::Woken::kAsked) return stop_.cancelled() ? "" : kSignal;
  if (woken != FileWatch::Woken::kChange || !set_.now()->settings.reload.watch) return "";
  const auto quiet = ms_of(set_.now()->settings.reload.debounce);
  for (int delays = 0; delays < kMostDelays && woken != FileWatch::Woken::kTime; ++delays) {
    woken = watch_.wait(quiet);
    if (stop_.cancelled()) return "";
    if (woken == FileWatch::Woken::kAsked) return kSignal;
  }
  const std::lock_guard lock(reloading_);
  return watch_.stamps() == seen_ ? "" : "files";
}

ReloadReport Reloader::begun(std::string_view why) const {
  ReloadReport report;
  report.why = why;
  report.at = set_.clock().wall_now();
  report.generation = app_.orchestrator().generation();
  return report;
}

ReloadReport Reloader::reload(std::string_view why) {
  const std::lock_guard lock(reloading_);
  const auto began = set_.clock().now();
  auto report = begun(why);
  attempt(report);
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

void Reloader::attempt(ReloadReport& report) {
  const auto before = set_.now();
  seen_ = watch_.stamps();  // before they are read: what changes meanwhile is read again
  Renewal renewal{before->plugins, rejected_, {}};
  if (before->settings.reload.self_test) {
    renewal.check = [this](const host::Manifest& manifest) { return self_check(manifest, stop_); };
  }
  const auto reading = set_.read(renewal, report.findings);
  if (core::has_errors(report.findings)) return;
  for (auto& finding : needs_restart(reading->settings)) {
    report.findings.push_back(std::move(finding));
  }
  if (!publish(reading, report)) return;
  report.plugins = listed(reading->plugins->fresh());
  put_on_probation(before, *reading);
}

// REQUIRES: the reading has no errors. False: the findings say why it does not serve.
bool Reloader::publish(const std::shared_ptr<const Reading>& reading, ReloadReport& report) {
  auto options = orchestrator_options(*reading, options_, false, report.findings);
  if (core::has_errors(report.findings)) return false;
  const auto before = set_.now();
  if (const auto adopted = set_.adopt(reading); !adopted) {
    report.findings.push_back(failure("store", adopted.error().message));
    return false;
  }
  report.outcome = ReloadReport::Outcome::kPublished;
  report.generation =
      app_.orchestrator().publish({reading->plugins, reading->application, std::move(options)});
  app_.jobs().renew(reading->plugins, job_schedules(reading->settings));
  const auto& log = reading->settings.log;
  const auto level = observability::level_named(log.level);
  // The command line has the last word, as it had at the start.
  if (level && !options_.log_level && log.level != before->settings.log.level) {
    set_.log().set_level(*level, {});
  }
  return true;
}

void Reloader::put_on_probation(const std::shared_ptr<const Reading>& before,
                                const Reading& reading) {
  const auto fresh = reading.plugins->fresh();
  for (const auto& id : fresh) rejected_.erase(id);  // another one than that which was taken back
  if (!reading.settings.reload.rollback) return probation_.clear();
  const auto until = set_.clock().now() + ms_of(reading.settings.reload.probation);
  for (const auto& id : fresh) {
    // One that is new has nothing to be compared with, and nothing to go back to.
    if (before->plugins->health(id) != "refused") probation_.watch(id, before, until);
  }
}

void Reloader::take_back_worse() {
  const std::lock_guard lock(reloading_);
  const auto began = set_.clock().now();
  probation_.expire(began);
  const auto serving = set_.now();
  const auto worse = probation_.worse(*serving->plugins);
  if (worse.empty()) return;
  auto report = begun("plugin errors");
  const auto back = rolled_back(*serving, worse, report.findings);
  const bool done = publish(back.reading, report);
  for (const auto& one : worse) report.plugins.push_back(one.id);
  if (done) {
    report.outcome = ReloadReport::Outcome::kRolledBack;
    reject(*serving->plugins, worse, back.whole);
  }
  // What cannot be taken back now is tried again with each tick, and told once.
  const auto why = done ? std::string{} : report.findings.back().text();
  const bool told = !done && why == stuck_;
  stuck_ = why;
  report.seconds = core::seconds(set_.clock().now() - began);
  if (!told) tell(report);
}

void Reloader::reject(const host::Generation& serving, const std::vector<Worse>& worse,
                      bool whole) {
  for (const auto& one : worse) {
    if (const auto origin = serving.origin(one.id)) rejected_[one.id] = *origin;
    probation_.forget(one.id);
  }
  if (whole) probation_.clear();  // what was watched does not serve any more
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
    counts_.last_refused = report.outcome == ReloadReport::Outcome::kRefused;
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
    findings.push_back({core::Finding::Severity::kWarning, settings_path(options_), 0, 0,
                        key + " has changed; it takes effect at the next start", ""});
  }
  return findings;
}

}  // namespace dugout::cli
