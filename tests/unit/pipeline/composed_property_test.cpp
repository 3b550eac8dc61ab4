// A hundred thousand random calls through the whole composition (budgets, breakers, bulkheads,
// hedges, memory, validators, hostile advice), many on the same guards: whatever is answered and
// advised, attempts stay within the budget and time within the deadline, there is exactly one
// outcome, and no permit or place is lost.
#include <catch2/catch.hpp>

#include "chance.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/guarded.hpp"
#include "played_timer.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

// What the calls of one world share.
struct World {
  explicit World(unsigned seed) : chance(seed) {
    options.failures_in_row = 1 + chance.below(4);
    options.open_for = 1 + chance.below(20);
    options.probes = 1 + chance.below(2);
    options.probe_deadline = 1 + chance.below(10);
    if (chance.one_in(2)) options.failure_rate = 0.5;
    if (chance.one_in(2)) options.slow_rate = 0.5;
    options.slow_after = 2.0;
    options.window = 10;
    options.window_least = 5;
    for (int i = 0; i < 3; ++i) breakers.emplace_back(options, clock);
  }
  Chance chance;
  FakeClock clock;
  BreakerOptions options;
  std::deque<Breaker> breakers;
  Bulkhead bulkhead{{2, 0}, clock};
  RetryBudget load{{20.0, 0.5}};
  AnswerCache cache{{4, 30.0, 1 << 20}, clock};
  PlayedTimer timer;
  int asked = 0;  // of the call under way
};

// How often the parts that are under test had something to do.
struct Seen {
  std::uint64_t opened = 0, hedges = 0, from_cache = 0, turned_away = 0, flagged = 0;
};

// Takes some of its time, in which the second target may be asked; ends when it is called back.
class RandomModel final : public Model {
 public:
  RandomModel(World& world, bool is_local, std::string name)
      : world_(world), local_(is_local), name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  bool local() const override { return local_; }
  Attempted<Answer> ask(const Request&, core::Duration within,
                        const core::CancelToken& cancel) override {
    if (local_) return random_outcome(world_.chance, 4);
    ++world_.asked;
    auto& chance = world_.chance;
    const auto takes = within * chance.below(101) / 100 / (chance.one_in(4) ? 1 : 20);
    world_.clock.advance(takes / 2);
    if (chance.one_in(2)) world_.timer.fire();
    if (cancel.cancelled()) {
      auto failure = fails(FailureClass::kUnknown);
      failure.code = kCancelled;
      return failure;
    }
    // The other one may have used up some of the time meanwhile: nobody answers beyond it.
    return random_outcome(chance, 4);
  }

 private:
  World& world_;
  const bool local_;
  const std::string name_;
};

class RandomValidator final : public Validator {
 public:
  explicit RandomValidator(Chance& chance) : chance_(chance) {}
  std::string_view name() const override { return "random"; }
  std::optional<Verdict> validate(const Parsed&, std::string_view,
                                  std::string_view) const override {
    if (chance_.one_in(3)) return std::nullopt;
    Verdict verdict;
    verdict.confidence = chance_.one_in(3) ? chance_.odd_number() : chance_.below(11) / 10.0;
    return verdict;
  }

 private:
  Chance& chance_;
};

CallPlan random_plan(World& world, std::deque<GuardedModel>& remote, RandomModel& local) {
  auto& chance = world.chance;
  CallPlan plan;
  const int targets = chance.below(4);
  for (int i = 0; i < targets; ++i) plan.targets.push_back(&remote[static_cast<std::size_t>(i)]);
  if (chance.one_in(2)) plan.targets.push_back(&local);
  plan.retry.max_retries = chance.below(8);
  plan.retry.base_delay = chance.below(50) / 10.0;
  plan.retry.multiplier = chance.below(50) / 10.0;
  plan.retry.jitter = chance.below(11) / 10.0;
  plan.retry.max_total_delay = chance.below(30);
  if (chance.one_in(2)) plan.retry_budget = &world.load;
  if (chance.one_in(2))
    plan.hedge = {std::chrono::milliseconds(1 + chance.below(4000)), &world.timer};
  if (chance.one_in(4)) plan.cache = &world.cache;
  plan.cache_scope = chance.one_in(2) ? "a" : "b";
  if (chance.one_in(3)) {
    plan.judge = [&chance](const Parsed&) -> std::optional<Failure> {
      if (chance.one_in(2)) return std::nullopt;
      return fails(FailureClass::kField, "no");
    };
  }
  return plan;
}

