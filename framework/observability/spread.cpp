#include "observability/spread.hpp"

#include <algorithm>
#include <cmath>

namespace dugout::observability {
namespace {

constexpr double kShortest = 1e-5;  // s
constexpr double kGrowth = 1.1;

std::size_t bucket_of(core::Duration value) {
  const auto times = core::seconds(value) / kShortest;
  if (!(times > 1.0)) return 0;
  const auto place = std::ceil(std::log(times) / std::log(kGrowth));
  return std::min(static_cast<std::size_t>(place), Spread::kBuckets - 1);
}

// The value that is equally far, by ratio, from both ends of the bucket.
double middle_ms(std::size_t bucket) {
  if (bucket == 0) return kShortest * 1000.0;
  const auto upper = kShortest * std::pow(kGrowth, static_cast<double>(bucket));
  return 2.0 * upper / (1.0 + kGrowth) * 1000.0;
}

}  // namespace

void Spread::add(core::Duration value) {
  if (buckets_.empty()) buckets_.resize(kBuckets);
  ++buckets_[bucket_of(value)];
  ++count_;
}

void Spread::merge(const Spread& other) {
  if (other.count_ == 0) return;
  if (buckets_.empty()) buckets_.resize(kBuckets);
  for (std::size_t at = 0; at < kBuckets; ++at) buckets_[at] += other.buckets_[at];
  count_ += other.count_;
}

std::optional<double> Spread::percentile(double part) const {
  if (count_ == 0) return std::nullopt;
  const auto rank =
      std::clamp(std::ceil(part * static_cast<double>(count_)), 1.0, static_cast<double>(count_));
  std::uint64_t passed = 0;
  for (std::size_t at = 0; at < kBuckets; ++at) {
    passed += buckets_[at];
    if (static_cast<double>(passed) >= rank) return middle_ms(at);
  }
  return middle_ms(kBuckets - 1);
}

}  // namespace dugout::observability
