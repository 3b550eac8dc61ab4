#include "core/clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace dugout::core {

struct CancelToken::State {
  std::mutex mutex;  // guards cancelled
  std::condition_variable changed;
  bool cancelled = false;
};

CancelToken::CancelToken() : state_(std::make_shared<State>()) {}

void CancelToken::cancel() const {
  const std::lock_guard lock(state_->mutex);
  state_->cancelled = true;
  state_->changed.notify_all();
}

bool CancelToken::cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

MonoTime SystemClock::now() const {
  return std::chrono::steady_clock::now();
}

WallTime SystemClock::wall_now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

bool SystemClock::sleep(Duration pause, const CancelToken& cancel) {
  auto& state = *cancel.state();
  std::unique_lock lock(state.mutex);
  // "For ever" as the largest duration would overflow when added to the time of day.
  const auto bounded = std::min<Duration>(pause, std::chrono::hours(24 * 365));
  return !state.changed.wait_for(lock, bounded, [&] { return state.cancelled; });
}

}  // namespace dugout::core