// One call of the world; what is wrong with it, or empty.
std::string play(World& world, std::deque<GuardedModel>& remote, RandomModel& local, Seen& seen) {
  auto& chance = world.chance;
  auto plan = random_plan(world, remote, local);
  const FunctionParser parser("plain", plain_parse);
  const HostileAdvisor advisor(chance);
  const RandomValidator validator(chance);
  plan.parsers = {&parser};
  plan.advisors = {&advisor};
  if (chance.one_in(2)) plan.validators = {{&validator, 1.0}};
  Budget budget;
  budget.attempts = chance.below(14);
  if (chance.one_in(4)) budget.tokens = chance.below(3000);
  const auto window = std::chrono::milliseconds(chance.below(60'000));
  const auto start = world.clock.now();
  budget.deadline = start + window;
  const int granted = budget.attempts;
  world.asked = 0;
  world.timer.tasks.clear();
  RandomFromChance random(chance);

  const auto result = Planner(world.clock, random).run(plan, Request{}, budget);

  const int finals =
      (result.parsed ? 1 : 0) + (result.tool_calls.empty() ? 0 : 1) + (result.failure ? 1 : 0);
  if (finals != 1) return "not exactly one outcome: " + std::to_string(finals);
  if (world.asked > granted) return "more attempts than granted";
  if (world.asked != granted - budget.attempts) return "attempts are miscounted";
  if (world.asked > std::max(plan.retry.max_retries + 1, 5))
    return "more attempts than retries allow";
  if (world.bulkhead.inside() != 0) return "a place in the bulkhead was lost";
  // Two attempts at once may each use the time that is left, one behind the other on this thread.
  const auto allowed = plan.hedge.timer == nullptr ? window : 2 * window;
  if (world.clock.now() - start > allowed) return "it took longer than its deadline";
  seen.from_cache += result.from_cache ? 1 : 0;
  seen.turned_away += result.failure && !result.failure->asked ? 1 : 0;
  for (const auto& record : result.attempts) {
    seen.hedges += record.hedge ? 1 : 0;
    seen.flagged += record.flagged ? 1 : 0;
    if (record.why.size() > 200) return "a reason is too long";
  }
  return {};
}

}  // namespace

TEST_CASE("ComposedPropertyTest.AHundredThousandCallsKeepTheirBounds") {
  constexpr unsigned kWorlds = 2000, kCalls = 50;
  Seen seen;
  for (unsigned seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    std::deque<GuardedModel> remote;
    for (std::size_t i = 0; i < world.breakers.size(); ++i) {
      remote.emplace_back(
          std::make_unique<RandomModel>(world, false, "p/remote" + std::to_string(i)),
          world.breakers[i], world.bulkhead, world.clock);
    }
    RandomModel local(world, true, "understudy");
    for (unsigned call = 0; call < kCalls; ++call) {
      const auto wrong = play(world, remote, local, seen);
      if (!wrong.empty()) FAIL("seed " << seed << ", call " << call << ": " << wrong);
    }
    for (const auto& breaker : world.breakers) seen.opened += breaker.opened();
    // Whatever the breakers went through, after their time each lets a call through again.
    world.clock.advance(std::chrono::hours(1));
    for (auto& breaker : world.breakers) REQUIRE(breaker.try_acquire());
  }
  // None of this was idle.
  CHECK(seen.opened > 1000);
  CHECK(seen.hedges > 1000);
  CHECK(seen.from_cache > 100);
  CHECK(seen.turned_away > 100);
  CHECK(seen.flagged > 1000);
}
