#include "pipeline/adaptive.hpp"

#include <algorithm>

namespace dugout::pipeline {
namespace {

constexpr std::size_t kCallTypes = 64;  // more would be names that come from outside
constexpr int kLeast = 1, kMost = 5;    // retries
constexpr double kQuicker = 0.8, kSlower = 1.2;

}  // namespace

void RecentAttempts::note(std::string_view call_type, bool succeeded, core::Duration took) {
  const One one{succeeded, core::seconds(took)};
  const std::lock_guard lock(mutex_);
  auto found = series_.find(call_type);
  if (found == series_.end()) {
    if (series_.size() >= kCallTypes) return;
    found = series_.emplace(call_type, Series{}).first;
  }
  auto& series = found->second;
  series.latest.push_back(one);
  series.succeeded += one.succeeded ? 1 : 0;
  series.took += one.took;
  if (static_cast<int>(series.latest.size()) <= window_) return;
  const auto& oldest = series.latest.front();
  series.succeeded -= oldest.succeeded ? 1 : 0;
  series.took -= oldest.took;
  series.latest.pop_front();
}

Recent RecentAttempts::of(std::string_view call_type) const {
  const std::lock_guard lock(mutex_);
  const auto found = series_.find(call_type);
  if (found == series_.end()) return {};
  const auto& series = found->second;
  const auto count = static_cast<double>(series.latest.size());
  return {static_cast<int>(series.latest.size()), series.succeeded / count,
          std::max(series.took, 0.0) / count};
}

RetryOptions adapted(RetryOptions options, const Recent& recent, const AdaptiveOptions& adaptive) {
  // Who wants no retries gets none.
  if (!adaptive.enabled || recent.attempts < adaptive.window_least || options.max_retries == 0) {
    return options;
  }
  if (recent.success_rate > adaptive.high_rate) {
    options.max_retries = std::max(kLeast, options.max_retries - 1);
    options.base_delay *= kQuicker;
  } else if (recent.success_rate < adaptive.low_rate) {
    options.max_retries = std::max(options.max_retries, std::min(kMost, options.max_retries + 1));
    options.base_delay *= kSlower;
  }
  return options;
}

}  // namespace dugout::pipeline
