// The retry figures of the last hour: rates, attempts, waits, how long stages take, active
// sessions. Memory is bounded by the names that are known, not by sessions or turns: about 3 MB at
// most with thirty tools. [any]; a turn holds the lock for microseconds, a reader for as long as it
// takes to copy one minute.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "observability/active_sessions.hpp"
#include "observability/tally.hpp"
#include "observability/window.hpp"

namespace dugout::observability {

// At or below it the state is "degraded".
inline constexpr double kHealthyAbove = 0.8;

struct FigureSnapshot {
  std::shared_ptr<const KnownNames> names;            // of the places in what follows
  std::vector<std::shared_ptr<const Tally>> minutes;  // 60, the oldest first; nullptr = nothing
  Tally hour;                                         // all of them together
  std::uint64_t active_sessions = 0;                  // with a turn within the hour
  core::Duration into_minute{0};                      // how long the last minute has run
};

class Figures final : public TurnWatcher {
 public:
  // REQUIRES: the clock outlives it.
  Figures(KnownNames names, const core::Clock& clock);

  void turn_ended(const TurnReport& report) noexcept override;

  std::shared_ptr<const KnownNames> names() const;
  // Counts these, too, from now on.
  void learn(const KnownNames& more);
  FigureSnapshot snapshot() const;
  std::uint64_t active_sessions() const;

 private:
  const core::Clock& clock_;
  ActiveSessions sessions_;
  mutable std::mutex mutex_;  // guards the two below
  std::shared_ptr<const KnownNames> names_;
  mutable Window<Tally> window_;
};

struct ErrorShare {
  std::string name;
  std::uint64_t count = 0;
  double share = 0.0;  // of all failures
};
// The most frequent failures, at most `most`; of equal ones by name.
std::vector<ErrorShare> top_errors(const Tally& tally, const KnownNames& names, std::size_t most);

}  // namespace dugout::observability
