#include "pipeline/advice_choice.hpp"

#include "core/text.hpp"

namespace dugout::pipeline {
namespace {

using Action = Advice::Action;

// The same request may go to the same target once more.
bool same_again(const CallState& state, const Failure& failure) {
  if (too_long_asked(state, failure)) return false;
  if (failure.should_retry) return *failure.should_retry;
  return failure.cls != FailureClass::kContextLength && rule_of(failure.cls).same_target;
}

bool other_target(const CallState& state) {
  return remote_from(state.plan, state.target + 1) || has_local(state.plan);
}

std::string_view no_raise(const CallState& state, const Failure& failure, const Advice& advice) {
  if (failure.cls != FailureClass::kTruncated) return "the answer was not cut off";
  if (state.raised) return "the limit was raised once";
  return raised_limit(state.request, advice) ? "" : "the limit is at its ceiling";
}

std::string_view no_key(CallState& state, const Failure& failure) {
  if (tier_of(failure.cls) != Tier::kAiCall) return "no key mends an answer";
  auto& failed = state.failed_keys[state.target];
  failed.push_back(failure.key);
  return state.plan.targets[state.target]->next_key(failed) ? "" : "no other key";
}

// Why nothing can come of the advice now; empty = it can be taken.
std::string_view impossible(CallState& state, const Failure& failure, const Advice& advice) {
  switch (advice.action) {
    case Action::kWait:
      return same_again(state, failure) ? "" : "not on the same target again";
    case Action::kNextTarget:
      return other_target(state) ? "" : "no other target";
    case Action::kTruncateHistory:
      return can_truncate(state.request, advice.fraction) ? "" : "nothing to drop";
    case Action::kSimplifyPrompt:
      return state.simplified ? "simplified once" : "";
    case Action::kReask:
      return tier_of(failure.cls) != Tier::kAiCall && rule_of(failure.cls).same_target
                 ? ""
                 : "no answer to put right";
    case Action::kRaiseOutputLimit:
      return no_raise(state, failure, advice);
    case Action::kNextKey:
      return no_key(state, failure);
    case Action::kStop:
      return "";
  }
  return "not known here";
}

}  // namespace

bool too_long_asked(const CallState& state, const Failure& failure) {
  return failure.retry_after &&
         *failure.retry_after > to_duration(state.plan.retry.max_server_delay);
}

Choice choose_advice(CallState& state, const Failure& failure) {
  Choice choice;
  const int repeats = ++state.seen[static_cast<std::size_t>(failure.cls)];
  const auto target = state.plan.targets[state.target]->name();
  for (const auto* advisor : state.plan.advisors) {
    auto advice = advisor->advise(failure, state.attempts, repeats, target);
    if (!advice) continue;
    choice.known = true;
    const auto why_not = impossible(state, failure, *advice);
    if (why_not.empty()) {
      choice.advisor = advisor->name();
      choice.advice = std::move(advice);
      return choice;
    }
    choice.passed_over += choice.passed_over.empty() ? "passed over: " : ", ";
    choice.passed_over += std::string(advisor->name()) + " (" + std::string(why_not) + ")";
  }
  return choice;
}

}  // namespace dugout::pipeline
