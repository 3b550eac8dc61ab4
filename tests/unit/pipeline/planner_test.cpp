// The loop of a call on the virtual clock: attempts, waits, server advice, budget, cancel, records.
#include <catch2/catch.hpp>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

using Sleeps = std::vector<double>;
using Names = std::vector<std::string>;

Failure server_asks(core::Duration wait) {
  auto failure = fails(FailureClass::kRateLimit);
  failure.retry_after = wait;
  return failure;
}

}  // namespace

TEST_CASE("PlannerTest.SuccessAtOnceIsOneAttemptWithoutWait") {
  Bench bench;
  ScriptedModel model("m", {says("ok")});

  const auto result = bench.run({&model});

  REQUIRE(result.parsed);
  CHECK_FALSE(result.failure);
  CHECK(result.target() == "m");
  CHECK(bench.clock.sleeps().empty());
  CHECK(bench.budget.attempts == 11);
  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].outcome == "ok");
  CHECK(result.attempts[0].parser == "plain");
  CHECK(result.attempts[0].advisor.empty());
}

TEST_CASE("PlannerTest.RegistrationWaitsOneTwoFour") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kServer)});

  const auto result = bench.run({&model});

  CHECK(bench.clock.sleeps() == Sleeps{1, 2, 4});
  CHECK(model.asked.size() == 4);
  REQUIRE(result.failure);
  CHECK(result.failure->cls == FailureClass::kServer);
}

TEST_CASE("PlannerTest.PhotoWaitsTwoFourFour") {
  Bench bench;
  bench.plan.retry.base_delay = 2.0;
  bench.plan.retry.max_retries = 5;
  ScriptedModel model("m", {fails(FailureClass::kTimeout)});

  bench.run({&model});

  CHECK(bench.clock.sleeps() == Sleeps{2, 4, 4});
  CHECK(model.asked.size() == 4);
}

TEST_CASE("PlannerTest.ReRegistrationWaitsHalfAndOne") {
  Bench bench;
  bench.plan.retry.base_delay = 0.5;
  bench.plan.retry.max_retries = 2;
  ScriptedModel model("m", {fails(FailureClass::kConnection)});

  bench.run({&model});

  CHECK(bench.clock.sleeps() == Sleeps{0.5, 1});
  CHECK(model.asked.size() == 3);
}

TEST_CASE("PlannerTest.JitterShortensEachWait") {
  Bench bench;
  bench.plan.retry.jitter = 0.25;
  bench.random = FixedRandom(0.5);
  ScriptedModel model("m", {fails(FailureClass::kServer)});

  bench.run({&model});

  CHECK(bench.clock.sleeps() == Sleeps{0.875, 1.75, 3.5});
}

TEST_CASE("PlannerTest.LatestServerAdviceReplacesTheComputedWait") {
  Bench bench;
  ScriptedModel model(
      "m", {server_asks(7s), fails(FailureClass::kServer), server_asks(250ms), says("ok")});

  const auto result = bench.run({&model});

  CHECK(result.parsed);
  CHECK(bench.clock.sleeps() == Sleeps{7, 2, 0.25});
  CHECK(result.attempts[1].waited == 7s);
}

TEST_CASE("PlannerTest.ServerAdviceDoesNotCountIntoTheTotal") {
  Bench bench;
  ScriptedModel model(
      "m", {server_asks(20s), server_asks(20s), fails(FailureClass::kServer), says("ok")});

  CHECK(bench.run({&model}).parsed);
  CHECK(bench.clock.sleeps() == Sleeps{20, 20, 4});
}

TEST_CASE("PlannerTest.ZeroOrNegativeServerAdviceIsIgnored") {
  Bench bench;
  ScriptedModel model("m", {server_asks(0s), server_asks(-5s), says("ok")});

  CHECK(bench.run({&model}).parsed);
  CHECK(bench.clock.sleeps() == Sleeps{1, 2});
}

TEST_CASE("PlannerTest.ServerAdviceOverTheCapGoesToTheNextTargetAtOnce") {
  Bench bench;
  ScriptedModel first("first", {server_asks(61s)}), second("second", {says("ok")});

  const auto result = bench.run({&first, &second});

  CHECK(result.target() == "second");
  CHECK(bench.clock.sleeps().empty());
}

TEST_CASE("PlannerTest.ServerAdviceOverTheCapWithoutAnotherTargetEndsTheCall") {
  Bench bench;
  ScriptedModel model("m", {server_asks(61s)});

  CHECK(bench.run({&model}).failure);
  CHECK(model.asked.size() == 1);
}

