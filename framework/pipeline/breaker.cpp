#include "pipeline/breaker.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/waits.hpp"

namespace dugout::pipeline {

Breaker::Permit::Permit(Permit&& other) noexcept
    : breaker_(std::exchange(other.breaker_, nullptr)), era_(other.era_), probe_(other.probe_) {}

Breaker::Permit::~Permit() {
  if (breaker_ != nullptr) breaker_->drop(era_, probe_);
}

void Breaker::Permit::report(Result result, core::Duration took) {
  if (auto* breaker = std::exchange(breaker_, nullptr)) breaker->report(era_, probe_, result, took);
}

std::optional<Breaker::Permit> Breaker::try_acquire() {
  if (!options_.enabled) return Permit(nullptr, 0, 0);
  const std::lock_guard lock(mutex_);
  switch (state_now()) {
    case State::kClosed:
      return Permit(this, era_, 0);
    case State::kOpen:
      return std::nullopt;
    case State::kHalfOpen:
      break;
  }
  if (static_cast<int>(probes_.size()) >= options_.probes) return std::nullopt;
  const auto probe = next_probe_++;
  probes_.push_back({probe, clock_.now() + to_duration(options_.probe_deadline)});
  return Permit(this, era_, probe);
}

bool Breaker::slow(core::Duration took) const {
  return took > to_duration(options_.slow_after);
}

Breaker::State Breaker::state() const {
  const std::lock_guard lock(mutex_);
  return const_cast<Breaker*>(this)->state_now();
}

core::Duration Breaker::retry_in() const {
  const std::lock_guard lock(mutex_);
  const auto state = const_cast<Breaker*>(this)->state_now();
  const bool full = static_cast<int>(probes_.size()) >= options_.probes;
  core::MonoTime when = clock_.now();
  if (state == State::kOpen) when = open_until_;
  if (state == State::kHalfOpen && full) when = probes_.front().deadline;
  return std::max(core::Duration::zero(), when - clock_.now());
}

std::uint64_t Breaker::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

// Time alone changes two things: an open breaker becomes half-open, and a probe that has not come
// back by its deadline has failed.
Breaker::State Breaker::state_now() {
  const auto now = clock_.now();
  if (state_ == State::kOpen && now >= open_until_) {
    state_ = State::kHalfOpen;
    ++era_;
    probes_.clear();
    probe_successes_ = 0;
  }
  if (state_ == State::kHalfOpen && !probes_.empty() && now >= probes_.front().deadline) open();
  return state_;
}

void Breaker::open() {
  state_ = State::kOpen;
  ++era_;
  ++opened_;
  open_until_ = clock_.now() + to_duration(options_.open_for);
  probes_.clear();
}

void Breaker::close() {
  state_ = State::kClosed;
  ++era_;
  probes_.clear();
  failures_in_row_ = failed_ = slow_ = 0;
  row_began_ = {};
  counted_.clear();
}

// A success ends a row of failures, unless it was asked for before the row began: what was under
// way when a target goes down would hide for a while that it is down.
void Breaker::count(bool failed, bool slow, core::MonoTime began) {
  if (failed && ++failures_in_row_ == 1) row_began_ = clock_.now();
  if (!failed && began >= row_began_) failures_in_row_ = 0;
  counted_.push_back({failed, slow});
  failed_ += failed ? 1 : 0;
  slow_ += slow ? 1 : 0;
  if (static_cast<int>(counted_.size()) <= options_.window) return;
  failed_ -= counted_.front().failed ? 1 : 0;
  slow_ -= counted_.front().slow ? 1 : 0;
  counted_.pop_front();
}

bool Breaker::window_says_open() const {
  if (failures_in_row_ >= options_.failures_in_row) return true;
  const auto all = static_cast<double>(counted_.size());
  if (static_cast<int>(counted_.size()) < options_.window_least) return false;
  return (options_.failure_rate > 0 && failed_ >= options_.failure_rate * all) ||
         (options_.slow_rate > 0 && slow_ >= options_.slow_rate * all);
}

bool Breaker::take_probe(std::uint64_t probe) {
  const auto found = std::find_if(probes_.begin(), probes_.end(),
                                  [&](const Probe& out) { return out.id == probe; });
  if (found == probes_.end()) return false;
  probes_.erase(found);
  return true;
}

void Breaker::report(std::uint64_t era, std::uint64_t probe, Result result, core::Duration took) {
  const std::lock_guard lock(mutex_);
  (void)state_now();
  if (era != era_) return;  // of an earlier state: it says nothing about this one
  const bool failed = result == Result::kFailure;
  const bool is_slow = slow(took);
  if (probe == 0) {
    count(failed, is_slow, clock_.now() - took);
    if (window_says_open()) open();
    return;
  }
  if (!take_probe(probe)) return;
  if (failed || (is_slow && options_.slow_rate > 0)) return open();
  if (++probe_successes_ >= options_.probes_to_close) close();
}

void Breaker::drop(std::uint64_t era, std::uint64_t probe) {
  const std::lock_guard lock(mutex_);
  if (era == era_ && probe != 0) (void)take_probe(probe);
}

}  // namespace dugout::pipeline
