// Breakers and bulkheads as the planner meets them: skipped targets, waits, budgets.
#include "pipeline/guarded.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

// A target with its guards, and what is behind it.
struct Guarded {
  Guarded(Bench& bench, std::string name, std::deque<Attempted<Answer>> script,
          BreakerOptions options = {}, BulkheadOptions places = {})
      : breaker(options, bench.clock), bulkhead(places, bench.clock) {
    auto made = std::make_unique<ScriptedModel>(std::move(name), std::move(script));
    inner = made.get();
    model = std::make_unique<GuardedModel>(std::move(made), breaker, bulkhead, bench.clock);
  }
  void open(int failures = 10) {
    for (int at = 0; at < failures; ++at) {
      breaker.try_acquire()->report(Breaker::Result::kFailure, 1s);
    }
  }

  Breaker breaker;
  Bulkhead bulkhead;
  ScriptedModel* inner = nullptr;
  std::unique_ptr<GuardedModel> model;
};

TEST_CASE("GuardedTest.AnOpenTargetIsPassedOverAtOnceAndCostsNoAttempt") {
  Bench bench;
  Guarded first(bench, "a/first", {says("ok")});
  Guarded second(bench, "b/second", {says("ok")});
  first.open();

  const auto result = bench.run({first.model.get(), second.model.get()});

  REQUIRE(result.parsed);
  CHECK(targets_of(result) == std::vector<std::string>{"b/second"});
  CHECK(first.inner->asked.empty());
  CHECK(bench.clock.sleeps().empty());
  CHECK(bench.budget.attempts == 11);
}

TEST_CASE("GuardedTest.ASingleTargetsBreakerOpensAfterTenFailuresOverSeveralCalls") {
  Bench bench;
  Guarded only(bench, "a/only", {fails(FailureClass::kServer)});
  ScriptedModel understudy("understudy", {says("ok")}, true);
  for (int call = 0; call < 3; ++call) {
    bench.budget.attempts = 12;
    bench.budget.deadline = bench.clock.now() + 90s;
    REQUIRE(bench.run({only.model.get(), &understudy}).parsed);
  }
  CHECK(only.inner->asked.size() == 10);
  CHECK(only.breaker.state() == Breaker::State::kOpen);

  const auto skipped = bench.run({only.model.get(), &understudy});

  CHECK(targets_of(skipped) == std::vector<std::string>{"understudy"});
  CHECK(only.inner->asked.size() == 10);
}

TEST_CASE("GuardedTest.WhenAllAreOpenTheFirstToReturnIsWaitedForIfThatIsSoon") {
  Bench bench;
  BreakerOptions soon;
  soon.open_for = 3.0;
  Guarded first(bench, "a/first", {says("ok")});
  Guarded second(bench, "b/second", {says("ok")}, soon);
  first.open();
  second.open();

  const auto result = bench.run({first.model.get(), second.model.get()});

  REQUIRE(result.parsed);
  CHECK(result.target() == "b/second");
  CHECK(bench.clock.sleeps() == std::vector<double>{3.0});
}

TEST_CASE("GuardedTest.WhenNoneReturnsSoonTheFailureSaysWhenToComeBack") {
  Bench bench;
  Guarded only(bench, "a/only", {says("ok")});
  only.open();

  const auto result = bench.run({only.model.get()});

  REQUIRE(result.failure);
  CHECK(result.failure->code == "breaker_open");
  CHECK(result.failure->retry_after == 300s);
  CHECK(bench.clock.sleeps().empty());
}

TEST_CASE("GuardedTest.WhatSaysNothingAboutTheTargetIsNotCounted") {
  for (const auto cls :
       {FailureClass::kQuota, FailureClass::kAuthentication, FailureClass::kInvalidRequest,
        FailureClass::kContextLength, FailureClass::kRateLimit}) {
    CHECK_FALSE(verdict_on_target(fails(cls)));
  }
  for (const auto cls : {FailureClass::kConnection, FailureClass::kTimeout, FailureClass::kServer,
                         FailureClass::kOverloaded, FailureClass::kUnknown}) {
    CHECK(verdict_on_target(fails(cls)) == Breaker::Result::kFailure);
  }
  CHECK(verdict_on_target(says("broken")) == Breaker::Result::kSuccess);
}

TEST_CASE("GuardedTest.ATargetThatIsOfNoUseIsNotAskedAgainWhenTheNextIsOpen") {
  for (const auto cls :
       {FailureClass::kAuthentication, FailureClass::kQuota, FailureClass::kInvalidRequest}) {
    Bench bench;
    Guarded first(bench, "a/first", {fails(cls)});
    Guarded second(bench, "b/second", {says("ok")});
    second.open();

    const auto result = bench.run({first.model.get(), second.model.get()});

    CHECK_FALSE(result.parsed);
    CHECK(first.inner->asked.size() == 1);
  }
}