TEST_CASE("PlannerTest.ShouldRetryFalseNeverStaysOnTheTarget") {
  Bench bench;
  auto failure = fails(FailureClass::kServer);
  failure.should_retry = false;
  ScriptedModel first("first", {failure}), second("second", {failure});

  const auto result = bench.run({&first, &second});

  CHECK(targets_of(result) == Names{"first", "second"});
  CHECK(bench.clock.sleeps().empty());
}

TEST_CASE("PlannerTest.ShouldRetryTrueStaysOnTheTarget") {
  Bench bench;
  auto failure = fails(FailureClass::kInvalidRequest);
  failure.should_retry = true;
  ScriptedModel first("first", {failure, says("ok")}), second("second", {says("ok")});

  const auto result = bench.run({&first, &second});

  CHECK(targets_of(result) == Names{"first", "first"});
  CHECK(bench.clock.sleeps() == Sleeps{1});
}

TEST_CASE("PlannerTest.LastAttemptGoesToTheNextUntriedTarget") {
  Bench bench;
  ScriptedModel first("first", {fails(FailureClass::kServer)}), second("second", {says("ok")});

  const auto result = bench.run({&first, &second});

  CHECK(targets_of(result) == Names{"first", "first", "first", "second"});
  CHECK(bench.clock.sleeps() == Sleeps{1, 2, 4});
  CHECK(result.attempts[2].action == "next_target");
}

TEST_CASE("PlannerTest.CutWaitMakesTheNextAttemptTheLast") {
  Bench bench;
  bench.plan.retry.base_delay = 2.0;
  bench.plan.retry.max_retries = 5;
  ScriptedModel first("first", {fails(FailureClass::kServer)});
  ScriptedModel second("second", {fails(FailureClass::kServer)});

  const auto result = bench.run({&first, &second});

  CHECK(targets_of(result) == Names{"first", "first", "first", "second"});
  CHECK(result.attempts.back().why == "the waits of the call are used up");
}

TEST_CASE("PlannerTest.UnderstudyFollowsWhenAttemptsAreUsedUp") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kServer)});
  ScriptedModel understudy("understudy", {says("ok")}, true);

  const auto result = bench.run({&model, &understudy});

  REQUIRE(result.parsed);
  CHECK(result.target() == "understudy");
  CHECK(result.attempts.size() == 5);
  CHECK(result.attempts[3].action == "next_target");
  CHECK(bench.budget.attempts == 8);
}

TEST_CASE("PlannerTest.OnlyLocalTargetsAreAskedAtOnce") {
  Bench bench;
  bench.budget.attempts = 0;
  bench.budget.deadline = bench.clock.now() - 1s;
  ScriptedModel understudy("understudy", {says("ok")}, true);

  const auto result = bench.run({&understudy});

  CHECK(result.parsed);
  CHECK(understudy.withins[0] > core::Duration::zero());
}

TEST_CASE("PlannerTest.FailingUnderstudyEndsTheCall") {
  Bench bench;
  ScriptedModel understudy("understudy", {says("broken")}, true);

  const auto result = bench.run({&understudy});

  REQUIRE(result.failure);
  CHECK(result.failure->cls == FailureClass::kInvalidJson);
  CHECK(understudy.asked.size() == 1);
  CHECK(result.attempts.back().action == "stop");
}

TEST_CASE("PlannerTest.NoTargetsIsAFailure") {
  Bench bench;

  const auto result = bench.run({});

  REQUIRE(result.failure);
  CHECK(result.failure->code == "no_target");
}

TEST_CASE("PlannerTest.TurnBudgetEndsRemoteAttempts") {
  Bench bench;
  bench.budget.attempts = 2;
  ScriptedModel model("m", {fails(FailureClass::kServer)});
  ScriptedModel understudy("understudy", {says("ok")}, true);

  const auto result = bench.run({&model, &understudy});

  CHECK(model.asked.size() == 2);
  CHECK(result.target() == "understudy");
  CHECK(bench.budget.attempts == 0);
}

TEST_CASE("PlannerTest.SpentBudgetAsksNoRemoteTarget") {
  Bench bench;
  bench.budget.attempts = 0;
  ScriptedModel model("m", {says("ok")});

  const auto result = bench.run({&model});

  CHECK(model.asked.empty());
  REQUIRE(result.failure);
  CHECK(result.failure->code == "budget");
}

