// Everything that dugout.yaml, the environment and the command line may set, typed and checked.
// docs/configuration.md is the reference of the keys. Immutable after load, so [any].
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "config/access_settings.hpp"
#include "config/backup_settings.hpp"
#include "config/client_settings.hpp"
#include "config/link_settings.hpp"
#include "config/origins.hpp"
#include "config/reload_settings.hpp"
#include "config/resilience_settings.hpp"
#include "config/retry_settings.hpp"
#include "config/telemetry_settings.hpp"

namespace dugout::config {

// Injected: nothing in here reads the process's own environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

struct SettingLimits {
  std::size_t body_bytes = 1U << 20;      // of a JSON request
  std::size_t upload_bytes = 10U << 20;   // of an uploaded file
  std::size_t message_characters = 4000;  // of one user message, in code points
  int turns_in_flight = 5000;             // beyond it: the queue, then 503
  std::size_t batch_calls = 1000;         // of one POST /chat/batch
  std::size_t batch_bytes = 8U << 20;     // of its body
  int batch_concurrency = 8;              // calls of one batch at once
  int queued = 1000;                      // connections that may wait for a thread
  double queue_wait = 30.0;               // s, for an earlier turn of the same session
  double keep_alive = 10.0;               // s, for an idle connection
  int job_workers = 2;                    // background jobs at one time; 0 = none run here
};

// A change to when a tool runs by itself; the tool declares the schedule.
struct JobSettings {
  bool enabled = true;
  std::string at;      // "HH:MM", UTC; empty = as declared
  double every = 0.0;  // s; 0 = as declared
};

// Days since the last change after which what people said is removed.
struct RetentionSettings {
  int unfinished_days = 90;  // conversations that led to no registration
  int finished_days = 400;   // those that did, and messages sent
  int jobs_days = 90;        // events of services and jobs that are over
};

// The log of attempts in a file, below the data folder.
struct AttemptLogSettings {
  bool enabled = true;
  std::size_t file_bytes = 16U << 20;  // when one is closed
  int files = 8;                       // that are kept, with the one in use
};

struct ProviderSettings {
  std::string codec;              // plugin behind "provider."; default: the provider's own name
  std::string base_url;           // without a slash at the end
  Secret api_key;                 // empty = no credentials: its targets are left out
  std::vector<Secret> more_keys;  // of the same provider, used in turn when one will not do
  double timeout = 30.0;          // s, of one attempt
  // s, of its parts; 0 = no bound of its own
  double connect_timeout = 5.0, first_byte_timeout = 0.0, idle_timeout = 0.0;
  std::size_t body_bytes = 16U << 20;  // of an answer
};

struct Settings {
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 8080;  // 0 = a free one
  std::string data = "var";
  std::string store = "var/dugout.db";
  std::string root = ".";  // the folder with agents/ and routines/
  std::vector<std::string> plugin_path;
  SettingLimits limits;
  ClientSettings clients;  // the other keys of `limits:`
  TlsSettings tls;
  std::map<std::string, ProviderSettings> providers;  // openai_responses and openai_chat, and more
  RetrySource retry, retry_environment;               // of dugout.yaml; of AI_RETRY_*
  ResilienceSettings resilience;
  std::map<std::string, std::string> plugins;  // plugin id -> its configuration as JSON
  std::map<std::string, bool> isolation;  // plugin id -> in a process of its own, over its manifest
  // Outside services by need ("payments", "sms"), as JSON; handed to the plugins that know them.
  std::map<std::string, std::string> services;
  std::string public_url;                   // under which the world reaches us; no slash at the end
  std::map<std::string, JobSettings> jobs;  // by tool
  RetentionSettings retention;
  BackupSettings backup;
  AttemptLogSettings attempts;
  LogSettings log;
  TraceSettings traces;
  MetricsSettings metrics;
  ReloadSettings reload;
  LinkSettings links;
  Secret admin_token;  // of an operator who may do all, over HTTP; may be empty
  std::vector<OperatorSettings> operators;  // the others; with neither, nobody is one over HTTP
  AccessSettings access;

  bool has_operators() const { return !admin_token.empty() || !operators.empty(); }
};

struct SettingsSource {
  std::string file = "dugout.yaml";
  bool file_required = false;  // false: an absent file means the defaults
  Environment environment;     // may be empty
  // The command line, above all others; empty = not said. `plugin_path` comes before that of the
  // other sources, which stays.
  std::string listen, data, root;
  std::vector<std::string> plugin_path;
};

// What is wrong is a finding, and its default then stands; do not serve when one is an error.
// `origins`: where each value came from, if somebody wants to know.
Settings load_settings(const SettingsSource& source, core::Findings& findings,
                       SettingOrigins* origins = nullptr);

// "127.0.0.1:8080", "[::1]:0", "localhost:80"
std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text);

// "${NAME}", "${NAME:-default}" and "${data}" in `text`. nullopt, with the reason in `why`: not
// closed, a bad name, or a variable without a value and a default.
std::optional<std::string> substitute(std::string_view text, const Environment& environment,
                                      std::string_view data, std::string& why);

}  // namespace dugout::config
