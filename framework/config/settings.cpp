// dugout.yaml and its overrides, key by key. docs/configuration.md lists the same keys.
#include "config/settings.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <ostream>

#include "config/access_read.hpp"
#include "config/backup_read.hpp"
#include "config/client_read.hpp"
#include "config/isolation_settings.hpp"
#include "config/link_read.hpp"
#include "config/reload_read.hpp"
#include "config/resilience_read.hpp"
#include "config/retry_read.hpp"
#include "config/secret_files.hpp"
#include "config/telemetry_read.hpp"
#include "core/clock.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr long long kMiB = 1LL << 20;
constexpr const char* kBaseUrl = "${OPENAI_BASE_URL:-https://api.openai.com/v1}";
constexpr const char* kApiKey = "${OPENAI_API_KEY}";

bool is_url(std::string_view text) {
  const auto scheme = text.substr(0, 8) == "https://"  ? std::size_t{8}
                      : text.substr(0, 7) == "http://" ? std::size_t{7}
                                                       : std::size_t{0};
  return scheme != 0 && text.size() > scheme && text.find_first_of(" \t\r\n\"<>#?") == text.npos;
}

void read_listen(SettingsReader& root, const std::string& said, Settings& out,
                 core::Findings& findings) {
  std::string text = out.listen_host + ":" + std::to_string(out.listen_port);
  root.text("listen", text);
  if (!said.empty()) {
    text = said;
    root.overridden("listen", text, "command line --listen");
  }
  if (const auto parsed = parse_listen(text)) {
    std::tie(out.listen_host, out.listen_port) = *parsed;
  } else if (!said.empty()) {
    findings.push_back({core::Finding::Severity::kError, "--listen", 0, 0,
                        "\"" + said + "\" is no address",
                        "write HOST:PORT, such as 127.0.0.1:8080"});
  } else {
    root.refuse("listen", "is no address with a port from 0 to 65535",
                "write HOST:PORT, such as 127.0.0.1:8080");
  }
}

void read_folders(SettingsReader& root, const SettingsSource& source, LoadState& state,
                  Settings& out) {
  root.text("data", out.data);
  if (!source.data.empty()) {
    out.data = source.data;
    root.overridden("data", out.data, "command line --data");
  }
  if (out.data.empty()) root.refuse("data", "must not be empty", "name a folder");
  state.data = out.data;
  out.store = out.data + "/dugout.db";
  root.text("store", out.store);
  root.text("root", out.root);
  if (!source.root.empty()) {
    out.root = source.root;
    root.overridden("root", out.root, "command line --root");
  }
  out.plugin_path = source.plugin_path;
  root.texts("plugin_path", out.plugin_path);
}

