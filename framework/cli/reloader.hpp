// Takes what changed on the disk into a running server: reads everything anew, checks it whole, and
// publishes it as a new generation; or refuses it, and the old one stays. A plugin that does worse
// than the one before is taken back. docs/operations/reload.md is for operators. A thread of its
// own watches the files; reload() may be called by any other.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/app.hpp"
#include "cli/file_watch.hpp"
#include "cli/probation.hpp"

namespace dugout::cli {

struct ReloadReport {
  enum class Outcome { kPublished, kRefused, kRolledBack };
  Outcome outcome = Outcome::kRefused;  // until it is published
  std::string why;                   // who wanted it: "files", "signal", "admin", "plugin errors"
  int generation = 1;                // that serves afterwards
  std::vector<std::string> plugins;  // ids of those that were loaded anew, or taken back
  core::Findings findings;
  core::WallTime at{};
  double seconds = 0.0;

  // What is on the disk serves, all of it.
  bool good() const { return outcome == Outcome::kPublished && !core::has_errors(findings); }
  std::string json() const;  // an object; of findings file, line, column, severity, message, hint
};
std::string_view name_of(ReloadReport::Outcome outcome);  // "published", "refused", "rolled_back"

// How often, for metrics.
struct ReloadCounts {
  std::uint64_t published = 0, refused = 0, rolled_back = 0;
  bool last_refused = false;
};

class Reloader {
 public:
  // Told of each reload, on its thread.
  using Listener = std::function<void(const ReloadReport&)>;

  // REQUIRES: all outlive it.
  Reloader(Set& set, App& app, const AppOptions& options, Listener listener);
  ~Reloader();  // as stop()
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // What reads certificate and key anew. Before anybody reloads.
  void renews_tls(std::function<Status()> renew) { renew_tls_ = std::move(renew); }
  void start();
  void stop();  // a reload that is under way is refused, and its self-test ended
  void ask();   // [any] a reload on the thread of its own, soon
  // [worker] At once; waits for one that is under way.
  ReloadReport reload(std::string_view why);
  std::optional<ReloadReport> last() const;
  ReloadCounts counts() const;

 private:
  void work();
  void tell_fault();
  std::string_view wanted(FileWatch::Woken woken);
  ReloadReport begun(std::string_view why) const;
  void attempt(ReloadReport& report);
  bool publish(const std::shared_ptr<const Reading>& reading, ReloadReport& report);
  void put_on_probation(const std::shared_ptr<const Reading>& before, const Reading& reading);
  void take_back_worse();
  void reject(const host::Generation& serving, const std::vector<Worse>& worse, bool whole);
  void tell(const ReloadReport& report);
  core::Findings needs_restart(const config::Settings& settings) const;

  Set& set_;
  App& app_;
  const AppOptions options_;
  const Listener listener_;
  std::function<Status()> renew_tls_;  // may be empty
  FileWatch watch_;
  std::string watch_fault_;  // that was told; of the thread
  std::mutex reloading_;     // whoever reloads; guards the four below
  FileWatch::Stamps seen_;
  Probation probation_;
  std::map<std::string, host::Origin> rejected_;  // what was taken back, by id
  std::string stuck_;                             // why plugins could not be taken back; was told
  mutable std::mutex mutex_;                      // guards the two below
  std::optional<ReloadReport> last_;
  ReloadCounts counts_;
  const core::CancelToken stop_;
  std::thread thread_;
};

}  // namespace dugout::cli
