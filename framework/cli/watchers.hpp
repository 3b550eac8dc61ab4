// Whoever watches the turns of `dugout serve`: metrics, the figures of the dashboard, traces; and
// what /metrics and the dashboard are told besides. Only what the settings ask for is made: without
// any of it a turn reports to nobody. One thread at start and stop.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "cli/app.hpp"
#include "cli/trace_export.hpp"
#include "http/server.hpp"
#include "observability/figures.hpp"
#include "observability/metrics.hpp"
#include "observability/shared_text.hpp"
#include "observability/standing.hpp"
#include "observability/telemetry.hpp"

namespace dugout::cli {

// How the product stands, asked of its parts. [worker]
class ProductStanding final : public observability::StandingSource {
 public:
  // REQUIRES: all outlive it; `figures` and `exporter` may be null.
  ProductStanding(Set& set, orchestrator::Orchestrator& orchestrator,
                  const orchestrator::Takeover& takeover, const observability::Telemetry& telemetry,
                  const observability::Figures* figures,
                  const observability::TraceExporter* exporter);

  observability::Standing standing() override;
  // Before anybody asks: how often there was a reload.
  void reloads(std::function<observability::Standing::Reloads()> counts) {
    reloads_ = std::move(counts);
  }
  // What the server counts.
  const std::shared_ptr<observability::DoorFigures>& doors() const { return doors_; }

 private:
  void add_guards(observability::Standing& out) const;
  void add_plugins(observability::Standing& out) const;
  void add_doors(observability::Standing& out) const;
  observability::Standing::Jobs jobs();

  Set& set_;
  orchestrator::Orchestrator& orchestrator_;
  const orchestrator::Takeover& takeover_;
  const observability::Telemetry& telemetry_;
  const observability::Figures* const figures_;
  const observability::TraceExporter* const exporter_;
  std::function<observability::Standing::Reloads()> reloads_;  // may be empty
  const std::shared_ptr<observability::DoorFigures> doors_ =
      std::make_shared<observability::DoorFigures>();
  std::mutex mutex_;  // guards the two below: counting jobs is not for every scrape
  observability::Standing::Jobs jobs_;
  std::optional<core::MonoTime> counted_;
};

class Watchers {
 public:
  // REQUIRES: the set outlives it, and it outlives the app.
  explicit Watchers(Set& set);
  ~Watchers();  // as stop()
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  // For Stand.
  observability::Telemetry& telemetry() { return telemetry_; }

  // Before the first turn: what is asked of the app, and what the server shows of it. REQUIRES: the
  // app outlives the server.
  void watch(App& app, http::ServerOptions& options);
  // After watch(), before the server starts.
  void reloads(std::function<observability::Standing::Reloads()> counts) {
    standing_->reloads(std::move(counts));
  }
  void start();
  // After a reload: what is loaded now is counted by its name. [any]
  void learn();
  // After the last turn.
  void stop();

 private:
  std::string dashboard();

  Set& set_;
  const core::MonoTime begun_;
  observability::Telemetry telemetry_;
  std::unique_ptr<observability::Figures> figures_;
  std::unique_ptr<TraceExport> traces_;
  std::unique_ptr<ProductStanding> standing_;
  std::unique_ptr<observability::Metrics> metrics_;
  std::unique_ptr<observability::SharedText> metrics_text_, dashboard_text_;
  bool started_ = false;
};

// All that labels may say of what is loaded.
observability::KnownNames known_names(Set& set);

}  // namespace dugout::cli
