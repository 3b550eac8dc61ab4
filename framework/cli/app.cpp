#include "cli/app.hpp"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/attempt_log.hpp"
#include "cli/backups.hpp"
#include "cli/known.hpp"
#include "cli/orchestrator_options.hpp"
#include "cli/places.hpp"
#include "cli/plugin_child.hpp"
#include "cli/records_backend.hpp"
#include "cli/retention.hpp"
#include "cli/terminal.hpp"
#include "cli/watched.hpp"
#include "http/upload_job.hpp"
#include "records/airtable_schema.hpp"
#include "records/store_records.hpp"
#include "store/sqlite_store.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using observability::Field;

config::SettingsSource settings_source(const AppOptions& options) {
  config::SettingsSource source;
  source.file_required = !options.config.empty();
  if (source.file_required) source.file = options.config;
  source.environment = process_environment();
  source.listen = options.listen;
  source.data = options.data;
  source.root = options.root;
  source.plugin_path = options.plugin_path;
  return source;
}

// The command line's word, the settings', then what the command usually has. Only a server writes
// to a file, and behind a queue: what the other commands say belongs in front of whoever called
// them.
observability::LogOptions log_options(const AppOptions& options, const config::LogSettings& log) {
  using observability::Level, observability::LogOptions;
  LogOptions out;
  const auto usual = options.serves ? Level::kInfo : Level::kWarning;
  const auto set = observability::level_named(log.level).value_or(usual);
  out.level = options.log_level.value_or(set);
  if (log.format == "text") out.format = LogOptions::Format::kText;
  if (log.format == "json") out.format = LogOptions::Format::kJson;
  if (options.log_format) out.format = *options.log_format;
  if (!options.serves) return out;
  out.file = {log.file, log.file_bytes, log.files};
  out.queue = {log.queue, log.queue_bytes};
  return out;
}

// What every plugin is offered: where local backends write, the server's address as the world
// knows it, and the outside services by name.
// A simulation reaches nobody: it has the amounts of the settings, and local backends.
std::map<std::string, std::string> shared_config(const config::Settings& settings, bool simulated) {
  auto shared = settings.services;
  for (auto& [name, text] : shared) {
    auto service = Json::parse(text);
    if (simulated) service["backend"] = "local";
    text = service.dump();
  }
  shared["data_folder"] = Json(settings.data).dump();
  shared["public_url"] = Json(settings.public_url).dump();
  return shared;
}

// What runs by the clock besides the tools that say so.
std::map<std::string, host::ToolSchedule> own_schedules(const config::Settings& settings) {
  std::map<std::string, host::ToolSchedule> own{{kRetentionKind, {kRetentionTime, 0}}};
  if (!settings.backup.folder.empty()) own[kBackupKind] = {kBackupTime, 0};
  return own;
}

jobs::JobOptions job_options(const config::Settings& settings) {
  jobs::JobOptions options;
  options.workers = settings.limits.job_workers;
  options.own = own_schedules(settings);
  options.schedules = job_schedules(settings);
  return options;
}

// A change to what nothing declares is most likely a slip of the pen.
void check_jobs(const config::Settings& settings, const host::Generation& plugins,
                const std::string& file, core::Findings& findings) {
  auto known = own_schedules(settings);
  for (const auto& name : plugins.tool_names()) {
    known.emplace(name, plugins.tool(name)->declaration().schedule);
  }
  for (const auto& [name, change] : settings.jobs) {
    if (const auto found = known.find(name); found != known.end() && found->second.set()) continue;
    findings.push_back({core::Finding::Severity::kWarning, file, 0, 0,
                        "jobs." + name + ": no tool of this name runs by the clock",
                        "`dugout tool list` shows the tools"});
  }
}

// A tuner that is to decide and is not there would leave the static options without a word.
void check_tuner(const config::TunerSettings& tuner, const host::Generation& plugins,
                 const std::string& file, core::Findings& findings) {
  const bool named = tuner.mode == "on" || tuner.plugin != config::TunerSettings().plugin;
  if (tuner.mode == "off" || !named || plugins.tuner(tuner.plugin) != nullptr) return;
  findings.push_back({core::Finding::Severity::kError, file, 0, 0,
                      "resilience.tuner.plugin: there is no tuner \"" + tuner.plugin + "\"",
                      "`dugout plugin list` shows the plugins"});
}

