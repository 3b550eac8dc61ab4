// Virtual time: `sleep` moves it forward at once and remembers what was asked for.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"

namespace dugout::test {

class FakeClock final : public core::Clock {
 public:
  // 2025-10-01 12:00:00 UTC, the day of the fixtures.
  static constexpr std::int64_t kStartMs = 1'759'320'000'000;

  core::MonoTime now() const override {
    const std::lock_guard lock(mutex_);
    return core::MonoTime(elapsed_);
  }
  core::WallTime wall_now() const override {
    const std::lock_guard lock(mutex_);
    return core::WallTime(std::chrono::milliseconds(kStartMs) +
                          std::chrono::duration_cast<std::chrono::milliseconds>(elapsed_));
  }
  bool sleep(core::Duration pause, const core::CancelToken& cancel) override {
    if (on_sleep) on_sleep();
    const std::lock_guard lock(mutex_);
    if (pause > core::Duration::zero()) {
      sleeps_.push_back(core::seconds(pause));
      elapsed_ += pause;
    }
    return !cancel.cancelled();
  }

  void advance(core::Duration by) {
    const std::lock_guard lock(mutex_);
    elapsed_ += by;
  }
  std::vector<double> sleeps() const {  // seconds, in order
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

  std::function<void()> on_sleep;

 private:
  mutable std::mutex mutex_;  // guards the two below
  core::Duration elapsed_{std::chrono::hours(1)};
  std::vector<double> sleeps_;
};

// Gives the same number for ever.
class FixedRandom final : public core::Random {
 public:
  explicit FixedRandom(double value = 0.0) : value_(value) {}
  double unit() override { return value_; }

 private:
  double value_;
};

}  // namespace dugout::test
