#include "cli/app.hpp"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/places.hpp"
#include "cli/terminal.hpp"
#include "store/sqlite_store.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using observability::Field;

class StoreRecords final : public host::RecordService {
 public:
  explicit StoreRecords(store::Store& store) : store_(store) {}
  Outcome<std::string> find(std::string_view table, std::string_view where) override {
    return store_.find_rows(table, where);
  }
  Outcome<std::string> insert(std::string_view table, std::string_view unique,
                              std::string_view row) override {
    return store_.insert_row(table, unique, row);
  }
  Outcome<std::string> update(std::string_view table, std::string_view id,
                              std::string_view changes) override {
    return store_.update_row(table, id, changes);
  }

 private:
  store::Store& store_;
};

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

// What the local backends write goes to the data folder, unless the settings say otherwise.
std::map<std::string, std::string> plugin_configs(const config::Settings& settings, bool own_data) {
  std::map<std::string, Json> configs{
      {"tool.send_sms_payment_link", {{"outbox", settings.data + "/outbox"}}},
      {"tool.upload_photo_to_s3", {{"folder", settings.data + "/photos"}}}};
  for (const auto& [id, text] : settings.plugins) {
    auto config = Json::parse(text);
    if (own_data) config.update(configs[id]);
    configs[id].update(config);
  }
  std::map<std::string, std::string> texts;
  for (const auto& [id, config] : configs) texts[id] = config.dump();
  return texts;
}

routines::ToolShape shape_of(const host::ToolDeclaration& declared) {
  routines::ToolShape shape;
  shape.name = declared.name;
  shape.check_argument = declared.check_argument;
  shape.has_effects = declared.effects != host::Effects::kNone;
  const auto schema = Json::parse(declared.arguments, nullptr, false);
  if (!schema.is_object()) return shape;
  const auto properties = schema.value("properties", Json::object());
  for (const auto& [name, value] : properties.items()) shape.arguments.push_back(name);
  for (const auto& name : schema.value("required", Json::array())) shape.required.push_back(name);
  return shape;
}

routines::Known known_of(const host::Generation& plugins) {
  routines::Known known;
  for (const auto& name : plugins.tool_names()) {
    known.tools.push_back(shape_of(plugins.tool(name)->declaration()));
  }
  for (const auto& info : plugins.plugins()) {
    if (info.state != "loaded") continue;
    const auto dot = info.manifest.id.find('.');
    const auto kind = info.manifest.id.substr(0, dot), name = info.manifest.id.substr(dot + 1);
    if (kind == "parser") known.parsers.push_back(name);
    if (kind == "recovery") known.recovery.push_back(name);
  }
  return known;
}

pipeline::RetryOptions retry_options(const config::RetrySettings& settings) {
  pipeline::RetryOptions options;
  options.max_retries = settings.max_retries.value_or(options.max_retries);
  options.base_delay = settings.base_delay.value_or(options.base_delay);
  options.multiplier = settings.multiplier.value_or(options.multiplier);
  options.max_total_delay = settings.max_total_delay.value_or(options.max_total_delay);
  options.jitter = settings.jitter.value_or(options.jitter);
  options.attempt_timeout = settings.attempt_timeout.value_or(options.attempt_timeout);
  options.max_server_delay = settings.max_server_delay.value_or(options.max_server_delay);
  return options;
}

orchestrator::OrchestratorOptions orchestrator_options(Set& set, const AppOptions& options,
                                                       bool scripted, core::Findings& findings) {
  const auto& settings = set.settings();
  orchestrator::OrchestratorOptions made;
  made.message_characters = settings.limits.message_characters;
  made.lane_wait = std::chrono::duration_cast<core::Duration>(
      std::chrono::duration<double>(settings.limits.queue_wait));
  for (const auto& [name, provider] : settings.providers) {
    if (!scripted && (options.offline || provider.api_key.empty())) continue;
    made.providers[name] = {provider.codec, provider.base_url, provider.api_key.reveal(),
                            provider.timeout};
  }
  for (const auto& [name, agent] : set.application()->agents) {
    made.retry[name] = retry_options(
        config::retry_for(settings, agent.call_type, &agent.retry, findings, agent.file));
  }
  return made;
}

net::HttpLimits http_limits(const config::Settings& settings) {
  net::HttpLimits limits;
  for (const auto& [name, provider] : settings.providers) {
    limits.body_bytes = std::max(limits.body_bytes, provider.body_bytes);
  }
  return limits;
}

}  // namespace

Set::Set(const AppOptions& options, core::Findings& findings)
    : clock_(options.clock == nullptr ? system_clock_ : *options.clock), log_(clock_, options.log) {
  settings_ = config::load_settings(settings_source(options), findings);
  if (options.own_data) settings_.store = settings_.data + "/dugout.db";
  root_ = application_root(settings_.root);
  host::install_services({&clock_, nullptr, &log_});
  host::LoadOptions load;
  load.folders = plugin_folders(settings_.plugin_path);
  load.configs = plugin_configs(settings_, options.own_data);
  plugins_ = host::load(load, findings);
  auto known = known_of(*plugins_);
  for (const auto& [name, provider] : settings_.providers) known.providers.push_back(name);
  application_ = std::make_shared<const routines::Application>(
      routines::load_application(root_, known, findings));
}

Set::~Set() {
  application_.reset();
  plugins_.reset();  // before the services and the store they use
  host::install_services({});
}

Status Set::open_store() {
  if (store_) return Done{};
  auto opened = store::open_sqlite_store(settings_.store, clock_);
  if (!opened) return opened.error();
  store_ = std::move(*opened);
  for (const auto& [table, rows] : application_->tables) {
    if (const auto done = store_->replace_table(table, rows); !done) return done.error();
  }
  records_ = std::make_unique<StoreRecords>(*store_);
  host::install_services({&clock_, records_.get(), &log_});
  return Done{};
}

Outcome<std::unique_ptr<App>> App::open(Set& set, const AppOptions& options,
                                        core::Findings& findings, Stand stand) {
  if (const auto opened = set.open_store(); !opened) return opened.error();
  auto app = std::make_unique<App>();
  const bool scripted = stand.http != nullptr;
  app->http_ =
      scripted ? std::move(stand.http) : net::make_http_client(http_limits(set.settings()));
  auto chosen = orchestrator_options(set, options, scripted, findings);
  app->has_providers_ = !chosen.providers.empty();
  app->orchestrator_ = orchestrator::make_orchestrator(
      {stand.plugins ? stand.plugins : set.plugins(), set.application(), set.store(), *app->http_,
       set.clock(), app->random_, set.log()},
      std::move(chosen));
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
