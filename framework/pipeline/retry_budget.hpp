// A token bucket for the whole process, so that an outage cannot multiply the load: every failed
// attempt costs one token, every success gives a part of one back, and while the bucket is less
// than half full nothing is tried again (as gRPC's retry throttling does it). [any], lock-free.
#pragma once

#include <algorithm>
#include <atomic>

namespace dugout::pipeline {

struct RetryBudgetOptions {
  double tokens = 100.0;  // 1..1e6, the bucket's size; 0 = no budget
  double refund = 0.1;    // 0.001..1, of a success
  bool operator==(const RetryBudgetOptions&) const = default;
};

class RetryBudget {
 public:
  explicit RetryBudget(RetryBudgetOptions options) : options_(options), tokens_(options.tokens) {}

  void failed() { add(-1.0); }
  void succeeded() { add(options_.refund); }
  bool may_retry() const {
    return options_.tokens <= 0 || tokens_.load(std::memory_order_relaxed) > options_.tokens / 2;
  }
  double left() const { return tokens_.load(std::memory_order_relaxed); }

 private:
  void add(double change) {
    auto seen = tokens_.load(std::memory_order_relaxed);
    double wanted = 0;
    do {
      wanted = std::clamp(seen + change, 0.0, options_.tokens);
    } while (wanted != seen &&
             !tokens_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed));
  }

  const RetryBudgetOptions options_;
  std::atomic<double> tokens_;
};

}  // namespace dugout::pipeline
