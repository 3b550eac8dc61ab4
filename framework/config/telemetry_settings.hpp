// What the program tells of itself: `log:`, `traces:` and `metrics:` of dugout.yaml, with the
// variables that OpenTelemetry names for traces. Plain values: cli makes options of them. [any]
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "config/secret.hpp"

namespace dugout::config {

struct LogSettings {
  std::string level;                   // debug, info, warning, error; empty = as the command has it
  std::string format = "auto";         // auto, text, json
  std::string file;                    // of `dugout serve`; empty = stderr
  std::size_t file_bytes = 16U << 20;  // when it is closed
  int files = 5;                       // that are kept, with the one in use
  std::size_t queue = 8192;            // lines of `dugout serve` that may wait; 0 = none does
  std::size_t queue_bytes = 4U << 20;
};

struct TraceSettings {
  std::string endpoint;                   // where spans go, path and all; empty = no traces
  std::map<std::string, Secret> headers;  // names in lower case
  std::string service_name = "dugout";
  double sample = 1.0;    // share of the traces that begin here
  bool texts = false;     // spans carry what was said
  double timeout = 10.0;  // s, of one request
  std::size_t batch_spans = 512;
  double batch_every = 5.0;  // s
  std::size_t queue_spans = 8192;
  std::size_t queue_bytes = 16U << 20;
};

struct MetricsSettings {
  bool enabled = true;
  Secret token;  // of whoever reads /metrics; empty = it is open
};

}  // namespace dugout::config
