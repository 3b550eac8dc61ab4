// Time and waiting, injected everywhere, so that tests run on a virtual clock.
// All functions are safe from any thread.
#pragma once

#include <chrono>
#include <memory>

namespace dugout::core {

using Duration = std::chrono::nanoseconds;
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

// Asks a turn to stop: set once, never cleared. Copies share the same flag.
class CancelToken {
 public:
  CancelToken();
  void cancel() const;
  bool cancelled() const;

  struct State;
  const std::shared_ptr<State>& state() const { return state_; }

 private:
  std::shared_ptr<State> state_;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime now() const = 0;       // for durations and deadlines
  virtual WallTime wall_now() const = 0;  // for people and the store
  // Waits for `pause`; false when it was cut short by `cancel`. Negative or zero returns at once.
  virtual bool sleep(Duration pause, const CancelToken& cancel) = 0;
};

// The clock of the machine.
class SystemClock final : public Clock {
 public:
  MonoTime now() const override;
  WallTime wall_now() const override;
  bool sleep(Duration pause, const CancelToken& cancel) override;
};

constexpr double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace dugout::core
