#include "orchestrator/lanes.hpp"

#include <algorithm>
#include <iterator>

namespace dugout::orchestrator {

Lanes::Place::Place(Lanes& lanes, std::string session, bool older)
    : lanes_(lanes), session_(std::move(session)) {
  const std::lock_guard lock(lanes_.mutex_);
  ticket_ = lanes_.next_++;
  lanes_.lanes_[session_].push_back({ticket_, older});
}

Lanes::Place::~Place() {
  const std::lock_guard lock(lanes_.mutex_);
  const auto lane = lanes_.lanes_.find(session_);
  lane->second.remove_if([&](const Ticket& ticket) { return ticket.number == ticket_; });
  if (lane->second.empty()) {
    lanes_.lanes_.erase(lane);
  } else {
    lanes_.left_.notify_all();
  }
}

std::size_t Lanes::Place::ahead() const {
  const std::lock_guard lock(lanes_.mutex_);
  const auto& lane = lanes_.lanes_[session_];
  const auto mine = std::find_if(lane.begin(), lane.end(),
                                 [&](const Ticket& ticket) { return ticket.number == ticket_; });
  return static_cast<std::size_t>(std::distance(lane.begin(), mine));
}

bool Lanes::Place::wait(core::Duration at_most) {
  std::unique_lock lock(lanes_.mutex_);
  return lanes_.left_.wait_for(lock, at_most,
                               [&] { return lanes_.lanes_[session_].front().number == ticket_; });
}

bool Lanes::Place::overtakes() const {
  const std::lock_guard lock(lanes_.mutex_);
  const auto& lane = lanes_.lanes_[session_];
  return std::any_of(lane.begin(), lane.end(),
                     [&](const Ticket& ticket) { return ticket.older && ticket.number > ticket_; });
}

}  // namespace dugout::orchestrator
