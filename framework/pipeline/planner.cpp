// The loop of one call: ask, read, decide, wait. What follows a failure is decided in recovery.cpp.
#include <algorithm>
#include <set>

#include "observability/turn_trace.hpp"
#include "pipeline/attempt_span.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/call.hpp"
#include "pipeline/hedge.hpp"
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
  bool find_open(core::Duration& waited);
  bool wait_for_first(core::Duration& waited);
  bool usable(std::size_t target) const;
  void pay(AttemptRecord& record);
  void account(AttemptRecord& record);
  std::optional<std::size_t> second_target(core::Duration within) const;
  bool attempt(Model& model, core::Duration within, core::Duration waited);
  bool attempt_hedged(std::size_t second, core::Duration within, core::Duration waited);
  static bool was_asked(const Asked& asked);
  AttemptRecord& add_record(const Model& model, core::Duration waited);
  bool wait(core::Duration pause, std::string_view why);
  bool stand(std::size_t at, Model& model, Asked asked);
  void pass_over(std::size_t at, const Asked& asked);
  void finish(AttemptRecord& record, Reading reading);

  CallState state_;
  core::Clock& clock_;
  core::Random& random_;
  CallResult result_;
  std::set<std::size_t> away_;    // targets that turned this call away without being asked
  std::set<std::size_t> barred_;  // targets that failed so that the same again is of no use
  bool done_ = false;
};

bool Call::usable(std::size_t target) const {
  return away_.count(target) == 0 && barred_.count(target) == 0 &&
         state_.plan.targets[target]->ready_in() <= core::Duration::zero();
}

// Goes to a target that may be asked now: the one in turn, the next, or an earlier one. When there
// is none, waits for the first to return if that is soon. False: none will.
bool Call::find_open(core::Duration& waited) {
  for (const std::size_t from : {state_.target, std::size_t{0}}) {
    for (auto at = remote_from(state_.plan, from); at; at = remote_from(state_.plan, *at + 1)) {
      if (!usable(*at)) continue;
      state_.target = *at;
      return true;
    }
  }
  return wait_for_first(waited);
}

bool Call::wait_for_first(core::Duration& waited) {
  std::optional<core::Duration> soonest;
  for (auto at = remote_from(state_.plan, 0); at; at = remote_from(state_.plan, *at + 1)) {
    const auto ready_in = state_.plan.targets[*at]->ready_in();
    if (away_.count(*at) + barred_.count(*at) != 0 || (soonest && ready_in >= *soonest)) continue;
    soonest = ready_in;
    state_.target = *at;
  }
  if (!soonest) return false;  // all turned it away; the last one's failure tells why
  const bool soon = *soonest <= to_duration(state_.plan.retry.max_open_wait) && *soonest < left();
  if (!soon || state_.opened) {
    fail(FailureClass::kOverloaded, "breaker_open", "no target may be asked now");
    result_.failure->retry_after = *soonest;
    result_.failure->asked = false;
    return false;
  }
  state_.opened = true;
  if (wait(*soonest, "breaker_open")) {
    waited += *soonest;
    return true;
  }
  fail(FailureClass::kUnknown, "cancelled", "the call was cancelled in a wait");
  done_ = true;
  return false;
}

void Call::pay(AttemptRecord& record) {
  auto& budget = state_.budget;
  if (state_.plan.prices != nullptr)
    record.cost = cost_of(*state_.plan.prices, record.target, record.usage);
  if (budget.tokens) *budget.tokens -= record.usage.input_tokens + record.usage.output_tokens;
  if (budget.money) *budget.money -= record.cost;
}

// What the attempt cost, and what it says about the load.
void Call::account(AttemptRecord& record) {
  pay(record);
  auto* load = state_.plan.retry_budget;
  if (load == nullptr) return;
  if (!result_.failure) {
    load->succeeded();
  } else if (result_.failure->asked && tier_of(result_.failure->cls) == Tier::kAiCall) {
    load->failed();
  }
}

