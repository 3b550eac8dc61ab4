// The keys and ranges of `log:`, `traces:` and `metrics:`. Private to config.
#pragma once

#include "config/settings_reader.hpp"
#include "config/telemetry_settings.hpp"

namespace dugout::config {

// The node may be null.
LogSettings read_log(const Node* node, LoadState& state);
TraceSettings read_traces(const Node* node, LoadState& state);
MetricsSettings read_metrics(const Node* node, LoadState& state);

}  // namespace dugout::config
