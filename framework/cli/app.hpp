// The one place where everything is wired: settings, plugins, application, store, orchestrator.
// Each command opens as much of it as it needs. One thread at start and stop.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/file_watch.hpp"
#include "config/settings.hpp"
#include "core/clock.hpp"
#include "core/finding.hpp"
#include "host/host.hpp"
#include "jobs/jobs.hpp"
#include "net/http_client.hpp"
#include "observability/audit.hpp"
#include "observability/log.hpp"
#include "orchestrator/chat.hpp"
#include "orchestrator/takeover.hpp"
#include "orchestrator/tool_http.hpp"
#include "records/airtable_records.hpp"
#include "routines/load.hpp"
#include "store/store.hpp"

namespace dugout::cli {

// What the command line says; empty = not said.
struct AppOptions {
  std::string config;  // dugout.yaml; absent and not named: defaults
  std::string root;    // folder with agents/ and routines/
  std::string data;    // folder of the store and of what the local backends write
  std::string listen;
  std::vector<std::string> plugin_path;
  std::optional<observability::Level> log_level;
  std::optional<observability::LogOptions::Format> log_format;
  bool serves = false;           // the log goes where the settings say, and nobody waits for it
  core::Clock* clock = nullptr;  // another clock than the machine's
  bool offline = false;          // no provider, whatever the environment says
  bool own_data = false;         // `data` holds everything, whatever the settings say of paths
};

// dugout.yaml, or what stands for it on the command line.
std::string settings_path(const AppOptions& options);

// File, environment and command line together, for a command that needs no more than settings.
config::Settings settings_of(const AppOptions& options, core::Findings& findings,
                             config::SettingOrigins* origins = nullptr);

// What may change while a server runs: read together, checked together, used together.
struct Reading {
  config::Settings settings;
  std::shared_ptr<const host::Generation> plugins;
  std::shared_ptr<const routines::Application> application;
};

// How a reading takes over from the one before.
struct Renewal {
  std::shared_ptr<const host::Generation> before;  // whose plugins are used again where they can be
  std::map<std::string, host::Origin> rejected;    // plugins that did worse, by id
  std::function<Status(const host::Manifest&)> check;  // of a plugin that is not used again
};

// Settings and plugins: enough for check, graph, plugin and tool.
class Set {
 public:
  // Findings with errors: do not use it further than to report them.
  Set(const AppOptions& options, core::Findings& findings);
  ~Set();
  Set(const Set&) = delete;
  Set& operator=(const Set&) = delete;

  // As they were at the start: what of them may change meanwhile is in now()->settings.
  const config::Settings& settings() const { return settings_; }
  const std::string& root() const { return root_; }
  // Of the reading that is in use; while a server runs, another one may be adopted at any time.
  std::shared_ptr<const host::Generation> plugins() const { return now()->plugins; }
  std::shared_ptr<const routines::Application> application() const { return now()->application; }
  std::shared_ptr<const Reading> now() const;
  // Everything read anew, by the same rules as at the start. With errors in the findings it is not
  // to be adopted. [load]
  std::shared_ptr<const Reading> read(const Renewal& renewal, core::Findings& findings) const;
  // The files that it is read from as they were before, when it serves.
  const FileWatch::Stamps& read_from() const { return read_from_; }
  // In use from now on. The tables of its directory go into the store first; when that fails, what
  // was in use stays. REQUIRES: open_store().
  Status adopt(std::shared_ptr<const Reading> reading);
  // The findings in the files of the application as they are now; what runs stays as it is.
  core::Findings check_application() const;
  core::Clock& clock() { return clock_; }
  observability::Log& log() { return log_; }
  observability::AuditLog& audit() { return audit_; }

  // Opens the store, with the directory of agents/data in it, and gives tools their records.
  Status open_store();
  store::Store& store() { return *store_; }
  // Columns that a base of Airtable lacks, if records live there; asks it. REQUIRES: open_store().
  core::Findings check_records();

 private:
  std::shared_ptr<const Reading> load(const Renewal& renewal, config::Settings settings,
                                      core::Findings& findings) const;
  Status fill_tables(const routines::Application& application, const routines::Application* before);

  const AppOptions options_;
  core::SystemClock system_clock_;
  core::Clock& clock_;
  const core::FileStamp settings_stamp_;  // before they are read
  config::Settings settings_;
  const bool serves_;
  observability::Log log_;
  observability::AuditLog audit_;
  const std::string settings_file_;  // for findings, also where there is none
  core::SystemRandom random_;
  std::unique_ptr<net::HttpClient> service_client_;
  orchestrator::ToolHttp tool_http_;  // http/1 of the plugins
  std::string root_;
  FileWatch::Stamps read_from_;
  std::optional<host::Reaper> reaper_;  // while a server runs
  mutable std::mutex mutex_;            // guards now_
  std::shared_ptr<const Reading> now_;
  std::unique_ptr<store::Store> store_;
  std::optional<records::AirtableOptions> airtable_;  // nullopt: records stay in the store
  std::unique_ptr<host::RecordService> records_;
};

// Parts that a simulation replaces; null = the set's own, or the real one.
struct Stand {
  std::shared_ptr<const host::Generation> plugins;
  std::unique_ptr<net::HttpClient> http;  // with it every provider counts as configured
  std::shared_ptr<const routines::Application> application;
  pipeline::Timer* timer = nullptr;
  core::Random* random = nullptr;
  orchestrator::AttemptSink* attempts = nullptr;
  observability::Telemetry* telemetry = nullptr;  // who is told of turns; null = nobody
  std::function<void(orchestrator::OrchestratorOptions&)> adjust;  // the last word on the options
};

// When tools run by themselves, as the settings change it.
std::map<std::string, jobs::JobOptions::Schedule> job_schedules(const config::Settings& settings);

// Jobs on the set's store and plugins, not started. `work`: kinds that are no tools.
// REQUIRES: the store is open; the set outlives them.
std::unique_ptr<jobs::Jobs> open_jobs(Set& set, std::map<std::string, jobs::Work> work = {});

// The whole product, ready for a message.
class App {
 public:
  // An Error when the store cannot be opened. REQUIRES: the set has no errors, and outlives the
  // app.
  static Outcome<std::unique_ptr<App>> open(Set& set, const AppOptions& options,
                                            core::Findings& findings, Stand stand = {});

  orchestrator::Orchestrator& orchestrator() { return *orchestrator_; }
  // Not started: `serve` does that.
  jobs::Jobs& jobs() { return *jobs_; }
  // What was accepted and never answered; nothing is taken yet.
  orchestrator::Takeover& takeover() { return *takeover_; }
  bool has_providers() const { return has_providers_; }

 private:
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<orchestrator::AttemptSink> attempts_;  // none in a simulation
  core::SystemRandom random_;
  std::unique_ptr<orchestrator::Orchestrator> orchestrator_;
  std::unique_ptr<orchestrator::Takeover> takeover_;
  std::unique_ptr<jobs::Jobs> jobs_;  // after what its work uses
  bool has_providers_ = false;
};

// Prints findings to stderr, coloured at a terminal, and says whether one of them is an error.
bool report(const core::Findings& findings);

// Exit codes of the program.
inline constexpr int kGood = 0, kFindings = 1, kUsage = 2, kEnvironment = 3;

}  // namespace dugout::cli
