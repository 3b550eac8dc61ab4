// The loop of one call: ask, read, decide, wait. What follows a failure is decided in recovery.cpp.
#include <algorithm>

#include "pipeline/call.hpp"
#include "pipeline/reading.hpp"
#include "pipeline/recovery.hpp"

namespace dugout::pipeline {
namespace {

// A local model needs next to no time; this much is left to it even behind the deadline.
constexpr core::Duration kGrace = std::chrono::seconds(1);

class Call {
 public:
  Call(const CallPlan& plan, Request request, Budget& budget, core::Clock& clock,
       core::Random& random)
      : state_(plan, std::move(request), budget), clock_(clock), random_(random) {}

  CallResult run() {
    const auto first = remote_from(state_.plan, 0);
    if (first) state_.target = *first;
    if (!(first && ask_remote())) ask_local();
    if (!done_ && !result_.failure)
      fail(FailureClass::kUnknown, "no_target", "no target is left to ask");
    return std::move(result_);
  }

 private:
  core::Duration left() const { return state_.budget.deadline - clock_.now(); }

  void fail(FailureClass cls, std::string code, std::string message) {
    Failure failure;
    failure.cls = cls;
    failure.code = std::move(code);
    failure.message = std::move(message);
    result_.failure = std::move(failure);
  }

  bool cancelled() {
    if (!state_.plan.cancel.cancelled()) return false;
    fail(FailureClass::kUnknown, "cancelled", "the call was cancelled");
    return true;
  }

  bool ask_remote();
  void ask_local();
  bool may_ask();
  bool attempt(Model& model, core::Duration within, core::Duration waited);
  void finish(AttemptRecord& record, Reading reading);

  CallState state_;
  core::Clock& clock_;
  core::Random& random_;
  CallResult result_;
  bool done_ = false;
};

// False, with the reason as the failure if there is none yet, when the budget lets nothing start.
bool Call::may_ask() {
  if (state_.budget.attempts > 0 && left() > core::Duration::zero()) return true;
  if (result_.failure) return false;
  if (state_.budget.attempts <= 0) {
    fail(FailureClass::kUnknown, "budget", "the attempts of the turn are used up");
  } else {
    fail(FailureClass::kTimeout, "deadline", "the deadline of the turn has passed");
  }
  return false;
}

// True when the call has ended: answered or cancelled.
bool Call::ask_remote() {
  core::Duration waited{0};
  for (;;) {
    if (cancelled()) return true;
    if (!may_ask()) return false;
    --state_.budget.attempts;
    ++state_.attempts;
    const auto within = std::min(to_duration(state_.plan.retry.attempt_timeout), left());
    if (attempt(*state_.plan.targets[state_.target], within, waited)) return true;

    auto step = next_step(state_, *result_.failure, clock_.now(), random_);
    auto& record = result_.attempts.back();
    record.advisor = std::move(step.advisor);
    record.action = std::move(step.action);
    record.why = std::move(step.why);
    if (step.go == Step::Go::kLastResort) return false;
    if (step.go == Step::Go::kNextTarget) {
      state_.target = *remote_from(state_.plan, state_.target + 1);
    }
    waited = step.wait;
    if (waited > core::Duration::zero() && !clock_.sleep(waited, state_.plan.cancel)) {
      fail(FailureClass::kUnknown, "cancelled", "the call was cancelled in a wait");
      return true;
    }
  }
}

// The last resort: costs no attempt and no wait, and does not see what the remote ones were told.
void Call::ask_local() {
  state_.note.remove(state_.request);
  for (auto* model : state_.plan.targets) {
    if (!model->local()) continue;
    if (cancelled()) return;
    const auto within =
        std::min(to_duration(state_.plan.retry.attempt_timeout), std::max(left(), kGrace));
    if (attempt(*model, within, core::Duration::zero())) return;
    result_.attempts.back().advisor = "table";
    result_.attempts.back().action = "stop";
  }
}

// Asks once and records it; true when the answer can be used. Else `result_.failure` says why not.
bool Call::attempt(Model& model, core::Duration within, core::Duration waited) {
  auto& record = result_.attempts.emplace_back();
  record.number = static_cast<int>(result_.attempts.size());
  record.target = model.name();
  record.waited = waited;
  const auto started = clock_.now();
  auto outcome = model.ask(state_.request, within);
  record.took = clock_.now() - started;
  if (auto* answer = std::get_if<Answer>(&outcome)) {
    record.usage = answer->usage;
    finish(record, read_answer(std::move(*answer), state_.plan, state_.request.schema));
  } else {
    Reading reading;
    reading.failure = std::move(std::get<Failure>(outcome));
    finish(record, std::move(reading));
  }
  result_.target = record.target;
  return done_;
}

void Call::finish(AttemptRecord& record, Reading reading) {
  done_ = !reading.failure;
  result_.failure = std::move(reading.failure);
  if (!done_) {
    if (tier_of(result_.failure->cls) == Tier::kValidation) ++state_.rejected;
    record.outcome = name_of(result_.failure->cls);
    record.status = result_.failure->status;
    return;
  }
  record.outcome = reading.parsed ? "ok" : "tool_calls";
  if (reading.parsed) record.parser = reading.parsed->parser;
  result_.parsed = std::move(reading.parsed);
  result_.tool_calls = std::move(reading.tool_calls);
}

}  // namespace

CallResult Planner::run(const CallPlan& plan, Request request, Budget& budget) const {
  return Call(plan, std::move(request), budget, clock_, random_).run();
}

}  // namespace dugout::pipeline
