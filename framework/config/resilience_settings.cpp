#include "config/resilience_settings.hpp"

#include "config/resilience_read.hpp"

namespace dugout::config {
namespace {

constexpr double kDay = 86'400.0;
constexpr double kMost = 1e6;

// The least share of a window before a rate is looked at cannot be more than the window.
void check_window(SettingsReader& reader, int window, int& least) {
  if (least <= window) return;
  constexpr int kUsual = 20;  // nobody asked for it, so it gives way
  if (least != kUsual) reader.refuse("window_least", "must not be larger than \"window\"", "");
  least = window;
}

void read_breaker(const Node* node, LoadState& state, BreakerSettings& out) {
  SettingsReader reader(node, "resilience.breaker", state);
  reader.flag("enabled", out.enabled);
  reader.count("failures_in_row", 1, 1000, out.failures_in_row);
  reader.real("failure_rate", 0.0, 1.0, out.failure_rate);
  reader.real("slow_rate", 0.0, 1.0, out.slow_rate);
  reader.seconds("slow_after", 0.001, 600.0, out.slow_after);
  reader.count("window", 10, 10'000, out.window);
  reader.count("window_least", 1, 10'000, out.window_least);
  reader.seconds("open_for", 0.001, kDay, out.open_for);
  reader.count("probes", 1, 100, out.probes);
  reader.count("probes_to_close", 1, 100, out.probes_to_close);
  reader.seconds("probe_deadline", 0.001, 600.0, out.probe_deadline);
  reader.seconds("max_wait", 0.0, 60.0, out.max_wait);
  check_window(reader, out.window, out.window_least);
  reader.finish();
}

void read_bulkhead(const Node* node, LoadState& state, BulkheadSettings& out) {
  SettingsReader reader(node, "resilience.bulkhead", state);
  reader.count("at_once", 0, 100'000, out.at_once);
  reader.count("queued", 0, 100'000, out.queued);
  reader.finish();
}

void read_retry_budget(const Node* node, LoadState& state, RetryBudgetSettings& out) {
  SettingsReader reader(node, "resilience.retry_budget", state);
  reader.real("tokens", 0.0, kMost, out.tokens);
  reader.real("refund", 0.001, 1.0, out.refund);
  reader.finish();
}

void read_cache(const Node* node, LoadState& state, CacheSettings& out) {
  SettingsReader reader(node, "resilience.cache", state);
  reader.count("entries", 1, 1'000'000, out.entries);
  reader.seconds("ttl", 1.0, 7 * kDay, out.ttl);
  reader.bytes("bytes", 1024, 4LL << 30, out.bytes);
  reader.finish();
}

void read_adaptive(const Node* node, LoadState& state, AdaptiveSettings& out) {
  SettingsReader reader(node, "resilience.adaptive", state);
  reader.flag("enabled", out.enabled);
  reader.count("window", 10, 10'000, out.window);
  reader.count("window_least", 1, 10'000, out.window_least);
  reader.real("high_rate", 0.0, 1.0, out.high_rate);
  reader.real("low_rate", 0.0, 1.0, out.low_rate);
  check_window(reader, out.window, out.window_least);
  if (out.low_rate > out.high_rate) {
    reader.refuse("low_rate", "must not be larger than \"high_rate\"", "");
    out.low_rate = out.high_rate;
  }
  reader.finish();
}

void read_tuner(const Node* node, LoadState& state, TunerSettings& out) {
  SettingsReader reader(node, "resilience.tuner", state);
  reader.text("mode", out.mode);
  reader.text("plugin", out.plugin);
  if (out.mode != "off" && out.mode != "shadow" && out.mode != "on") {
    reader.refuse("mode", "must be off, shadow or on", "");
    out.mode = "off";
  }
  reader.finish();
}

void read_prices(const Node* node, LoadState& state, std::map<std::string, PriceSettings>& out) {
  SettingsReader names(node, "prices", state);
  for (const auto& target : names.names()) {
    if (target.find('/') == target.npos) {
      names.refuse(target, "is no target", "write provider/model, such as openai_chat/gpt-4o-mini");
    }
    SettingsReader reader(names.map(target), "prices." + target, state);
    reader.real("input", 0.0, kMost, out[target].input);
    reader.real("output", 0.0, kMost, out[target].output);
    reader.finish();
  }
}

}  // namespace

ResilienceSettings read_resilience(const Node* node, const Node* prices, LoadState& state) {
  ResilienceSettings out;
  SettingsReader reader(node, "resilience", state);
  read_breaker(reader.map("breaker"), state, out.breaker);
  read_bulkhead(reader.map("bulkhead"), state, out.bulkhead);
  read_retry_budget(reader.map("retry_budget"), state, out.retry_budget);
  read_cache(reader.map("cache"), state, out.cache);
  reader.seconds("hedge_after", 0.0, 600.0, out.hedge_after);
  read_adaptive(reader.map("adaptive"), state, out.adaptive);
  read_tuner(reader.map("tuner"), state, out.tuner);
  reader.finish();
  read_prices(prices, state, out.prices);
  return out;
}

}  // namespace dugout::config
