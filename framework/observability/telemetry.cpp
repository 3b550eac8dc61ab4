#include "observability/telemetry.hpp"

namespace dugout::observability {

std::string_view name_of(Stage stage) {
  constexpr std::string_view kNames[kStages] = {"turn",  "call",     "attempt", "wait",
                                                "parse", "validate", "tool",    "commit"};
  return kNames[static_cast<int>(stage)];
}

std::uint64_t Telemetry::begin(RunningTurn turn) {
  const std::lock_guard lock(mutex_);
  running_.emplace(++next_, std::move(turn));
  return next_;
}

void Telemetry::at(std::uint64_t running, Stage stage, std::string_view detail) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(running);
  if (found == running_.end()) return;
  found->second.stage = stage;
  found->second.detail = detail;
}

void Telemetry::end(std::uint64_t running) {
  const std::lock_guard lock(mutex_);
  running_.erase(running);
}

void Telemetry::ended(const TurnReport& report) const noexcept {
  for (auto* watcher : watchers_) watcher->turn_ended(report);
}

std::vector<RunningTurn> Telemetry::running(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<RunningTurn> turns;
  for (const auto& [number, turn] : running_) {
    if (turns.size() == most) break;
    turns.push_back(turn);
  }
  return turns;
}

std::size_t Telemetry::running_count() const {
  const std::lock_guard lock(mutex_);
  return running_.size();
}

}  // namespace dugout::observability