net::HttpLimits http_limits(const config::Settings& settings) {
  net::HttpLimits limits;
  for (const auto& [name, provider] : settings.providers) {
    limits.body_bytes = std::max(limits.body_bytes, provider.body_bytes);
  }
  return limits;
}

// A server looks at its store before it takes a message; a large one would keep it for too long.
store::SqliteOptions store_options(observability::Log& log, bool serves) {
  constexpr std::uintmax_t kCheckedBytes = 64U << 20;
  store::SqliteOptions options;
  options.log = &log;
  if (serves) options.check_bytes = kCheckedBytes;
  return options;
}

}  // namespace

std::string settings_path(const AppOptions& options) {
  return options.config.empty() ? "dugout.yaml" : options.config;
}

config::Settings settings_of(const AppOptions& options, core::Findings& findings,
                             config::SettingOrigins* origins) {
  auto settings = config::load_settings(settings_source(options), findings, origins);
  if (options.own_data) settings.store = settings.data + "/dugout.db";
  return settings;
}

std::map<std::string, jobs::JobOptions::Schedule> job_schedules(const config::Settings& settings) {
  std::map<std::string, jobs::JobOptions::Schedule> schedules;
  for (const auto& [tool, change] : settings.jobs) {
    schedules[tool] = {change.enabled, change.at, change.every};
  }
  return schedules;
}

Set::Set(const AppOptions& options, core::Findings& findings)
    : options_(options),
      clock_(options.clock == nullptr ? system_clock_ : *options.clock),
      settings_stamp_(core::stamp_of(settings_path(options))),
      settings_(settings_of(options, findings)),
      serves_(options.serves),
      log_(clock_, log_options(options, settings_.log)),
      audit_(observability::audit_folder(settings_.data), clock_),
      settings_file_(settings_path(options)),
      service_client_(net::make_http_client()),
      tool_http_(*service_client_, clock_, random_, log_) {
  if (!options.own_data) airtable_ = airtable_options(settings_, settings_file_, findings);
  root_ = application_root(settings_.root);
  if (options.serves) {
    reaper_.emplace();
    read_from_ = watched_by(settings_, root_, settings_file_).stamps();
    read_from_[settings_file_] = settings_stamp_;
  }
  host::install_services({&clock_, nullptr, &log_, &tool_http_});
  now_ = load({}, settings_, findings);
}

std::shared_ptr<const Reading> Set::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

std::shared_ptr<const Reading> Set::load(const Renewal& renewal, config::Settings settings,
                                         core::Findings& findings) const {
  host::LoadOptions options;
  options.folders = plugin_folders(settings_.plugin_path);
  options.configs = settings.plugins;
  options.shared = shared_config(settings, options_.own_data);
  options.before = renewal.before;
  options.rejected = renewal.rejected;
  options.check = renewal.check;
  options.isolation = {kThisProgram, settings.isolation};
  auto reading = std::make_shared<Reading>();
  reading->plugins = host::load(options, findings);
  check_jobs(settings, *reading->plugins, settings_file_, findings);
  check_tuner(settings.resilience.tuner, *reading->plugins, settings_file_, findings);
  reading->application = std::make_shared<const routines::Application>(
      routines::load_application(root_, known_of(*reading->plugins, settings), findings));
  reading->settings = std::move(settings);
  return reading;
}

std::shared_ptr<const Reading> Set::read(const Renewal& renewal, core::Findings& findings) const {
  return load(renewal, settings_of(options_, findings), findings);
}

core::Findings Set::check_application() const {
  core::Findings findings;
  const auto reading = now();
  (void)routines::load_application(root_, known_of(*reading->plugins, reading->settings), findings);
  return findings;
}

Set::~Set() {
  now_.reset();     // before the services and the store they use
  reaper_.reset();  // waits for the plugins that went
  host::install_services({});
}

