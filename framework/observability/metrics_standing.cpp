#include "observability/metrics_standing.hpp"

#include "core/text.hpp"

namespace dugout::observability {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using SampleLabels = std::vector<ClientMetric::Label>;

// One family, filled sample by sample.
class Series {
 public:
  Series(MetricType type, std::string name, std::string help) {
    family_.type = type;
    family_.name = std::move(name);
    family_.help = std::move(help);
  }
  Series& add(double value, SampleLabels labels = {}) {
    ClientMetric metric;
    for (auto& label : labels) label.value = core::to_utf8(label.value);
    metric.label = std::move(labels);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  Series& add(std::uint64_t value, SampleLabels labels = {}) {
    return add(static_cast<double>(value), std::move(labels));
  }
  MetricFamily take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

Series counter_series(std::string name, std::string help) {
  return {MetricType::Counter, std::move(name), std::move(help)};
}

Series gauge_series(std::string name, std::string help) {
  return {MetricType::Gauge, std::move(name), std::move(help)};
}

void add_guards(const Standing& standing, std::vector<MetricFamily>& out) {
  auto state =
      gauge_series("dugout_breaker_state", "1 for the state that a target's breaker is in.");
  auto opened =
      counter_series("dugout_breaker_opened_total", "Times that a target's breaker opened.");
  for (const auto& target : standing.targets) {
    for (const auto* name : {"closed", "half_open", "open"}) {
      state.add(target.state == name ? 1.0 : 0.0, {{"target", target.name}, {"state", name}});
    }
    opened.add(target.opened, {{"target", target.name}});
  }
  out.push_back(state.take());
  out.push_back(opened.take());
  auto running =
      gauge_series("dugout_provider_attempts_running", "Attempts at a provider at this moment.");
  for (const auto& provider : standing.providers) {
    running.add(static_cast<double>(provider.attempts), {{"provider", provider.name}});
  }
  out.push_back(running.take());
  out.push_back(
      gauge_series("dugout_retry_budget_tokens",
                   "What is left for retries; below half of the bucket nothing is tried again.")
          .add(standing.retry_tokens)
          .take());
  out.push_back(gauge_series("dugout_retry_budget_limit_tokens",
                             "Size of the retry budget's bucket; 0 when there is no budget.")
                    .add(standing.retry_tokens_limit)
                    .take());
}

void add_cache(const Standing::Cache& cache, std::vector<MetricFamily>& out) {
  out.push_back(
      counter_series("dugout_answer_cache_requests_total",
                     "Calls that looked for an answer in memory; shared ones waited for an "
                     "equal call.")
          .add(cache.hits, {{"result", "hit"}})
          .add(cache.misses, {{"result", "miss"}})
          .add(cache.shared, {{"result", "shared"}})
          .take());
  out.push_back(
      gauge_series("dugout_answer_cache_entries", "Answers in memory.").add(cache.entries).take());
  out.push_back(gauge_series("dugout_answer_cache_bytes", "Size of the answers in memory.")
                    .add(cache.bytes)
                    .take());
}

void add_plugins(const Standing& standing, std::vector<MetricFamily>& out) {
  auto info =
      gauge_series("dugout_plugin_info", "1 for each plugin that was found, with its version.");
  auto state = gauge_series("dugout_plugin_state", "1 for the state that a plugin is in.");
  auto errors = counter_series("dugout_plugin_errors_total",
                               "Internal errors of a plugin since it was loaded.");
  auto slow = counter_series("dugout_plugin_slow_calls_total",
                             "Answers of a plugin that took longer than they may.");
  auto restarts = counter_series("dugout_plugin_restarts_total",
                                 "Times that the process of an isolated plugin was replaced.");
  for (const auto& plugin : standing.plugins) {
    info.add(1.0, {{"plugin", plugin.id}, {"kind", plugin.kind}, {"version", plugin.version}});
    for (const auto* name : {"degraded", "quarantined", "ready", "refused"}) {
      state.add(plugin.state == name ? 1.0 : 0.0, {{"plugin", plugin.id}, {"state", name}});
    }
    errors.add(plugin.errors, {{"plugin", plugin.id}});
    slow.add(plugin.slow, {{"plugin", plugin.id}});
    restarts.add(plugin.restarts, {{"plugin", plugin.id}});
  }
  out.push_back(info.take());
  out.push_back(state.take());
  out.push_back(errors.take());
  out.push_back(slow.take());
  out.push_back(restarts.take());
  out.push_back(gauge_series("dugout_plugin_generation",
                             "Generation of plugins and YAML that new turns "
                             "get.")
                    .add(static_cast<double>(standing.generation))
                    .take());
  out.push_back(counter_series("dugout_reloads_total",
                               "Times that changed files were read while the server ran.")
                    .add(standing.reloads.published, {{"outcome", "published"}})
                    .add(standing.reloads.refused, {{"outcome", "refused"}})
                    .add(standing.reloads.rolled_back, {{"outcome", "rolled_back"}})
                    .take());
  out.push_back(gauge_series("dugout_reload_refused",
                             "1 while the files on the disk were refused, and older ones serve.")
                    .add(standing.reloads.last_refused ? 1.0 : 0.0)
                    .take());
}

void add_work(const Standing& standing, std::vector<MetricFamily>& out) {
  out.push_back(gauge_series("dugout_turns_running", "Turns in work at this moment.")
                    .add(std::uint64_t{standing.running_turns})
                    .take());
  out.push_back(gauge_series("dugout_sessions_active", "Sessions with a turn within the last hour.")
                    .add(standing.active_sessions)
                    .take());
  out.push_back(gauge_series("dugout_jobs", "Background jobs in the store, by state.")
                    .add(standing.jobs.waiting, {{"state", "waiting"}})
                    .add(standing.jobs.running, {{"state", "running"}})
                    .add(standing.jobs.done, {{"state", "done"}})
                    .add(standing.jobs.given_up, {{"state", "given_up"}})
                    .take());
  out.push_back(counter_series("dugout_turns_recovered_total",
                               "Turns that another process had accepted, as this one found them.")
                    .add(standing.recovered.answered, {{"outcome", "answered"}})
                    .add(standing.recovered.file_gone, {{"outcome", "file_gone"}})
                    .add(standing.recovered.passed, {{"outcome", "passed"}})
                    .add(standing.recovered.put_off, {{"outcome", "put_off"}})
                    .take());
}

void add_signals(const Standing::Signals& signals, std::vector<MetricFamily>& out) {
  out.push_back(counter_series("dugout_log_lines_dropped_total",
                               "Log lines that were dropped as the queue was full or could not be "
                               "written.")
                    .add(signals.log_dropped)
                    .take());
  out.push_back(
      counter_series("dugout_trace_spans_exported_total", "Spans that a collector accepted.")
          .add(signals.spans_exported)
          .take());
  out.push_back(counter_series("dugout_trace_spans_dropped_total", "Spans that were given up.")
                    .add(signals.spans_dropped)
                    .take());
  out.push_back(
      gauge_series("dugout_trace_export_failing", "1 while the collector cannot be reached.")
          .add(signals.export_failing ? 1.0 : 0.0)
          .take());
}

void add_doors(const Standing::Doors& doors, std::vector<MetricFamily>& out) {
  out.push_back(gauge_series("dugout_connections_open", "Connections of clients at this moment.")
                    .add(static_cast<double>(doors.connections))
                    .take());
  auto refused = counter_series("dugout_refused_total",
                                "Connections and requests that were refused before a turn began.");
  for (const auto& [reason, count] : doors.refused) refused.add(count, {{"reason", reason}});
  out.push_back(refused.take());
  if (doors.certificate_expires == 0) return;
  out.push_back(gauge_series("dugout_tls_certificate_expiry_time_seconds",
                             "When the certificate in use expires, in Unix time.")
                    .add(static_cast<double>(doors.certificate_expires))
                    .take());
  out.push_back(counter_series("dugout_tls_reloads_refused_total",
                               "Certificates that could not be used; the old one stayed.")
                    .add(doors.certificates_refused)
                    .take());
}

}  // namespace

std::vector<MetricFamily> standing_families(const Standing& standing, const std::string& version) {
  std::vector<MetricFamily> out;
  out.push_back(gauge_series("dugout_build_info", "1, with the version.")
                    .add(1.0, {{"version", version}})
                    .take());
  add_work(standing, out);
  add_guards(standing, out);
  add_cache(standing.cache, out);
  add_plugins(standing, out);
  add_signals(standing.signals, out);
  add_doors(standing.doors, out);
  return out;
}

// By the names that all client libraries of Prometheus use.
std::vector<MetricFamily> process_families(const ProcessFigures& figures) {
  std::vector<MetricFamily> out;
  out.push_back(
      counter_series("process_cpu_seconds_total", "CPU time of the process, user and system.")
          .add(figures.cpu_seconds)
          .take());
  out.push_back(gauge_series("process_start_time_seconds", "When the process began, in Unix time.")
                    .add(figures.started)
                    .take());
  out.push_back(gauge_series("process_resident_memory_bytes", "Memory that is in RAM.")
                    .add(figures.resident_bytes)
                    .take());
  out.push_back(gauge_series("process_virtual_memory_bytes", "Memory that is mapped.")
                    .add(figures.virtual_bytes)
                    .take());
  out.push_back(gauge_series("process_open_fds", "Files and sockets that are open.")
                    .add(figures.open_files)
                    .take());
  out.push_back(gauge_series("process_max_fds", "Files and sockets that may be open.")
                    .add(figures.most_files)
                    .take());
  out.push_back(
      gauge_series("process_threads", "Threads of the process.").add(figures.threads).take());
  return out;
}

}  // namespace dugout::observability
