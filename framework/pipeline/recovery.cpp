#include "pipeline/recovery.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "pipeline/advice_choice.hpp"

namespace dugout::pipeline {
namespace {

using Action = Advice::Action;
constexpr std::size_t kWhy = 200;  // bytes of a reason that are recorded

class Decision {
 public:
  // The strategies are heard first: one that takes its time must not pass for time that is left.
  Decision(CallState& state, const Failure& failure, const core::Clock& clock, core::Random& random)
      : state_(state),
        failure_(failure),
        rule_(rule_of(failure.cls)),
        choice_(choose_advice(state, failure)),
        now_(clock.now()),
        random_(random) {}

  Step make() {
    step_.advisor = choice_.advisor;
    say_why(choice_.advice ? choice_.advice->why : "");
    if (const auto why = no_more(); !why.empty()) return last_resort(why);
    change_request();
    if (wants_same() && same_allowed()) return again();
    return elsewhere();
  }

 private:
  const std::optional<Advice>& advice() const { return choice_.advice; }
  bool advised(Action action) const { return advice() && advice()->action == action; }
  const RetryOptions& retry() const { return state_.plan.retry; }
  std::optional<std::size_t> untried() const { return remote_from(state_.plan, state_.target + 1); }
  bool header_says(bool again) const { return failure_.should_retry == again; }
  // Another request than the one that failed, or the same one under another key.
  bool at_once() const { return raised_ || advised(Action::kReask) || advised(Action::kNextKey); }

  void say_why(std::string_view first);
  int allowed() const;
  std::string_view no_more() const;
  void change_request();
  bool wants_same() const;
  bool same_allowed() const;
  std::optional<core::Duration> pause();
  bool last_goes_elsewhere() const;
  Step again();
  Step elsewhere();
  Step last_resort(std::string_view why);

