// A circuit breaker for one target: closed while it serves, open after too many failures, half-open
// when a few probes may find out whether it serves again. One object is shared by all calls of a
// process. [any]; its lock is a leaf and held for no wait.
//
// A permit is asked for before an attempt and given back with what became of it. A permit that is
// dropped (a cancelled attempt, one that ended in a way that says nothing about the target) frees
// its place and counts as nothing. A probe that outlives its deadline counts as failed, so that a
// hanging probe cannot keep the breaker half-open for ever.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace dugout::pipeline {

struct BreakerOptions {
  bool enabled = true;
  int failures_in_row = 10;      // 1..1000; opens
  double failure_rate = 0.0;     // (0,1]: opens when reached over the window; 0 = not used
  double slow_rate = 0.0;        // (0,1]: the same for slow calls; 0 = not used
  double slow_after = 20.0;      // s; a call that takes longer is slow
  int window = 100;              // 10..10000: the last so many counted calls
  int window_least = 20;         // 1..window: before that many no rate is looked at
  double open_for = 300.0;       // s, 0.001..86400
  int probes = 1;                // 1..100: at one time while half-open
  int probes_to_close = 1;       // 1..100: that succeed in a row
  double probe_deadline = 60.0;  // s
  bool operator==(const BreakerOptions&) const = default;
};

class Breaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };
  enum class Result { kSuccess, kFailure };

  // Leave for one attempt. Give it back with report(); dropping it counts as nothing.
  class Permit {
   public:
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&&) = delete;
    ~Permit();
    bool probe() const { return probe_ != 0; }
    // What the target made of the attempt; at most once.
    void report(Result result, core::Duration took);

   private:
    friend class Breaker;
    Permit(Breaker* breaker, std::uint64_t era, std::uint64_t probe)
        : breaker_(breaker), era_(era), probe_(probe) {}
    Breaker* breaker_;
    std::uint64_t era_;    // of the state it was given in: what comes later is old news
    std::uint64_t probe_;  // 0 = not a probe
  };

  // REQUIRES: the clock outlives it.
  Breaker(BreakerOptions options, core::Clock& clock) : options_(options), clock_(clock) {}

  // nullopt: not now. What a thread has reported before is seen by it (and everybody) at once.
  std::optional<Permit> try_acquire();

  // Is that long for a call of this target?
  bool slow(core::Duration took) const;
  State state() const;
  // How long until it may be asked; zero when it may be now. While half-open with all probes out,
  // the deadline of the oldest.
  core::Duration retry_in() const;
  std::uint64_t opened() const;  // how often so far

 private:
  struct Probe {
    std::uint64_t id;
    core::MonoTime deadline;
  };

  State state_now();  // after what time has changed
  void close();
  void open();
  bool window_says_open() const;
  void count(bool failed, bool slow, core::MonoTime began);
  void report(std::uint64_t era, std::uint64_t probe, Result result, core::Duration took);
  void drop(std::uint64_t era, std::uint64_t probe);
  bool take_probe(std::uint64_t probe);

  const BreakerOptions options_;
  core::Clock& clock_;
  mutable std::mutex mutex_;  // guards all below
  State state_ = State::kClosed;
  std::uint64_t era_ = 1, next_probe_ = 1, opened_ = 0;
  core::MonoTime open_until_{};
  std::deque<Probe> probes_;  // out now, oldest first
  int probe_successes_ = 0;
  int failures_in_row_ = 0;
  core::MonoTime row_began_{};
  struct Counted {
    bool failed, slow;
  };
  std::deque<Counted> counted_;
  int failed_ = 0, slow_ = 0;  // of those in the window
};

}  // namespace dugout::pipeline
