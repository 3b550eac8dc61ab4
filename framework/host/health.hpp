// Quarantine of an instance that keeps failing by its own defects. Private to host. [any]
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "dugout/sdk/outcome.hpp"
#include "host/budget.hpp"

namespace dugout::host {

// Three internal errors within a minute close the instance for a minute. Then one call is let in on
// probation: when it goes well the count starts afresh, else the instance is closed for twice as
// long as before, at most a quarter of an hour. Closed, it is not entered at all.
class Health {
 public:
  explicit Health(std::string plugin) : plugin_(std::move(plugin)) {}

  std::optional<Error> closed();  // kUnavailable with the reason, while it may not be called
  void internal_error();
  void answered();  // a call came back without an internal error
  // "ready", "degraded" while an internal error is less than a minute old or the call on probation
  // is awaited, or "quarantined".
  std::string_view state() const;
  // A call that answers at once took so long; what is over `bound` counts as internal errors, one
  // for each time it was used up. True: it was over.
  bool too_slow(core::Duration took, core::Duration bound = kLongestAdvice);

  // One call has ended, with an answer or not.
  void count(bool answered);

  struct Counts {
    std::uint64_t calls = 0, failures = 0, errors = 0, slow = 0;
  };
  Counts counts() const;

 private:
  enum class Probe { kNone, kUnderWay, kAnswered };

  void close(core::MonoTime now);  // REQUIRES: mutex_ is held

  const std::string plugin_;
  mutable std::mutex mutex_;                           // guards all below
  std::array<std::optional<core::MonoTime>, 3> last_;  // a ring
  std::size_t next_ = 0;
  std::optional<core::MonoTime> closed_until_, slow_told_;
  core::Duration pause_{};
  Probe probe_ = Probe::kNone;
  core::MonoTime probe_began_{};
  Counts counts_;
};

}  // namespace dugout::host
