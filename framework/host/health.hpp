// Quarantine of an instance that keeps failing by its own defects. Private to host. [any]
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "dugout/sdk/outcome.hpp"
#include "host/host.hpp"

namespace dugout::host {

// What advice may take. It is arithmetic on a short text, and a user waits for it; the calling
// thread cannot be taken out of it, so that it is only called again when it behaves.
constexpr core::Duration kLongestAdvice = std::chrono::seconds(2);

// Three internal errors within a minute close the instance for a minute; then it is called again
// and the count starts afresh. Closed, it is not entered at all.
class Health {
 public:
  explicit Health(std::string plugin) : plugin_(std::move(plugin)) {}

  std::optional<Error> closed();  // kUnavailable with the reason, while it may not be called
  void internal_error();
  // "ready", "degraded" while an internal error is less than a minute old, or "quarantined".
  std::string_view state() const;
  // A call that answers at once took so long; what is over the bound counts as internal errors, one
  // for each time it was used up. True: it was over.
  bool too_slow(core::Duration took);
  // One call has ended, well or not.
  void count(bool answered);
  Tally tally() const;

 private:
  const std::string plugin_;
  std::atomic<std::uint64_t> calls_{0}, failures_{0}, defects_{0};
  mutable std::mutex mutex_;                           // guards all below
  std::array<std::optional<core::MonoTime>, 3> last_;  // a ring
  std::size_t next_ = 0;
  std::optional<core::MonoTime> closed_until_;
};

}  // namespace dugout::host
