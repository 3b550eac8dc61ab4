// The computed waits of one call and what is left of their sum. One thread, one call.
#pragma once

#include <optional>

#include "pipeline/call.hpp"

namespace dugout::pipeline {

// A waiter looks at the clock this often: a virtual clock does not wake a condition variable.
inline constexpr auto kGlance = std::chrono::milliseconds(20);

class Waits {
 public:
  struct Wait {
    core::Duration pause{0};
    bool last = false;  // cut to what was left: no attempt follows the one after it
  };

  explicit Waits(const RetryOptions& options) : options_(options) {}

  // The wait before retry `retry` (from 0), multiplied by `factor`; nullopt when nothing is left.
  // The sum counts waits before jitter, so that the sequence does not depend on chance.
  std::optional<Wait> next(int retry, double factor, core::Random& random);

  // Nothing is left: a further wait would be none.
  bool used_up() const;

 private:
  const RetryOptions& options_;
  double used_ = 0.0;  // s
};

// What an advisor may ask for: NaN becomes 1, the rest is held within [0, 100].
double sane_factor(double factor);

// NaN becomes a half, the rest is held within [0, 1].
double sane_fraction(double fraction);

core::Duration to_duration(double seconds);

}  // namespace dugout::pipeline
