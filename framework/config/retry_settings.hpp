// Retry figures from their four sources: environment > agent YAML > dugout.yaml > default. Plain
// numbers: the pipeline's own options are filled from them by cli. [any]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/yaml.hpp"

namespace dugout::config {

struct Settings;

// As an override: only what is given. As the result of retry_for(): all are given.
struct RetrySettings {
  std::optional<int> max_retries;          // 0..10; attempts = retries + 1
  std::optional<double> base_delay;        // 0..60 s
  std::optional<double> multiplier;        // 1..10
  std::optional<double> max_total_delay;   // 0..600 s
  std::optional<double> jitter;            // 0..1
  std::optional<double> attempt_timeout;   // 0.1..600 s
  std::optional<double> max_server_delay;  // 0..60 s
};

// One source: figures for every call, and for single call types (registration, photo, rereg, or
// another name that an agent gives).
struct RetrySource {
  RetrySettings all;
  std::map<std::string, RetrySettings> call_types;
};

// The figures for one call type. A call type with a figure of its own (photo and rereg have some by
// default) does not take that figure from a source's general part. `agent_retry`: the agent's
// `retry:`, may be null; findings of it name `agent_file`. Figures outside of their range are
// findings and are not taken.
RetrySettings retry_for(const Settings& settings, std::string_view call_type,
                        const Node* agent_retry, core::Findings& findings,
                        const std::string& agent_file = {});

}  // namespace dugout::config
