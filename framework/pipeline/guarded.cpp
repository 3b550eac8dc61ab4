#include "pipeline/guarded.hpp"

namespace dugout::pipeline {
namespace {

constexpr core::Duration kFairTime = std::chrono::seconds(1);

Failure not_asked(std::string code, std::string message, core::Duration retry_after) {
  Failure failure;
  failure.cls = FailureClass::kOverloaded;
  failure.code = std::move(code);
  failure.message = std::move(message);
  failure.asked = false;
  if (retry_after > core::Duration::zero()) failure.retry_after = retry_after;
  return failure;
}

}  // namespace

std::optional<Breaker::Result> verdict_on_target(const Attempted<Answer>& outcome) {
  const auto* failure = std::get_if<Failure>(&outcome);
  if (failure == nullptr) return Breaker::Result::kSuccess;
  if (failure->code == kCancelled) return std::nullopt;
  switch (failure->cls) {
    case FailureClass::kConnection:
    case FailureClass::kTimeout:
    case FailureClass::kOverloaded:
    case FailureClass::kServer:
    case FailureClass::kUnknown:
      return Breaker::Result::kFailure;
    default:
      return std::nullopt;
  }
}

Attempted<Answer> GuardedModel::ask(const Request& request, core::Duration within,
                                    const core::CancelToken& cancel) {
  const auto started = clock_.now();
  // The place first: a permit for a probe must not be spent in a queue.
  auto place = bulkhead_.enter(started + within, cancel);
  if (!place) {
    return not_asked("bulkhead_full", "too many attempts at this provider are under way", {});
  }
  auto permit = breaker_.try_acquire();
  if (!permit) {
    return not_asked("breaker_open", "the target's breaker is open", breaker_.retry_in());
  }
  const auto asked = clock_.now();
  const auto left = within - (asked - started);
  if (left <= core::Duration::zero()) {
    return not_asked("bulkhead_full", "the time was used up in the queue", {});
  }
  auto outcome = inner_->ask(request, left, cancel);
  const auto took = clock_.now() - asked;
  auto verdict = verdict_on_target(outcome);
  const auto* failure = std::get_if<Failure>(&outcome);
  // A time-out of an attempt that got next to no time tells of us, not of the target.
  if (failure != nullptr && failure->cls == FailureClass::kTimeout && left < kFairTime) {
    verdict.reset();
  }
  // Who is always overtaken never ends by itself: a hanging target would stay closed for ever.
  const bool called_back = failure != nullptr && failure->code == kCancelled;
  if (called_back && (permit->probe() || breaker_.slow(took))) verdict = Breaker::Result::kFailure;
  if (verdict) permit->report(*verdict, took);
  return outcome;
}

}  // namespace dugout::pipeline
