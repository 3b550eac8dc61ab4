#include "records/airtable_rate.hpp"

#include <algorithm>

namespace dugout::records {

bool AirtableRate::wait(core::MonoTime deadline) {
  core::Duration pause{};
  {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    auto place = std::max(now, not_before_);
    if (taken_.size() == kRequests) place = std::max(place, taken_.front() + kWindow);
    if (place > deadline) return false;
    if (taken_.size() == kRequests) taken_.pop_front();
    taken_.push_back(place);
    pause = place - now;
  }
  return clock_.sleep(pause, {});
}

void AirtableRate::shut_out() {
  const std::lock_guard lock(mutex_);
  not_before_ = clock_.now() + kPenalty;
}

}  // namespace dugout::records
