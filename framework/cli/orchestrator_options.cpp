#include "cli/orchestrator_options.hpp"

namespace dugout::cli {
namespace {

core::Duration duration_of(double seconds) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
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

orchestrator::ResilienceOptions resilience_options(const config::ResilienceSettings& settings) {
  orchestrator::ResilienceOptions out;
  const auto& breaker = settings.breaker;
  out.breaker = {breaker.enabled,         breaker.failures_in_row, breaker.failure_rate,
                 breaker.slow_rate,       breaker.slow_after,      breaker.window,
                 breaker.window_least,    breaker.open_for,        breaker.probes,
                 breaker.probes_to_close, breaker.probe_deadline};
  out.bulkhead = {settings.bulkhead.at_once, settings.bulkhead.queued};
  out.retry_budget = {settings.retry_budget.tokens, settings.retry_budget.refund};
  out.cache = {settings.cache.entries, settings.cache.ttl, settings.cache.bytes};
  out.hedge_after = duration_of(settings.hedge_after);
  const auto& adaptive = settings.adaptive;
  out.adaptive = {adaptive.enabled, adaptive.window, adaptive.window_least, adaptive.high_rate,
                  adaptive.low_rate};
  out.tuner_mode = settings.tuner.mode;
  out.tuner = settings.tuner.plugin;
  for (const auto& [target, price] : settings.prices) {
    out.prices[target] = {price.input, price.output};
  }
  return out;
}

}  // namespace

orchestrator::OrchestratorOptions orchestrator_options(const Reading& reading,
                                                       const AppOptions& options, bool scripted,
                                                       core::Findings& findings) {
  const auto& settings = reading.settings;
  orchestrator::OrchestratorOptions made;
  made.message_characters = settings.limits.message_characters;
  made.lane_wait = duration_of(settings.limits.queue_wait);
  made.resilience = resilience_options(settings.resilience);
  made.link_hosts = settings.links.allow;
  made.link_hosts.push_back(settings.public_url);
  for (const auto& [name, provider] : settings.providers) {
    if (!scripted && (options.offline || provider.api_key.empty())) continue;
    made.providers[name] = {
        provider.codec,       provider.base_url,        provider.api_key.reveal(),
        provider.timeout,     provider.connect_timeout, provider.first_byte_timeout,
        provider.idle_timeout};
    for (const auto& key : provider.more_keys) {
      made.providers[name].more_keys.push_back(key.reveal());
    }
  }
  for (const auto& [name, agent] : reading.application->agents) {
    made.retry[name] = retry_options(
        config::retry_for(settings, agent.call_type, &agent.retry, findings, agent.file));
    made.retry[name].max_open_wait = settings.resilience.breaker.max_wait;
  }
  return made;
}

}  // namespace dugout::cli
