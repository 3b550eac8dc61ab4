#include "pipeline/waits.hpp"

#include <algorithm>
#include <cmath>

namespace dugout::pipeline {
namespace {

constexpr double kEpsilon = 1e-9;       // s; sums of decimal fractions are not exact
constexpr double kLongest = 1e6;        // s; keeps nanoseconds far from overflow
constexpr double kLargestFactor = 100;  // the sum of waits bounds the rest

// base * multiplier^retry, never NaN, negative or infinite whatever the options hold.
double plain_wait(const RetryOptions& options, int retry, double factor) {
  const double wait = options.base_delay * std::pow(options.multiplier, retry) * factor;
  if (std::isnan(wait)) return 0.0;
  return std::clamp(wait, 0.0, kLongest);
}

}  // namespace

double sane_factor(double factor) {
  return std::isnan(factor) ? 1.0 : std::clamp(factor, 0.0, kLargestFactor);
}

double sane_fraction(double fraction) {
  return std::isnan(fraction) ? 0.5 : std::clamp(fraction, 0.0, 1.0);
}

core::Duration to_duration(double seconds) {
  const double bounded = std::isnan(seconds) ? 0.0 : std::clamp(seconds, 0.0, kLongest);
  return std::chrono::round<core::Duration>(std::chrono::duration<double>(bounded));
}

bool Waits::used_up() const {
  return options_.max_total_delay - used_ <= kEpsilon;
}

std::optional<Waits::Wait> Waits::next(int retry, double factor, core::Random& random) {
  double wait = plain_wait(options_, retry, factor);
  if (wait <= 0.0) return Wait{};
  if (used_up()) return std::nullopt;
  const double rest = options_.max_total_delay - used_;
  const bool cut = wait > rest + kEpsilon;
  if (cut) wait = rest;
  used_ += wait;
  const double jitter = std::clamp(options_.jitter, 0.0, 1.0);
  if (jitter > 0.0) wait *= 1.0 - jitter * random.unit();
  return Wait{to_duration(wait), cut};
}

std::vector<double> wait_sequence(const RetryOptions& options, double factor) {
  class NoRandom final : public core::Random {
    double unit() override { return 0.0; }
  } none;
  std::vector<double> sequence;
  Waits waits(options);
  for (int retry = 0; retry < options.max_retries; ++retry) {
    const auto wait = waits.next(retry, sane_factor(factor), none);
    if (!wait) break;
    sequence.push_back(core::seconds(wait->pause));
    if (wait->last) break;
  }
  return sequence;
}

}  // namespace dugout::pipeline
