// The API keys of one provider and which of them is in use, for all who ask its models. A key that
// failed is left by everybody at once, and by nobody twice. [any]
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace dugout::orchestrator {

class KeyRing {
 public:
  // Empty keys and repeats are left out.
  KeyRing(const std::string& first, const std::vector<std::string>& more);

  int in_use() const { return in_use_; }
  // REQUIRES: `at` came from in_use(). Empty when there are no keys.
  const std::string& key(int at) const { return keys_[static_cast<std::size_t>(at)]; }
  // Goes on to the next key that is none of `failed`, when the one in use is one of them. False:
  // there is none.
  bool go_on(const std::vector<int>& failed);

 private:
  std::vector<std::string> keys_;  // never empty
  std::atomic<int> in_use_{0};
};

}  // namespace dugout::orchestrator
