#include "core/clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace dugout::core {

std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const auto at : {0, 1, 3, 4}) {
    const char digit = text[static_cast<std::size_t>(at)];
    if (digit < '0' || digit > '9') return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::minutes(hours * 60 + minutes);
}

struct CancelToken::State {
  std::mutex mutex;  // guards the two below
  std::condition_variable changed;
  bool cancelled = false;
  std::list<std::function<void()>> hooks;
};

CancelToken::CancelToken() : state_(std::make_shared<State>()) {}

void CancelToken::cancel() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->cancelled) return;
  state_->cancelled = true;
  state_->changed.notify_all();
  for (const auto& hook : state_->hooks) hook();
}

bool CancelToken::cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

CancelToken::Hook::Hook(const CancelToken& token, std::function<void()> action)
    : state_(token.state()) {
  const std::lock_guard lock(state_->mutex);
  place_ = state_->hooks.insert(state_->hooks.end(), std::move(action));
  if (state_->cancelled) (*place_)();
}

CancelToken::Hook::~Hook() {
  const std::lock_guard lock(state_->mutex);
  state_->hooks.erase(place_);
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