TEST_CASE("PlannerTest.WaitThatWouldPassTheDeadlineIsNotBegun") {
  Bench bench;
  bench.budget.deadline = bench.clock.now() + 2500ms;
  ScriptedModel model("m", {fails(FailureClass::kServer)});
  ScriptedModel understudy("understudy", {says("ok")}, true);

  const auto result = bench.run({&model, &understudy});

  CHECK(bench.clock.sleeps() == Sleeps{1});
  CHECK(targets_of(result) == Names{"m", "m", "understudy"});
  CHECK(result.attempts[1].why == "the wait would pass the deadline of the turn");
}

TEST_CASE("PlannerTest.ServerAdviceIsBoundByTheDeadline") {
  Bench bench;
  bench.budget.deadline = bench.clock.now() + 10s;
  ScriptedModel model("m", {server_asks(30s)});

  CHECK(bench.run({&model}).failure);
  CHECK(bench.clock.sleeps().empty());
}

TEST_CASE("PlannerTest.AttemptGetsNoMoreTimeThanIsLeft") {
  Bench bench;
  bench.budget.deadline = bench.clock.now() + 45s;
  ScriptedModel model("m", {fails(FailureClass::kTimeout), says("ok")});
  model.on_ask = [&] { bench.clock.advance(30s); };

  bench.run({&model});

  REQUIRE(model.withins.size() == 2);
  CHECK(model.withins[0] == 30s);
  CHECK(model.withins[1] == 14s);
}

TEST_CASE("PlannerTest.PassedDeadlineAsksOnlyTheUnderstudy") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kTimeout)});
  ScriptedModel understudy("understudy", {says("ok")}, true);
  model.on_ask = [&] { bench.clock.advance(95s); };

  const auto result = bench.run({&model, &understudy});

  CHECK(targets_of(result) == Names{"m", "understudy"});
  CHECK(result.attempts[0].took == 95s);
}

TEST_CASE("PlannerTest.CancelBeforeTheCallAsksNobody") {
  Bench bench;
  bench.plan.cancel.cancel();
  ScriptedModel model("m", {says("ok")});
  ScriptedModel understudy("understudy", {says("ok")}, true);

  const auto result = bench.run({&model, &understudy});

  REQUIRE(result.failure);
  CHECK(result.failure->code == "cancelled");
  CHECK(result.attempts.empty());
}

TEST_CASE("PlannerTest.CancelDuringAWaitEndsTheCallWithoutTheUnderstudy") {
  Bench bench;
  bench.clock.on_sleep = [&] { bench.plan.cancel.cancel(); };
  ScriptedModel model("m", {fails(FailureClass::kServer)});
  ScriptedModel understudy("understudy", {says("ok")}, true);

  const auto result = bench.run({&model, &understudy});

  REQUIRE(result.failure);
  CHECK(result.failure->code == "cancelled");
  CHECK(model.asked.size() == 1);
  CHECK(understudy.asked.empty());
}

TEST_CASE("PlannerTest.CancelDuringAnAttemptEndsTheCallWithoutTheUnderstudy") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kQuota)});
  ScriptedModel understudy("understudy", {says("ok")}, true);
  model.on_ask = [&] { bench.plan.cancel.cancel(); };

  CHECK(bench.run({&model, &understudy}).failure->code == "cancelled");
  CHECK(understudy.asked.empty());
}

TEST_CASE("PlannerTest.ToolCallsAreAResult") {
  Bench bench;
  Answer answer;
  answer.tool_calls = {{"call_1", "address_lookup", "{}"}};
  ScriptedModel model("m", {answer});

  const auto result = bench.run({&model});

  CHECK(result.tool_calls.size() == 1);
  CHECK_FALSE(result.failure);
  CHECK(result.attempts[0].outcome == "tool_calls");
}

TEST_CASE("PlannerTest.RecordsTellWhatHappened") {
  Bench bench;
  auto failure = fails(FailureClass::kServer);
  failure.status = 500;
  Answer good = says("ok");
  good.usage = {12, 5};
  ScriptedModel model("m", {failure, good});
  model.on_ask = [&] { bench.clock.advance(300ms); };

  const auto result = bench.run({&model});

  REQUIRE(result.attempts.size() == 2);
  CHECK(result.attempts[0].number == 1);
  CHECK(result.attempts[0].outcome == "server");
  CHECK(result.attempts[0].status == 500);
  CHECK(result.attempts[0].advisor == "table");
  CHECK(result.attempts[0].action == "retry");
  CHECK(result.attempts[0].took == 300ms);
  CHECK(result.attempts[1].number == 2);
  CHECK(result.attempts[1].waited == 1s);
  CHECK(result.attempts[1].usage.input_tokens == 12);
}
