// Retry options that follow the success of the latest attempts: fewer and quicker retries while
// nearly all succeed, more and slower ones while many fail (design, section 4, "adaptive"). [any];
// the lock is a leaf.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "pipeline/call.hpp"

namespace dugout::pipeline {

struct AdaptiveOptions {
  bool enabled = true;
  int window = 100;        // 10..10000 attempts of a call type
  int window_least = 20;   // 1..window: before that many, the options stand as they are
  double high_rate = 0.9;  // above: one retry less, at least 1; delays x 0.8
  double low_rate = 0.7;   // below: one retry more, at most 5; delays x 1.2
};

// The latest attempts of one call type.
struct Recent {
  int attempts = 0;
  double success_rate = 0.5;  // of no attempts: neither good nor bad, as the seed has it
  double latency = 3.0;       // s, mean
};

class RecentAttempts {
 public:
  explicit RecentAttempts(int window) : window_(window) {}

  void note(std::string_view call_type, bool succeeded, core::Duration took);
  Recent of(std::string_view call_type) const;

 private:
  struct One {
    bool succeeded;
    double took;
  };
  struct Series {
    std::deque<One> latest;
    int succeeded = 0;
    double took = 0.0;  // s, sum
  };
  const int window_;
  mutable std::mutex mutex_;  // guards series_
  std::map<std::string, Series, std::less<>> series_;
};

RetryOptions adapted(RetryOptions options, const Recent& recent, const AdaptiveOptions& adaptive);

}  // namespace dugout::pipeline
