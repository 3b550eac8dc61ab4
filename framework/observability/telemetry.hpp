// Who watches the turns, and which turns are in work. One object per process, made in cli. Safe
// from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "observability/turn_report.hpp"

namespace dugout::observability {

// A turn in work, as it stands.
struct RunningTurn {
  std::string session, turn, agent;  // of the session the short form
  core::MonoTime begun{};
  Stage stage = Stage::kTurn;
  std::string detail;  // the target or the tool of the stage
};

struct TelemetryOptions {
  bool spans = false;   // somebody reads the spans' attributes; without it they have none
  bool texts = false;   // spans carry what was said, too
  double sample = 1.0;  // share of the traces that begin here and are recorded
};

class Telemetry {
 public:
  explicit Telemetry(TelemetryOptions options = {}) : options_(options) {}

  const TelemetryOptions& options() const { return options_; }

  // REQUIRES: before the first turn; the watcher outlives this.
  void add(TurnWatcher& watcher) { watchers_.push_back(&watcher); }
  bool watched() const { return !watchers_.empty(); }

  // ---- for the orchestrator
  std::uint64_t begin(RunningTurn turn);
  void at(std::uint64_t running, Stage stage, std::string_view detail);
  void end(std::uint64_t running);
  void ended(const TurnReport& report) const noexcept;

  // ---- for people: the oldest first, at most so many
  std::vector<RunningTurn> running(std::size_t most) const;
  std::size_t running_count() const;

 private:
  const TelemetryOptions options_;
  std::vector<TurnWatcher*> watchers_;
  mutable std::mutex mutex_;  // guards the two below
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, RunningTurn> running_;
};

}  // namespace dugout::observability
