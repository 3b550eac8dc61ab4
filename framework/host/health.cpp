#include "host/health.hpp"

#include <cmath>

#include "host/services.hpp"

namespace dugout::host {

constexpr auto kWindow = std::chrono::minutes(1);

std::optional<Error> Health::closed() {
  const auto now = service_clock().now();
  const std::lock_guard lock(mutex_);
  if (!closed_until_) return std::nullopt;
  if (now >= *closed_until_) {
    closed_until_.reset();
    return std::nullopt;
  }
  const auto left = static_cast<long>(std::ceil(core::seconds(*closed_until_ - now)));
  return Error{Code::kUnavailable, plugin_ +
                                       " is quarantined: three internal errors within a minute; it "
                                       "is called again in " +
                                       std::to_string(left) + " s"};
}

void Health::count(bool answered) {
  ++calls_;
  if (!answered) ++failures_;
}

Tally Health::tally() const {
  return {calls_, failures_, defects_};
}

void Health::internal_error() {
  ++defects_;
  const auto now = service_clock().now();
  {
    const std::lock_guard lock(mutex_);
    if (closed_until_) return;  // calls that were under way when it closed
    last_[next_] = now;
    next_ = (next_ + 1) % last_.size();
    const auto oldest = last_[next_];
    if (!oldest || now - *oldest > kWindow) return;
    closed_until_ = now + kWindow;
    last_.fill(std::nullopt);
  }
  log_about(3, plugin_, "quarantined for a minute: three internal errors within a minute");
}

std::string_view Health::state() const {
  const auto now = service_clock().now();
  const std::lock_guard lock(mutex_);
  if (closed_until_ && now < *closed_until_) return "quarantined";
  for (const auto& error : last_) {
    if (error && now - *error < kWindow) return "degraded";
  }
  return "ready";
}

bool Health::too_slow(core::Duration took) {
  for (auto left = took; left > kLongestAdvice; left -= kLongestAdvice) {
    internal_error();
    if (closed()) break;
  }
  return took > kLongestAdvice;
}

}  // namespace dugout::host