void read_limits(const Node* node, LoadState& state, SettingLimits& out, ClientSettings& clients) {
  SettingsReader reader(node, "limits", state);
  reader.bytes("body_bytes", 1024, 64 * kMiB, out.body_bytes);
  reader.bytes("upload_bytes", 1024, 1024 * kMiB, out.upload_bytes);
  reader.count("message_characters", 1, 1'000'000, out.message_characters);
  reader.count("turns_in_flight", 1, 100'000, out.turns_in_flight);
  reader.count("batch_calls", 1, 100'000, out.batch_calls);
  reader.bytes("batch_bytes", 1024, 64 * kMiB, out.batch_bytes);
  reader.count("batch_concurrency", 1, 1000, out.batch_concurrency);
  reader.count("queued", 0, 100'000, out.queued);
  reader.seconds("queue_wait", 0.0, 600.0, out.queue_wait);
  reader.seconds("keep_alive", 0.0, 3600.0, out.keep_alive);
  reader.count("job_workers", 0, 64, out.job_workers);
  clients = read_clients(reader, state);
  reader.finish();
}

// What holds for a provider before the file speaks: the two of OpenAI know their variables.
ProviderSettings standard_provider(const std::string& name, const LoadState& state) {
  ProviderSettings out;
  out.codec = name;
  if (name != "openai_responses" && name != "openai_chat") return out;
  std::string why;
  out.base_url = substitute(kBaseUrl, state.environment, state.data, why).value_or("");
  out.api_key = Secret(substitute(kApiKey, state.environment, state.data, why).value_or(""));
  return out;
}

ProviderSettings read_provider(const Node* node, const std::string& name, LoadState& state) {
  auto out = standard_provider(name, state);
  SettingsReader reader(node, "providers." + name, state);
  reader.text("codec", out.codec);
  reader.text("base_url", out.base_url);
  // Keys of its own never stand beside the standard one, nor fall back on it.
  if (reader.secrets("api_keys", out.more_keys)) out.api_key = Secret();
  const bool standard_key = !out.api_key.empty() && !reader.says("api_key");
  reader.secret_or_file("api_key", out.api_key);
  reader.tell_plain("api_key", PlainSecret::kTold, out.api_key);
  if (standard_key)
    reader.overridden("api_key", out.api_key.text(), std::string("default ") + kApiKey);
  if (out.api_key.empty() && !out.more_keys.empty()) {
    out.api_key = out.more_keys.front();
    out.more_keys.erase(out.more_keys.begin());
  }
  reader.seconds("timeout", 0.1, 600.0, out.timeout);
  reader.seconds("connect_timeout", 0.0, 600.0, out.connect_timeout);
  reader.seconds("first_byte_timeout", 0.0, 600.0, out.first_byte_timeout);
  reader.seconds("idle_timeout", 0.0, 600.0, out.idle_timeout);
  reader.bytes("body_bytes", 1024, 256 * kMiB, out.body_bytes);
  while (!out.base_url.empty() && out.base_url.back() == '/') out.base_url.pop_back();
  if (!is_url(out.base_url)) {
    reader.refuse("base_url", "must be a URL without a query",
                  "it starts with https:// or http://");
  }
  reader.finish();
  return out;
}

void read_providers(const Node* node, LoadState& state,
                    std::map<std::string, ProviderSettings>& out) {
  SettingsReader reader(node, "providers", state);
  auto names = reader.names();
  for (const auto* standard : {"openai_responses", "openai_chat"}) names.emplace_back(standard);
  for (const auto& name : names) {
    if (out.count(name) == 0) out[name] = read_provider(reader.map(name), name, state);
  }
}

// Of these maps we do not know what is secret: names that sound so are masked, and of a variable
// its name is shown, not what it holds.
void note_leaf(const Node& node, const std::string& path, LoadState& state) {
  if (!node.is_scalar()) return;
  const auto name = core::lower(path.substr(path.rfind('.') + 1));
  bool secret = false;
  for (const auto* word : {"key", "token", "secret", "password", "passwd", "auth", "sid"}) {
    secret = secret || name.find(word) != std::string::npos;
  }
  const bool named = node.scalar.find("${") != std::string::npos;
  const bool shown = named ? node.scalar.find(":-") == std::string::npos : !secret;
  note_origin(state, path, shown ? node.scalar : "***",
              state.file + ":" + std::to_string(node.mark.line));
}

// ${...} in every text of a plugin's configuration; what was substituted stays a text. Recursion is
// bounded by YamlLimits::depth.
void substitute_all(Node& node, const std::string& path, LoadState& state) {
  for (auto& item : node.items) substitute_all(item, path, state);
  for (auto& [key, value] : node.members) substitute_all(value, path + "." + key, state);
  note_leaf(node, path, state);
  if (!node.is_scalar() || node.scalar.find("${") == std::string::npos) return;
  std::string why;
  const auto text = substitute(node.scalar, state.environment, state.data, why);
  if (text) {
    node.scalar = *text;
    node.quoted = true;
    return;
  }
  state.findings.push_back({core::Finding::Severity::kError, state.file, node.mark.line,
                            node.mark.column, "\"" + path + "\" " + why,
                            "set the variable, or write ${NAME:-default}"});
}

// The maps below `key`, by name, as JSON.
void read_maps(const Node* node, const std::string& key, const char* hint, LoadState& state,
               std::map<std::string, std::string>& out) {
  SettingsReader reader(node, key, state);
  for (const auto& id : reader.names()) {
    auto config = *reader.map(id);
    if (!config.is_map()) {
      reader.refuse(id, "must be a map", hint);
      continue;
    }
    substitute_all(config, key + "." + id, state);
    out[id] = to_json(config);
  }
}

void read_jobs(const Node* node, LoadState& state, std::map<std::string, JobSettings>& out) {
  SettingsReader names(node, "jobs", state);
  for (const auto& name : names.names()) {
    auto& job = out[name];
    SettingsReader reader(names.map(name), "jobs." + name, state);
    reader.flag("enabled", job.enabled);
    reader.text("at", job.at);
    if (!job.at.empty() && !core::time_of_day(job.at)) {
      reader.refuse("at", "must be a time of day", "such as \"08:30\", in UTC");
    }
    reader.seconds("every", 60.0, 31 * 86'400.0, job.every);
    reader.finish();
  }
}

void read_privacy(const Node* node, LoadState& state, RetentionSettings& out) {
  SettingsReader privacy(node, "privacy", state);
  SettingsReader reader(privacy.map("retention"), "privacy.retention", state);
  reader.count("unfinished_days", 1, 3650, out.unfinished_days);
  reader.count("finished_days", 1, 3650, out.finished_days);
  reader.count("jobs_days", 1, 3650, out.jobs_days);
  reader.finish();
  privacy.finish();
}

void read_attempts(const Node* node, LoadState& state, AttemptLogSettings& out) {
  SettingsReader reader(node, "attempts", state);
  reader.flag("enabled", out.enabled);
  reader.bytes("file_bytes", 64 * 1024, 1024 * kMiB, out.file_bytes);
  reader.count("files", 1, 1000, out.files);
  reader.finish();
}

void read_admin(const Node* node, LoadState& state, Secret& token) {
  SettingsReader reader(node, "admin", state);
  reader.token("token", token);
  reader.finish();
}

void read_public_url(SettingsReader& root, Settings& out) {
  const auto any = out.listen_host == "0.0.0.0" || out.listen_host == "::";
  const auto host = any                                              ? "127.0.0.1"
                    : out.listen_host.find(':') != std::string::npos ? "[" + out.listen_host + "]"
                                                                     : out.listen_host;
  const std::string scheme = out.tls.certificate.empty() ? "http://" : "https://";
  out.public_url = scheme + host + ":" + std::to_string(out.listen_port);
  root.text("public_url", out.public_url);
  while (!out.public_url.empty() && out.public_url.back() == '/') out.public_url.pop_back();
  if (!is_url(out.public_url)) {
    root.refuse("public_url", "must be a URL without a query", "such as https://join.example.org");
  }
  if (out.tls.http_redirect && !out.public_url.starts_with("https://")) {
    root.refuse("public_url", "is where tls.http_redirect leads, and must be https",
                "such as https://join.example.org; or take tls.http_redirect away");
    out.tls.http_redirect.reset();
  }
}

std::optional<YamlFile> read_file(const SettingsSource& source, core::Findings& findings) {
  std::error_code error;
  if (!source.file_required && !std::filesystem::exists(source.file, error)) return std::nullopt;
  return load_yaml(source.file, findings);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << secret.text();
}

std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos) {
    return std::nullopt;  // an IPv6 address needs its brackets
  }
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  const bool bad_host = host.empty() || host.find_first_of(" \t[]/") != host.npos;
  if (bad_host || digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return std::pair{std::string(host), port};
}

Settings load_settings(const SettingsSource& source, core::Findings& findings,
                       SettingOrigins* origins) {
  Settings out;
  const auto file = read_file(source, findings);
  const auto environment = with_secret_files(source.environment, findings);
  LoadState state{environment, source.file, findings, out.data, origins};
  SettingsReader root(file ? &file->root : nullptr, "", state);
  read_folders(root, source, state, out);
  read_listen(root, source.listen, out, findings);
  read_limits(root.map("limits"), state, out.limits, out.clients);
  out.tls = read_tls(root.map("tls"), state);
  read_providers(root.map("providers"), state, out.providers);
  out.retry = retry_from_file(root.map("retry"), state);
  out.retry_environment = retry_from_environment(state);
  note_retry_defaults(state);
  out.resilience = read_resilience(root.map("resilience"), root.map("prices"), state);
  read_maps(root.map("plugins"), "plugins", "it is checked by the plugin's config.schema.json",
            state, out.plugins);
  out.isolation = read_isolation(root.map("isolation"), state);
  read_maps(root.map("services"), "services", "such as {backend: local}", state, out.services);
  read_jobs(root.map("jobs"), state, out.jobs);
  read_privacy(root.map("privacy"), state, out.retention);
  out.backup = read_backup(root.map("backup"), state);
  read_attempts(root.map("attempts"), state, out.attempts);
  out.log = read_log(root.map("log"), state);
  out.traces = read_traces(root.map("traces"), state);
  out.metrics = read_metrics(root.map("metrics"), state);
  out.reload = read_reload(root.map("reload"), state);
  out.links = read_links(root.map("links"), state);
  read_admin(root.map("admin"), state, out.admin_token);
  out.operators = read_operators(root.map("operators"), state);
  out.access = read_access(root.map("access"), state);
  read_public_url(root, out);
  root.finish();
  return out;
}

}  // namespace dugout::config
