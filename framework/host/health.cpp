#include "host/health.hpp"

#include <algorithm>
#include <cmath>

#include "host/services.hpp"

namespace dugout::host {
namespace {

constexpr core::Duration kWindow = std::chrono::minutes(1);
constexpr core::Duration kLongestPause = std::chrono::minutes(15);

std::string seconds_text(core::Duration time) {
  return std::to_string(static_cast<long>(std::ceil(core::seconds(time)))) + " s";
}

}  // namespace

std::optional<Error> Health::closed() {
  const auto now = service_clock().now();
  const std::lock_guard lock(mutex_);
  if (!closed_until_) return std::nullopt;
  if (now < *closed_until_) {
    return Error{Code::kUnavailable,
                 plugin_ +
                     " is quarantined: three internal errors within a minute; it is called "
                     "again in " +
                     seconds_text(*closed_until_ - now)};
  }
  if (probe_ == Probe::kAnswered) {
    closed_until_.reset();
    probe_ = Probe::kNone;
    return std::nullopt;
  }
  // One that never came back must not keep it closed for ever.
  if (probe_ == Probe::kUnderWay && now - probe_began_ < kWindow) {
    return Error{Code::kUnavailable, plugin_ + " is quarantined; one call tries it at this moment"};
  }
  probe_ = Probe::kUnderWay;
  probe_began_ = now;
  return std::nullopt;
}

void Health::close(core::MonoTime now) {
  closed_until_ = now + pause_;
  probe_ = Probe::kNone;
  last_.fill(std::nullopt);
}

void Health::count(bool answered) {
  const std::lock_guard lock(mutex_);
  ++counts_.calls;
  if (!answered) ++counts_.failures;
}

void Health::internal_error() {
  const auto now = service_clock().now();
  core::Duration pause{};
  {
    const std::lock_guard lock(mutex_);
    ++counts_.errors;
    if (closed_until_ && probe_ == Probe::kNone) return;  // of calls under way when it closed
    if (closed_until_) {
      pause_ = std::min(pause_ * 2, kLongestPause);
    } else {
      last_[next_] = now;
      next_ = (next_ + 1) % last_.size();
      const auto oldest = last_[next_];
      if (!oldest || now - *oldest > kWindow) return;
      pause_ = kWindow;
    }
    close(now);
    pause = pause_;
  }
  log_about(3, plugin_, "quarantined for " + seconds_text(pause) + ": it keeps failing by itself");
}

void Health::answered() {
  const std::lock_guard lock(mutex_);
  // Not open yet: what looks at the answer may still find it wrong.
  if (closed_until_ && probe_ == Probe::kUnderWay) probe_ = Probe::kAnswered;
}

std::string_view Health::state() const {
  const auto now = service_clock().now();
  const std::lock_guard lock(mutex_);
  if (closed_until_ && now < *closed_until_) return "quarantined";
  if (closed_until_ && probe_ != Probe::kAnswered) return "degraded";
  for (const auto& error : last_) {
    if (error && now - *error < kWindow) return "degraded";
  }
  return "ready";
}

bool Health::too_slow(core::Duration took, core::Duration bound) {
  if (took <= bound) return false;
  const auto now = service_clock().now();
  bool told = false;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.slow;
    told = slow_told_ && now - *slow_told_ < kWindow;
    if (!told) slow_told_ = now;
  }
  if (!told) {
    log_about(
        2, plugin_,
        "it took " + seconds_text(took) + " to answer; " + seconds_text(bound) + " are allowed");
  }
  for (auto left = took; left > bound; left -= bound) {
    internal_error();
    if (state() == "quarantined") break;
  }
  return true;
}

Health::Counts Health::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace dugout::host