Status Set::fill_tables(const routines::Application& application,
                        const routines::Application* before) {
  store::Store::Tables changed;
  for (const auto& [table, rows] : application.tables) {
    if (before != nullptr) {
      const auto known = before->tables.find(table);
      if (known != before->tables.end() && known->second == rows) continue;
    }
    changed[table] = rows;
  }
  // All at once: a half that is left over would count as unchanged the next time.
  return changed.empty() ? Done{} : store_->replace_tables(changed);
}

Status Set::adopt(std::shared_ptr<const Reading> reading) {
  const auto before = now();
  if (const auto done = fill_tables(*reading->application, before->application.get()); !done) {
    return done.error();
  }
  const std::lock_guard lock(mutex_);
  now_ = std::move(reading);
  return Done{};
}

Status Set::open_store() {
  if (store_) return Done{};
  auto opened = store::open_sqlite_store(settings_.store, clock_, store_options(log_, serves_));
  if (!opened) return opened.error();
  store_ = std::move(*opened);
  if (const auto done = fill_tables(*application(), nullptr); !done) return done.error();
  if (airtable_) {
    records_ =
        std::make_unique<records::AirtableRecords>(*airtable_, *store_, tool_http_, clock_, log_);
  } else {
    records_ = std::make_unique<records::StoreRecords>(*store_);
  }
  host::install_services({&clock_, records_.get(), &log_, &tool_http_});
  return Done{};
}

core::Findings Set::check_records() {
  auto* airtable = dynamic_cast<records::AirtableRecords*>(records_.get());
  if (airtable == nullptr) return {};
  core::Findings findings;
  const auto columns = record_columns(root_, findings);
  for (auto& finding : records::check_schema(*airtable, columns, settings_file_)) {
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::unique_ptr<jobs::Jobs> open_jobs(Set& set, std::map<std::string, jobs::Work> work) {
  return jobs::make_jobs({set.plugins(), set.store(), set.clock(), set.log()},
                         job_options(set.settings()), std::move(work));
}

Outcome<std::unique_ptr<App>> App::open(Set& set, const AppOptions& options,
                                        core::Findings& findings, Stand stand) {
  if (const auto opened = set.open_store(); !opened) return opened.error();
  for (auto& finding : set.check_records()) findings.push_back(std::move(finding));
  auto app = std::make_unique<App>();
  const bool scripted = stand.http != nullptr;
  app->http_ =
      scripted ? std::move(stand.http) : net::make_http_client(http_limits(set.settings()));
  auto chosen = orchestrator_options(*set.now(), options, scripted, findings);
  if (stand.adjust) stand.adjust(chosen);
  app->has_providers_ = !chosen.providers.empty();
  if (set.settings().attempts.enabled && !options.own_data) {
    app->attempts_ = std::make_unique<AttemptLog>(set.settings(), set.log());
  }
  orchestrator::Parts parts{stand.plugins ? stand.plugins : set.plugins(),
                            stand.application ? stand.application : set.application(),
                            set.store(),
                            *app->http_,
                            set.clock(),
                            stand.random ? *stand.random : app->random_,
                            set.log()};
  parts.attempts = stand.attempts ? stand.attempts : app->attempts_.get();
  parts.timer = stand.timer;
  parts.telemetry = stand.telemetry;
  app->orchestrator_ = orchestrator::make_orchestrator(std::move(parts), std::move(chosen));
  app->takeover_ =
      std::make_unique<orchestrator::Takeover>(*app->orchestrator_, set.clock(), set.log());
  app->jobs_ = open_jobs(set, {{http::kUploadKind, http::upload_work(*app->orchestrator_)},
                               {kRetentionKind, retention_work(set)},
                               {kBackupKind, backup_work(set)}});
  return app;
}

bool report(const core::Findings& findings) {
  const auto style = Style::for_stderr();
  for (const auto& finding : findings) {
    const bool error = finding.severity == core::Finding::Severity::kError;
    std::cerr << (error ? style.bad(finding.text()) : style.note(finding.text())) << "\n";
  }
  return core::has_errors(findings);
}

}  // namespace dugout::cli
