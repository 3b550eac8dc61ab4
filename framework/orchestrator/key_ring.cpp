#include "orchestrator/key_ring.hpp"

#include <algorithm>

namespace dugout::orchestrator {

KeyRing::KeyRing(const std::string& first, const std::vector<std::string>& more) {
  keys_.push_back(first);
  for (const auto& key : more) {
    if (!key.empty() && std::find(keys_.begin(), keys_.end(), key) == keys_.end()) {
      keys_.push_back(key);
    }
  }
}

bool KeyRing::go_on(const std::vector<int>& failed) {
  const int count = static_cast<int>(keys_.size());
  int now = in_use_;
  for (;;) {
    int next = now;
    for (int step = 0; step < count; ++step, next = (next + 1) % count) {
      if (std::find(failed.begin(), failed.end(), next) == failed.end()) break;
    }
    if (std::find(failed.begin(), failed.end(), next) != failed.end()) return false;
    if (next == now || in_use_.compare_exchange_weak(now, next)) return true;
  }
}

}  // namespace dugout::orchestrator