// False, with the reason as the failure if there is none yet, when the budget lets nothing start.
bool Call::may_ask() {
  const bool money = !spent(state_.budget);
  if (state_.budget.attempts > 0 && money && left() > core::Duration::zero()) return true;
  if (result_.failure) return false;
  if (!money) {
    fail(FailureClass::kUnknown, "budget", "the tokens or the money of the turn are used up");
    return false;
  }
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
    if (!may_ask() || !find_open(waited)) return done_;
    --state_.budget.attempts;
    ++state_.attempts;
    const auto within = std::min(to_duration(state_.plan.retry.attempt_timeout), left());
    const auto second = second_target(within);
    const bool ended = second ? attempt_hedged(*second, within, waited)
                              : attempt(*state_.plan.targets[state_.target], within, waited);
    if (ended) return true;
    waited = core::Duration::zero();
    if (!result_.failure->asked) {
      away_.insert(state_.target);
      ++state_.budget.attempts;
      --state_.attempts;
      continue;
    }
    auto step = next_step(state_, *result_.failure, clock_, random_);
    auto& record = result_.attempts[result_.stands];
    record.advisor = std::move(step.advisor);
    record.action = std::move(step.action);
    record.why = std::move(step.why);
    if (step.go == Step::Go::kLastResort) return false;
    if (step.go == Step::Go::kNextTarget) {
      if (step.bars) barred_.insert(state_.target);
      state_.target = *remote_from(state_.plan, state_.target + 1);
    }
    waited = step.wait;
    if (waited > core::Duration::zero() && !wait(waited, name_of(result_.failure->cls))) {
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

// A target to ask as well when the one in turn is slow; nullopt = none, or there is no room for it.
std::optional<std::size_t> Call::second_target(core::Duration within) const {
  const auto& hedge = state_.plan.hedge;
  if (hedge.timer == nullptr || hedge.after <= core::Duration::zero() || hedge.after >= within) {
    return std::nullopt;
  }
  const auto* load = state_.plan.retry_budget;
  const bool room = state_.budget.attempts > 0 && state_.attempts <= state_.plan.retry.max_retries;
  if (!room || (load != nullptr && !load->may_retry())) return std::nullopt;
  for (auto at = remote_from(state_.plan, 0); at; at = remote_from(state_.plan, *at + 1)) {
    if (*at != state_.target && usable(*at)) return at;
  }
  return std::nullopt;
}

// False when the call was cancelled meanwhile.
bool Call::wait(core::Duration pause, std::string_view why) {
  observability::SpanScope span(state_.plan.trace, observability::Stage::kWait, "wait", why, true);
  span.put("dugout.wait.reason", std::string(why));
  const bool whole = clock_.sleep(pause, state_.plan.cancel);
  if (!whole) span.fail(kCancelled);
  return whole;
}

// Asks once and records it; true when the answer can be used. Else `result_.failure` says why not.
bool Call::attempt(Model& model, core::Duration within, core::Duration waited) {
  const auto number = add_record(model, waited).number;
  AttemptSpan span(state_.plan.trace, model, number);
  state_.request.trace = span.parent();
  const auto started = clock_.now();
  auto outcome = model.ask(state_.request, within, state_.plan.cancel);
  const auto took = clock_.now() - started;
  span.end(outcome);
  return stand(result_.attempts.size() - 1, model, {std::move(outcome), took});
}

// The same with two targets; the one whose outcome stands is the one in turn from then on.
bool Call::attempt_hedged(std::size_t second, core::Duration within, core::Duration waited) {
  auto& model = *state_.plan.targets[state_.target];
  auto& other = *state_.plan.targets[second];
  const auto number = add_record(model, waited).number;
  const auto at = result_.attempts.size() - 1;
  AttemptSpan span(state_.plan.trace, model, number);
  state_.request.trace = span.parent();  // of both; they are the same question
  const auto started = clock_.now();
  auto raced =
      race(model, other, state_.request, within, state_.plan.hedge, state_.plan.cancel, clock_);
  span.end(raced.first.outcome);
  if (raced.second) span.beside(other, started + state_.plan.hedge.after, *raced.second);
  if (!raced.second) return stand(at, model, std::move(raced.first));
  const bool first_asked = was_asked(raced.first), second_asked = was_asked(*raced.second);
  if (first_asked && second_asked) {  // the one is paid for already
    --state_.budget.attempts;
    ++state_.attempts;
  }
  add_record(other, state_.plan.hedge.after).hedge = true;
  // Of two failures that of the first decides, unless it was never asked.
  if (!raced.second_won() && (first_asked || !second_asked)) {
    pass_over(at + 1, *raced.second);
    return stand(at, model, std::move(raced.first));
  }
  pass_over(at, raced.first);
  state_.target = second;
  return stand(at + 1, other, std::move(*raced.second));
}

bool Call::was_asked(const Asked& asked) {
  const auto* failure = std::get_if<Failure>(&asked.outcome);
  return failure == nullptr || failure->asked;
}

AttemptRecord& Call::add_record(const Model& model, core::Duration waited) {
  auto& record = result_.attempts.emplace_back();
  record.number = static_cast<int>(result_.attempts.size());
  record.target = model.name();
  record.local = model.local();
  record.waited = waited;
  return record;
}

// The outcome that the call goes on with.
bool Call::stand(std::size_t at, Model& model, Asked asked) {
  result_.stands = at;
  auto& record = result_.attempts[at];
  record.took = asked.took;
  if (auto* answer = std::get_if<Answer>(&asked.outcome)) {
    record.usage = answer->usage;
    finish(record,
           read_answer(std::move(*answer), state_.plan, state_.request.schema, model.local()));
  } else {
    Reading reading;
    reading.failure = std::move(std::get<Failure>(asked.outcome));
    finish(record, std::move(reading));
  }
  if (!model.local()) account(record);
  return done_;
}

// The outcome of the one that lost: it is recorded, paid for, and changes nothing.
void Call::pass_over(std::size_t at, const Asked& asked) {
  auto& record = result_.attempts[at];
  record.took = asked.took;
  record.advisor = "hedge";
  if (const auto* answer = std::get_if<Answer>(&asked.outcome)) {
    record.outcome = kCancelled;  // it came, too late
    record.usage = answer->usage;
    pay(record);
    return;
  }
  const auto& failure = std::get<Failure>(asked.outcome);
  const bool called_back = failure.code == kCancelled;
  record.outcome = called_back      ? kCancelled
                   : !failure.asked ? kNotAsked
                                    : std::string(name_of(failure.cls));
  record.status = failure.status;
  auto* load = state_.plan.retry_budget;
  if (load != nullptr && !called_back && failure.asked) load->failed();
}

void Call::finish(AttemptRecord& record, Reading reading) {
  record.confidence = reading.weighed.confidence;
  record.verdicts = std::move(reading.weighed.verdicts);
  record.flagged = reading.weighed.decision == Weighed::Decision::kFlagged;
  done_ = !reading.failure;
  result_.failure = std::move(reading.failure);
  if (!done_) {
    if (tier_of(result_.failure->cls) == Tier::kValidation) ++state_.rejected;
    record.outcome = result_.failure->asked ? name_of(result_.failure->cls) : kNotAsked;
    record.status = result_.failure->status;
    return;
  }
  record.outcome = reading.parsed ? "ok" : "tool_calls";
  if (reading.parsed) record.parser = reading.parsed->parser;
  result_.parsed = std::move(reading.parsed);
  result_.tool_calls = std::move(reading.tool_calls);
}

CallResult from_memory(CachedAnswer answer) {
  CallResult result;
  auto& record = result.attempts.emplace_back();
  record.target = std::move(answer.target);
  record.outcome = "cache_hit";
  record.parser = answer.parsed.parser;
  result.parsed = std::move(answer.parsed);
  result.from_cache = true;
  return result;
}

}  // namespace

double cost_of(const Prices& prices, std::string_view target, const Usage& usage) {
  const auto price = prices.find(target);
  if (price == prices.end()) return 0.0;
  return (price->second.input * static_cast<double>(usage.input_tokens) +
          price->second.output * static_cast<double>(usage.output_tokens)) /
         1e6;
}

CallResult Planner::run(const CallPlan& plan, Request request, Budget& budget) const {
  if (plan.cache == nullptr) return Call(plan, std::move(request), budget, clock_, random_).run();
  auto found =
      plan.cache->find(request_key(plan.cache_scope, plan.targets, request), budget.deadline);
  // What was right for an equal call is judged again for this one.
  if (found.answer && !(plan.judge && plan.judge(found.answer->parsed))) {
    return from_memory(std::move(*found.answer));
  }
  auto result = Call(plan, std::move(request), budget, clock_, random_).run();
  const bool flagged = std::any_of(result.attempts.begin(), result.attempts.end(),
                                   [](const auto& record) { return record.flagged; });
  const bool local = std::any_of(plan.targets.begin(), plan.targets.end(), [&](const auto* model) {
    return model->local() && model->name() == result.target();
  });
  if (found.flight && result.parsed && !flagged && !local &&
      (!plan.shareable || plan.shareable(*result.parsed))) {
    found.flight->put({*result.parsed, std::string(result.target())});
  }
  return result;
}

}  // namespace dugout::pipeline
