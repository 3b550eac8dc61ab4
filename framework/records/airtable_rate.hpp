// Airtable answers five requests a second per base; who asks for more is shut out for 30 seconds.
// Callers take a place in time and sleep until it has come. [worker]
#pragma once

#include <deque>
#include <mutex>

#include "core/clock.hpp"

namespace dugout::records {

class AirtableRate {
 public:
  static constexpr std::size_t kRequests = 5;
  static constexpr core::Duration kWindow = std::chrono::seconds(1);
  static constexpr core::Duration kPenalty = std::chrono::seconds(30);

  explicit AirtableRate(core::Clock& clock) : clock_(clock) {}  // REQUIRES: outlives this

  // Waits until one more request may be sent; false, without a wait, when that is after `deadline`.
  bool wait(core::MonoTime deadline);
  // Airtable has turned a request away: nothing more before the penalty is over.
  void shut_out();

 private:
  core::Clock& clock_;
  std::mutex mutex_;                  // guards the two below
  std::deque<core::MonoTime> taken_;  // the places of the last requests, in order
  core::MonoTime not_before_{};
};

}  // namespace dugout::records
