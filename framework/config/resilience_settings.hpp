// What guards the targets of all agents beyond the retry figures: `resilience:` and `prices:` of
// dugout.yaml. Plain numbers: the pipeline's own options are filled from them by cli. [any]
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace dugout::config {

struct BreakerSettings {
  bool enabled = true;
  int failures_in_row = 10;      // 1..1000
  double failure_rate = 0.0;     // 0..1; 0 = not used
  double slow_rate = 0.0;        // 0..1; 0 = not used
  double slow_after = 20.0;      // 0.001..600 s
  int window = 100;              // 10..10000 calls
  int window_least = 20;         // 1..window
  double open_for = 300.0;       // 0.001..86400 s
  int probes = 1;                // 1..100
  int probes_to_close = 1;       // 1..100
  double probe_deadline = 60.0;  // 0.001..600 s
  double max_wait = 5.0;         // 0..60 s, for the first target to return when all are open
};

struct BulkheadSettings {
  int at_once = 1000;  // 0..100000; 0 = no limit
  int queued = 1000;   // 0..100000
};

struct RetryBudgetSettings {
  double tokens = 100.0;  // 0..1e6; 0 = no budget
  double refund = 0.1;    // 0.001..1
};

struct CacheSettings {
  std::size_t entries = 1000;     // 1..1e6
  double ttl = 3600.0;            // 1..604800 s
  std::size_t bytes = 32U << 20;  // 1 KiB..4 GiB
};

struct AdaptiveSettings {
  bool enabled = true;
  int window = 100;        // 10..10000 attempts
  int window_least = 20;   // 1..window
  double high_rate = 0.9;  // low_rate..1
  double low_rate = 0.7;   // 0..1
};

struct TunerSettings {
  std::string mode = "shadow";  // off, shadow or on
  std::string plugin = "learned";
};

struct PriceSettings {
  double input = 0.0, output = 0.0;  // 0..1e6, for a million tokens
};

struct ResilienceSettings {
  BreakerSettings breaker;
  BulkheadSettings bulkhead;  // of each provider
  RetryBudgetSettings retry_budget;
  CacheSettings cache;
  double hedge_after = 0.0;  // 0..600 s; 0 = never
  AdaptiveSettings adaptive;
  TunerSettings tuner;
  std::map<std::string, PriceSettings> prices;  // by target, "provider/model"
};

}  // namespace dugout::config
