// A clock for `dugout simulate`: it stands at a given time, and waits take none.
#pragma once

#include <mutex>

#include "core/clock.hpp"

namespace dugout::cli {

class SimulatedClock final : public core::Clock {
 public:
  explicit SimulatedClock(core::WallTime start) : start_(start) {}

  core::MonoTime now() const override {
    const std::lock_guard lock(mutex_);
    return core::MonoTime(elapsed_);
  }
  core::WallTime wall_now() const override {
    const std::lock_guard lock(mutex_);
    return start_ + std::chrono::duration_cast<std::chrono::milliseconds>(elapsed_);
  }
  bool sleep(core::Duration pause, const core::CancelToken& cancel) override {
    const std::lock_guard lock(mutex_);
    if (pause > core::Duration::zero()) elapsed_ += pause;
    return !cancel.cancelled();
  }

 private:
  mutable std::mutex mutex_;  // guards elapsed_
  const core::WallTime start_;
  core::Duration elapsed_{std::chrono::hours(1)};
};

}  // namespace dugout::cli
