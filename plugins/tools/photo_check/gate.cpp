#include "gate.hpp"

namespace picture {

Gate::Pass::Pass(Gate& gate, std::chrono::milliseconds patience) : gate_(gate) {
  std::unique_lock lock(gate_.mutex_);
  admitted_ = gate_.freed_.wait_for(lock, patience, [&] { return gate_.free_ > 0; });
  if (admitted_) --gate_.free_;
}

Gate::Pass::~Pass() {
  if (!admitted_) return;
  {
    const std::lock_guard lock(gate_.mutex_);
    ++gate_.free_;
  }
  gate_.freed_.notify_one();
}

}  // namespace picture
