// Time and waiting, injected everywhere, so that tests run on a virtual clock.
// All functions are safe from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string_view>

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

  // Runs `action` when the token is cancelled, at once if it is already, for as long as the hook
  // lives; when its destructor returns the action runs no more. The action is called under the
  // token's lock: it is short and leaves the token alone.
  class Hook {
   public:
    Hook(const CancelToken& token, std::function<void()> action);
    ~Hook();
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

   private:
    const std::shared_ptr<State> state_;
    std::list<std::function<void()>>::iterator place_;
  };

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

// "08:30" as the time since midnight; nullopt = no such time of day.
std::optional<std::chrono::minutes> time_of_day(std::string_view text);

constexpr double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace dugout::core