  CallState& state_;
  const Failure& failure_;
  const ClassRule rule_;
  const Choice choice_;
  const core::MonoTime now_;
  core::Random& random_;
  bool shortened_ = false, simplified_ = false, raised_ = false;
  Step step_;
};

void Decision::say_why(std::string_view first) {
  std::string why(first);
  if (!why.empty() && !choice_.passed_over.empty()) why += "; ";
  step_.why = core::masked(core::clip(why + choice_.passed_over, kWhy));
}

// Attempts this call may make, as the latest failure has it. No retries means none, for strategies
// too.
int Decision::allowed() const {
  const int own = std::max(retry().max_retries, 0) + 1;
  if (own == 1) return own;
  if (choice_.known) return std::max(own, retry().known_attempts);
  if (failure_.cls == FailureClass::kUnknown) return std::min(own, retry().unknown_attempts);
  return own;
}

// Why no remote attempt may follow; empty = one may.
std::string_view Decision::no_more() const {
  if (advised(Action::kStop)) return "the strategy advised to stop";
  if (state_.last) return "the waits of the call are used up";
  if (state_.attempts >= allowed()) return "the attempts of the call are used up";
  if (state_.budget.attempts <= 0) return "the attempts of the turn are used up";
  if (now_ >= state_.budget.deadline) return "the deadline of the turn has passed";
  if (spent(state_.budget)) return "the tokens or the money of the turn are used up";
  if (state_.plan.retry_budget != nullptr && !state_.plan.retry_budget->may_retry()) {
    return "too much fails just now: nothing is tried again";
  }
  if (state_.rejected > 1 && has_local(state_.plan)) return "it was asked again once already";
  return {};
}

void Decision::change_request() {
  const auto tier = tier_of(failure_.cls);
  if (tier == Tier::kValidation ||
      (tier == Tier::kParse && failure_.cls != FailureClass::kRefusal)) {
    state_.note.put(state_.request, failure_);
  }
  if (advised(Action::kTruncateHistory)) {
    shortened_ = truncate_history(state_.request, advice()->fraction);
  } else if (advised(Action::kSimplifyPrompt)) {
    simplify(state_.request);
    simplified_ = state_.simplified = true;
  } else if (advised(Action::kRaiseOutputLimit)) {
    state_.request.max_output_tokens = raised_limit(state_.request, *advice());
    raised_ = state_.raised = true;
  }
}

bool Decision::wants_same() const {
  if (advised(Action::kWait) || shortened_ || simplified_ || at_once()) return true;
  if (advised(Action::kNextTarget)) return false;
  return header_says(true) || rule_.then == ClassRule::Then::kRetrySame;
}

bool Decision::same_allowed() const {
  if (advised(Action::kNextKey)) return true;  // what was said was said to the other key
  if (too_long_asked(state_, failure_)) return false;
  if (failure_.should_retry) return *failure_.should_retry;
  if (failure_.cls == FailureClass::kContextLength) return shortened_;
  return rule_.same_target;
}

// How long to wait before the same target is asked again; nullopt when no wait is left.
std::optional<core::Duration> Decision::pause() {
  if (at_once() || (failure_.cls == FailureClass::kContextLength && shortened_)) {
    return core::Duration::zero();
  }
  if (failure_.retry_after && *failure_.retry_after > core::Duration::zero()) {
    return failure_.retry_after;
  }
  if (!rule_.waits && !advised(Action::kWait) && !header_says(true)) return core::Duration::zero();
  const double factor = advised(Action::kWait) ? sane_factor(advice()->wait_multiplier) : 1.0;
  const auto wait = state_.waits.next(state_.attempts - 1, factor, random_);
  if (!wait) return std::nullopt;
  state_.last = wait->last;
  return wait->pause;
}

// The last permitted attempt after a failure of the line or the model is better spent on a target
// that has not failed yet.
bool Decision::last_goes_elsewhere() const {
  const bool is_last = state_.attempts + 1 >= allowed() || state_.budget.attempts == 1 ||
                       state_.last || state_.waits.used_up();
  return is_last && tier_of(failure_.cls) == Tier::kAiCall &&
         rule_.then == ClassRule::Then::kRetrySame && !header_says(true) &&
         !advised(Action::kNextKey) && untried();
}

Step Decision::again() {
  const auto wait = pause();
  if (!wait) return last_resort("the waits of the call are used up");
  if (*wait >= state_.budget.deadline - now_) {
    return last_resort("the wait would pass the deadline of the turn");
  }
  step_.wait = *wait;
  step_.go = last_goes_elsewhere() ? Step::Go::kNextTarget : Step::Go::kSameTarget;
  step_.action = step_.go == Step::Go::kNextTarget ? "next_target" : "retry";
  if (shortened_) step_.action = "truncate_history";
  if (simplified_) step_.action = "simplify_prompt";
  if (raised_) step_.action = "raise_output_limit";
  if (advised(Action::kReask)) step_.action = "reask";
  if (advised(Action::kNextKey)) step_.action = "next_key";
  return std::move(step_);
}

Step Decision::elsewhere() {
  if (!untried()) {
    if (has_local(state_.plan) || !same_allowed())
      return last_resort("no other remote target is left");
    return again();
  }
  step_.bars = !same_allowed();
  step_.go = Step::Go::kNextTarget;
  step_.action = simplified_ ? "simplify_prompt" : "next_target";
  return std::move(step_);
}

Step Decision::last_resort(std::string_view why) {
  step_.go = Step::Go::kLastResort;
  step_.action = has_local(state_.plan) ? "next_target" : "stop";
  say_why(why);
  return std::move(step_);
}

}  // namespace

bool spent(const Budget& budget) {
  return (budget.tokens && *budget.tokens <= 0) || (budget.money && *budget.money <= 0);
}

std::optional<std::size_t> ready_from(const CallPlan& plan, std::size_t from) {
  for (auto at = remote_from(plan, from); at; at = remote_from(plan, *at + 1)) {
    if (plan.targets[*at]->ready_in() <= core::Duration::zero()) return at;
  }
  return std::nullopt;
}

std::optional<std::size_t> remote_from(const CallPlan& plan, std::size_t from) {
  for (std::size_t i = from; i < plan.targets.size(); ++i) {
    if (!plan.targets[i]->local()) return i;
  }
  return std::nullopt;
}

bool has_local(const CallPlan& plan) {
  return std::any_of(plan.targets.begin(), plan.targets.end(),
                     [](const Model* model) { return model->local(); });
}

Step next_step(CallState& state, const Failure& failure, const core::Clock& clock,
               core::Random& random) {
  return Decision(state, failure, clock, random).make();
}

}  // namespace dugout::pipeline
