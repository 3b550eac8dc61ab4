// The level of a log that runs: changed for good, or for a while after which the usual one returns
// by itself. [any]; asking costs one atomic load, and the time only while a change is to pass.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string_view>

#include "core/clock.hpp"

namespace dugout::observability {

enum class Level { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error"; nothing for another word.
std::optional<Level> level_named(std::string_view name);
std::string_view name_of(Level level);

struct LevelNow {
  Level level = Level::kInfo;
  Level usual = Level::kInfo;          // to which it returns
  std::optional<core::Duration> left;  // until then; nullopt = it stays
};

class LiveLevel {
 public:
  LiveLevel(const core::Clock& clock, Level usual) : clock_(clock), level_(usual), usual_(usual) {}

  Level get() const;
  // With `lasts` the usual one returns after so long; without, this one is the usual one from now.
  void set(Level level, std::optional<core::Duration> lasts);
  LevelNow now() const;

 private:
  const core::Clock& clock_;
  mutable std::atomic<Level> level_;
  mutable std::atomic<bool> passes_{false};  // the level is to change back
  mutable std::mutex mutex_;                 // guards the two below, and writes to the two above
  Level usual_;
  core::MonoTime until_{};
};

}  // namespace dugout::observability
