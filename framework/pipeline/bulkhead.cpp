#include "pipeline/bulkhead.hpp"

#include "pipeline/waits.hpp"

namespace dugout::pipeline {

std::optional<Bulkhead::Place> Bulkhead::enter(core::MonoTime deadline,
                                               const core::CancelToken& cancel) {
  if (options_.at_once <= 0) return Place(nullptr);
  std::unique_lock lock(mutex_);
  if (inside_ >= options_.at_once) {
    if (waiting_ >= options_.queued) return std::nullopt;
    ++waiting_;
    while (inside_ >= options_.at_once && clock_.now() < deadline && !cancel.cancelled()) {
      left_.wait_for(lock, kGlance);
    }
    --waiting_;
    if (inside_ >= options_.at_once) return std::nullopt;
  }
  ++inside_;
  return Place(this);
}

void Bulkhead::leave() {
  {
    const std::lock_guard lock(mutex_);
    --inside_;
  }
  left_.notify_one();
}

int Bulkhead::inside() const {
  const std::lock_guard lock(mutex_);
  return inside_;
}

}  // namespace dugout::pipeline