TEST_CASE("GuardedTest.WhatWasNotAskedIsNoFailureOfTheTarget") {
  Bench bench;
  BulkheadOptions one;
  one.at_once = 1;
  one.queued = 0;
  Guarded only(bench, "a/only", {says("ok")}, {}, one);
  const auto held = only.bulkhead.enter(bench.clock.now());

  const auto result = bench.run({only.model.get()});

  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].outcome == "not_asked");
}

TEST_CASE("GuardedTest.WaitingForAPlaceEndsWhenItIsCalledBack") {
  FakeClock clock;
  Bulkhead bulkhead({1, 1}, clock);
  const auto held = bulkhead.enter(clock.now());
  const core::CancelToken cancel;
  cancel.cancel();

  CHECK_FALSE(bulkhead.enter(clock.now() + 60s, cancel));
}

TEST_CASE("GuardedTest.ATimeOutOfNextToNoTimeSaysNothingOfTheTarget") {
  for (const auto& [within, opens] : {std::pair<core::Duration, bool>{100ms, false}, {30s, true}}) {
    Bench bench;
    BreakerOptions options;
    options.failures_in_row = 1;
    Guarded only(bench, "a/only", {fails(FailureClass::kTimeout)}, options);

    (void)only.model->ask(bench.request, within, {});

    CHECK((only.breaker.state() == Breaker::State::kOpen) == opens);
  }
}

TEST_CASE("GuardedTest.AFullBulkheadSendsTheCallElsewhere") {
  Bench bench;
  BulkheadOptions one;
  one.at_once = 1;
  one.queued = 0;
  Guarded first(bench, "a/first", {says("ok")}, {}, one);
  Guarded second(bench, "b/second", {says("ok")});
  const auto held = first.bulkhead.enter(bench.clock.now());
  REQUIRE(held);

  const auto result = bench.run({first.model.get(), second.model.get()});

  REQUIRE(result.parsed);
  CHECK(result.target() == "b/second");
  CHECK(first.inner->asked.empty());
  CHECK(bench.budget.attempts == 11);
}

TEST_CASE("GuardedTest.WhenEveryoneTurnsItAwayTheUnderstudyAnswers") {
  Bench bench;
  BulkheadOptions one;
  one.at_once = 1;
  one.queued = 0;
  Guarded only(bench, "a/only", {says("ok")}, {}, one);
  ScriptedModel understudy("understudy", {says("ok")}, true);
  const auto held = only.bulkhead.enter(bench.clock.now());

  const auto result = bench.run({only.model.get(), &understudy});

  CHECK(result.target() == "understudy");
  CHECK(bench.budget.attempts == 12);
}

TEST_CASE("BulkheadTest.AWaiterGetsThePlaceThatComesFree") {
  FakeClock clock;
  BulkheadOptions one;
  one.at_once = 1;
  Bulkhead bulkhead(one, clock);
  auto held = std::make_optional(bulkhead.enter(clock.now()));
  bool entered = false;
  std::thread waiter([&] { entered = bulkhead.enter(clock.now() + 60s).has_value(); });

  held.reset();
  waiter.join();

  CHECK(entered);
  CHECK(bulkhead.inside() == 0);
}

TEST_CASE("BudgetTest.TokensAndMoneyEndACallLikeItsAttemptsDo") {
  Bench bench;
  Answer broken = says("broken");
  broken.usage = {600, 100};
  ScriptedModel model("a/dear", {broken});
  const Prices prices{{"a/dear", {10.0, 40.0}}};
  bench.plan.prices = &prices;

  SECTION("tokens") {
    bench.budget.tokens = 1000;
    const auto result = bench.run({&model});
    CHECK(model.asked.size() == 2);  // 700 of 1000, then overdrawn by the second
    CHECK(*bench.budget.tokens == -400);
    CHECK(result.failure->cls == FailureClass::kInvalidJson);
  }
  SECTION("money") {
    bench.budget.money = 0.005;
    const auto result = bench.run({&model});
    CHECK(model.asked.size() == 1);
    CHECK(result.attempts[0].cost == Approx(0.01));
  }
}

TEST_CASE("RetryBudgetTest.AnOutageUsesItUpAndSuccessesFillItAgain") {
  Bench bench;
  RetryBudgetOptions options;
  options.tokens = 10.0;
  options.refund = 1.0;
  RetryBudget budget(options);
  bench.plan.retry_budget = &budget;
  ScriptedModel down("a/down", {fails(FailureClass::kServer)});
  ScriptedModel up("a/up", {says("ok")});

  (void)bench.run({&down});
  CHECK(down.asked.size() == 4);
  (void)bench.run({&down});
  CHECK(down.asked.size() == 5);  // the fifth failure left half: no retry
  CHECK_FALSE(budget.may_retry());
  (void)bench.run({&down});
  CHECK(down.asked.size() == 6);
  for (int at = 0; at < 2; ++at) (void)bench.run({&up});
  CHECK(budget.may_retry());
}

}  // namespace
