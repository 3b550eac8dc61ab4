#include "http/rate_limit.hpp"

#include <algorithm>

namespace dugout::http {

constexpr double kNanoseconds = 1e9;

RateLimit::RateLimit(Rate rate, std::size_t most)
    : rate_(rate),
      each_(rate.limits() ? static_cast<std::int64_t>(kNanoseconds / rate.per_second) : 0),
      whole_(each_ * rate.burst),
      most_(std::max<std::size_t>(most / kParts, 1)) {}

RateLimit::Row& RateLimit::row_of(Part& part, std::string_view name, core::MonoTime now) {
  auto found = part.rows.find(name);
  if (found != part.rows.end()) {
    part.used.splice(part.used.begin(), part.used, found->second.place);
    return found->second;
  }
  if (part.rows.size() >= most_) {
    const auto oldest = part.rows.find(part.used.back());
    part.used.pop_back();
    part.rows.erase(oldest);
  }
  found = part.rows.emplace(name, Row{now, {}}).first;
  part.used.push_front(found->first);
  found->second.place = part.used.begin();
  return found->second;
}

RateVerdict RateLimit::take(std::string_view name, core::MonoTime now, int count) {
  auto& part = parts_[std::hash<std::string_view>{}(name) % kParts];
  const std::lock_guard lock(part.mutex);
  auto& row = row_of(part, name, now);
  const auto begun = std::max(row.full_at, now);
  RateVerdict verdict;
  if (begun + each_ - now > whole_) {
    verdict.admitted = false;
    verdict.full = begun - now;
    verdict.retry_in = begun + each_ - now - whole_;
    return verdict;
  }
  row.full_at = begun + each_ * count;
  verdict.full = row.full_at - now;
  verdict.left = static_cast<int>(std::max(whole_ - verdict.full, core::Duration::zero()) / each_);
  return verdict;
}

std::size_t RateLimit::names() const {
  std::size_t sum = 0;
  for (const auto& part : parts_) {
    const std::lock_guard lock(part.mutex);
    sum += part.rows.size();
  }
  return sum;
}

}  // namespace dugout::http
