#include "orchestrator/lanes.hpp"

#include <algorithm>
#include <iterator>

namespace dugout::orchestrator {

Lanes::Place::Place(Lanes& lanes, std::string session)
    : lanes_(lanes), session_(std::move(session)) {
  const std::lock_guard lock(lanes_.mutex_);
  ticket_ = lanes_.next_++;
  lanes_.lanes_[session_].push_back(ticket_);
}

Lanes::Place::~Place() {
  const std::lock_guard lock(lanes_.mutex_);
  const auto lane = lanes_.lanes_.find(session_);
  lane->second.remove(ticket_);
  if (lane->second.empty()) {
    lanes_.lanes_.erase(lane);
  } else {
    lanes_.left_.notify_all();
  }
}

std::size_t Lanes::Place::ahead() const {
  const std::lock_guard lock(lanes_.mutex_);
  const auto& lane = lanes_.lanes_[session_];
  return static_cast<std::size_t>(
      std::distance(lane.begin(), std::find(lane.begin(), lane.end(), ticket_)));
}

bool Lanes::Place::wait(core::Duration at_most) {
  std::unique_lock lock(lanes_.mutex_);
  return lanes_.left_.wait_for(lock, at_most,
                               [&] { return lanes_.lanes_[session_].front() == ticket_; });
}

}  // namespace dugout::orchestrator
