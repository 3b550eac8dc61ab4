// Asks whether the server can serve, at most once a second however many want to know: the question
// is a write to the disk, and /ready has no limit. [any]
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "core/clock.hpp"
#include "dugout/sdk/outcome.hpp"

namespace dugout::http {

class SharedProbe {
 public:
  static constexpr auto kHolds = std::chrono::seconds(1);

  // The answer of `probe`, or the last one. Who comes while it is asked waits for that answer.
  Status ask(core::Clock& clock, const std::function<Status()>& probe);

 private:
  std::mutex mutex_;  // guards all below; not held while it is asked
  std::condition_variable answered_;
  bool asking_ = false;
  core::MonoTime until_{};
  Status last_ = Done{};
};

}  // namespace dugout::http
