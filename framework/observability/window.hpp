// The last sixty minutes, a T for each, on the monotonic clock: what the wall clock does, forwards
// or backwards, moves nothing. A minute that is over is never changed again and is shared, so that
// a reader takes sixty pointers and one copy and works on them without the lock of the owner. Not
// safe from several threads by itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/clock.hpp"

namespace dugout::observability {

template <typename T>
class Window {
 public:
  static constexpr std::int64_t kMinutes = 60;

  explicit Window(std::function<T()> fresh) : fresh_(std::move(fresh)), present_(fresh_()) {}

  static std::int64_t minute_of(core::MonoTime now) {
    return std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
  }

  // The minute that is running.
  T& at(core::MonoTime now) {
    roll(minute_of(now));
    return present_;
  }

  // The oldest first, the one that is running last; nullptr = nothing happened in it.
  std::vector<std::shared_ptr<const T>> minutes(core::MonoTime now) {
    roll(minute_of(now));
    std::vector<std::shared_ptr<const T>> out;
    for (auto minute = minute_ - kMinutes + 1; minute < minute_; ++minute) {
      out.push_back(past_[place(minute)]);
    }
    out.push_back(used_ ? std::make_shared<const T>(present_) : nullptr);
    return out;
  }

  // What stands becomes what `change` makes of it; who has taken minutes keeps them as they were.
  template <typename Change>
  void change(Change change) {
    present_ = change(std::as_const(present_));
    for (auto& minute : past_) {
      if (minute != nullptr) minute = std::make_shared<const T>(change(*minute));
    }
  }

  // Says that the minute has something in it.
  void use() { used_ = true; }

 private:
  static std::size_t place(std::int64_t minute) {
    return static_cast<std::size_t>((minute % kMinutes + kMinutes) % kMinutes);
  }

  // A clock that stands or goes back leaves the minute as it is.
  void roll(std::int64_t minute) {
    if (!begun_) {
      minute_ = minute;
      begun_ = true;
    }
    if (minute <= minute_) return;
    auto gone = used_ ? std::make_shared<const T>(std::exchange(present_, fresh_())) : nullptr;
    past_[place(minute_)] = std::move(gone);
    const auto stop = std::min(minute, minute_ + kMinutes);
    for (auto empty = minute_ + 1; empty < stop; ++empty) past_[place(empty)].reset();
    if (minute - minute_ >= kMinutes) past_.fill(nullptr);
    past_[place(minute)].reset();
    minute_ = minute;
    used_ = false;
  }

  const std::function<T()> fresh_;
  T present_;
  bool used_ = false, begun_ = false;
  std::int64_t minute_ = 0;
  std::array<std::shared_ptr<const T>, kMinutes> past_;
};

}  // namespace dugout::observability
