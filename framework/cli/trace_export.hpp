// Traces on their way to a collector: the exporter with an HTTP client of its own, so that a slow
// collector holds no connection that a turn could use. One thread at start and stop.
#pragma once

#include <memory>

#include "config/settings.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "net/http_client.hpp"
#include "observability/exporter.hpp"
#include "observability/telemetry.hpp"

namespace dugout::cli {

class TraceExport {
 public:
  // nullptr: the settings name no collector. REQUIRES: clock and log outlive it.
  static std::unique_ptr<TraceExport> open(const config::Settings& settings, core::Clock& clock,
                                           observability::Log& log);

  // To be added to the telemetry before the first turn; to be started and stopped.
  observability::TraceExporter& exporter() { return *exporter_; }

 private:
  TraceExport() = default;

  core::SystemRandom random_;
  std::unique_ptr<net::HttpClient> client_;
  std::unique_ptr<observability::ExportTransport> transport_;
  std::unique_ptr<observability::TraceExporter> exporter_;
};

// What the settings want to be told of turns.
observability::TelemetryOptions telemetry_options(const config::Settings& settings);

}  // namespace dugout::cli
