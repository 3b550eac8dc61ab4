#include "cli/reload_limits.hpp"

#include <algorithm>
#include <tuple>

namespace dugout::cli {
namespace {

auto of_limits(const config::SettingLimits& limits) {
  return std::tuple(limits.body_bytes, limits.upload_bytes, limits.turns_in_flight,
                    limits.batch_calls, limits.batch_bytes, limits.batch_concurrency, limits.queued,
                    limits.keep_alive, limits.job_workers);
}

auto of_rate(const config::RateSettings& rate) {
  return std::tuple(rate.per_second, rate.burst);
}

auto of_clients(const config::ClientSettings& clients) {
  return std::tuple(clients.connections, clients.connections_per_address, clients.head_timeout,
                    clients.head_bytes, clients.proxies, clients.proxy_header, clients.rates,
                    of_rate(clients.chat), of_rate(clients.upload), of_rate(clients.batch),
                    of_rate(clients.other), of_rate(clients.session));
}

// What stands in the files is read anew at each reload.
auto of_tls(const config::TlsSettings& tls) {
  return std::tuple(tls.certificate, tls.key, tls.key_password.reveal(), tls.key_password_file,
                    tls.minimum, tls.ciphers, tls.hsts_seconds, tls.http_redirect);
}

auto of_log(const config::LogSettings& log) {
  return std::tuple(log.format, log.file, log.file_bytes, log.files, log.queue, log.queue_bytes);
}

auto of_traces(const config::TraceSettings& traces) {
  return std::tuple(traces.endpoint, traces.service_name, traces.sample, traces.texts,
                    traces.timeout, traces.batch_spans, traces.batch_every, traces.queue_spans,
                    traces.queue_bytes);
}

auto of_metrics(const config::MetricsSettings& metrics) {
  return std::tuple(metrics.enabled, metrics.token.reveal());
}

auto of_retention(const config::RetentionSettings& retention) {
  return std::tuple(retention.unfinished_days, retention.finished_days, retention.jobs_days);
}

auto of_backup(const config::BackupSettings& backup) {
  return std::tuple(backup.folder, backup.keep);
}

auto of_attempts(const config::AttemptLogSettings& attempts) {
  return std::tuple(attempts.enabled, attempts.file_bytes, attempts.files);
}

auto of_access(const config::AccessSettings& access) {
  return std::tuple(access.client_sessions, access.hosts, access.cors_origins);
}

bool same_operators(const config::Settings& a, const config::Settings& b) {
  const auto same = [](const config::OperatorSettings& x, const config::OperatorSettings& y) {
    return x.name == y.name && x.role == y.role && x.token_hash == y.token_hash &&
           x.token.reveal() == y.token.reveal();
  };
  return std::equal(a.operators.begin(), a.operators.end(), b.operators.begin(), b.operators.end(),
                    same);
}

// As JSON; "" = records stay in the store.
std::string records_of(const config::Settings& settings) {
  const auto found = settings.services.find("records");
  return found == settings.services.end() ? std::string{} : found->second;
}

std::size_t largest_answer(const config::Settings& settings) {
  std::size_t most = config::ProviderSettings().body_bytes;
  for (const auto& [name, provider] : settings.providers) {
    most = std::max(most, provider.body_bytes);
  }
  return most;
}

}  // namespace

std::vector<std::string> keys_for_a_restart(const config::Settings& a, const config::Settings& b) {
  std::vector<std::string> keys;
  const auto note = [&keys](bool differs, const char* key) {
    if (differs) keys.emplace_back(key);
  };
  note(a.listen_host != b.listen_host || a.listen_port != b.listen_port, "listen");
  note(a.data != b.data, "data");
  note(a.store != b.store, "store");
  note(a.root != b.root, "root");
  note(a.plugin_path != b.plugin_path, "plugin_path");
  note(a.public_url != b.public_url, "public_url");
  note(of_limits(a.limits) != of_limits(b.limits) || of_clients(a.clients) != of_clients(b.clients),
       "limits");
  note(of_tls(a.tls) != of_tls(b.tls), "tls");
  note(of_log(a.log) != of_log(b.log), "log");
  note(of_traces(a.traces) != of_traces(b.traces), "traces");
  note(of_metrics(a.metrics) != of_metrics(b.metrics), "metrics");
  note(of_retention(a.retention) != of_retention(b.retention), "privacy.retention");
  note(of_backup(a.backup) != of_backup(b.backup), "backup");
  note(of_attempts(a.attempts) != of_attempts(b.attempts), "attempts");
  note(of_access(a.access) != of_access(b.access), "access");
  note(!same_operators(a, b), "operators");
  note(records_of(a) != records_of(b), "services.records");
  note(largest_answer(a) != largest_answer(b), "providers.*.body_bytes");
  note(a.admin_token.reveal() != b.admin_token.reveal(), "admin.token");
  return keys;
}

}  // namespace dugout::cli
