// How durations spread, in constant memory: a histogram whose buckets grow by a tenth, so that a
// percentile is off by 5 % at most (kError) between 10 microseconds and an hour; what is shorter or
// longer counts as that. Until the first value it takes no memory. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.hpp"

namespace dugout::observability {

class Spread {
 public:
  static constexpr double kError = 0.05;
  static constexpr std::size_t kBuckets = 208;

  void add(core::Duration value);
  void merge(const Spread& other);
  std::uint64_t count() const { return count_; }
  // The value that `part` (0..1) of all do not exceed, in ms; nullopt of none.
  std::optional<double> percentile(double part) const;

 private:
  std::vector<std::uint32_t> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace dugout::observability
