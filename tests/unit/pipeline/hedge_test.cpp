// Two targets asked for the same answer, on the virtual clock: the timer's tasks run inside the
// first target's wait, so that every order of events is played exactly.
#include <catch2/catch.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "played_timer.hpp"
#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

// Takes its time, in which the timer may fire; ends early when it is called back.
class SlowModel final : public Model {
 public:
  SlowModel(std::string name, FakeClock& clock, core::Duration takes, Attempted<Answer> outcome)
      : name_(std::move(name)), clock_(clock), takes_(takes), outcome_(std::move(outcome)) {}
  std::string_view name() const override { return name_; }
  Attempted<Answer> ask(const Request&, core::Duration, const core::CancelToken& cancel) override {
    ++asked;
    const auto step = std::min<core::Duration>(takes_, 2s);
    clock_.advance(step);
    if (takes_ > step && while_slow) while_slow();
    called_back = cancel.cancelled();
    if (called_back) {
      auto failure = fails(FailureClass::kUnknown);
      failure.code = kCancelled;
      return failure;
    }
    clock_.advance(takes_ - step);
    return outcome_;
  }
  int asked = 0;
  bool called_back = false;
  std::function<void()> while_slow;

 private:
  std::string name_;
  FakeClock& clock_;
  core::Duration takes_;
  Attempted<Answer> outcome_;
};

struct HedgeBench : Bench {
  HedgeBench() {
    plan.hedge = {2s, &timer};
    slow.while_slow = [this] { timer.fire(); };
  }
  PlayedTimer timer;
  SlowModel slow{"a/slow", clock, 8s, says("ok slow")};
  SlowModel quick{"b/quick", clock, 1s, says("ok quick")};
  SlowModel broken{"c/broken", clock, 1s, fails(FailureClass::kServer)};
};

}  // namespace

TEST_CASE("HedgeTest.SecondAnswersFirstAndTheFirstIsCalledBack") {
  HedgeBench bench;

  const auto result = bench.run({&bench.slow, &bench.quick});

  REQUIRE(result.parsed);
  CHECK(result.parsed->message == "ok quick");
  CHECK(result.target() == "b/quick");
  CHECK(bench.slow.called_back);
  CHECK(bench.timer.asked == std::vector<double>{2.0});
  REQUIRE(result.attempts.size() == 2);
  CHECK(result.attempts[0].outcome == "cancelled");
  CHECK(result.attempts[0].advisor == "hedge");
  CHECK(result.attempts[1].outcome == "ok");
  CHECK(result.attempts[1].hedge);
  CHECK(core::seconds(result.attempts[1].waited) == 2.0);
  CHECK(bench.budget.attempts == 10);
}

TEST_CASE("HedgeTest.QuickFirstAnswersAlone") {
  HedgeBench bench;

  const auto result = bench.run({&bench.quick, &bench.slow});

  CHECK(result.target() == "b/quick");
  CHECK(bench.slow.asked == 0);
  CHECK(result.attempts.size() == 1);
  CHECK(bench.timer.tasks[0]->off);
  CHECK(bench.budget.attempts == 11);
}

TEST_CASE("HedgeTest.FailedSecondLeavesTheFirstAlone") {
  HedgeBench bench;

  const auto result = bench.run({&bench.slow, &bench.broken});

  CHECK(result.target() == "a/slow");
  CHECK_FALSE(bench.slow.called_back);
  REQUIRE(result.attempts.size() == 2);
  CHECK(result.attempts[0].outcome == "ok");
  CHECK(result.attempts[1].outcome == "server");
}

TEST_CASE("HedgeTest.BothFailAndTheFirstsFailureDecides") {
  HedgeBench bench;
  SlowModel refused("a/refused", bench.clock, 8s, fails(FailureClass::kAuthentication));
  refused.while_slow = [&] { bench.timer.fire(); };

  const auto result = bench.run({&refused, &bench.broken});

  CHECK_FALSE(result.parsed);
  REQUIRE(result.attempts.size() >= 2);
  CHECK(result.attempts[0].outcome == "authentication");
  CHECK(result.attempts[0].action == "next_target");
  CHECK(result.attempts[1].outcome == "server");
}

TEST_CASE("HedgeTest.ASecondThatBeginsLateHasNoMoreTimeThanTheFirst") {
  HedgeBench bench;
  SlowModel hanging("a/hanging", bench.clock, 40s, fails(FailureClass::kTimeout));
  hanging.while_slow = [&] {
    bench.clock.advance(25s);  // all of the timer's threads were at work
    bench.timer.fire();
  };
  ScriptedModel late("b/late", {fails(FailureClass::kServer)});

  (void)bench.run({&hanging, &late});

  REQUIRE_FALSE(late.withins.empty());
  CHECK(late.withins[0] == 3s);
}

TEST_CASE("HedgeTest.ASecondThatIsTooLateIsNotAsked") {
  HedgeBench bench;
  bench.plan.retry.max_retries = 1;
  SlowModel hanging("a/hanging", bench.clock, 40s, says("ok"));
  hanging.while_slow = [&] {
    bench.clock.advance(30s);
    bench.timer.fire();
  };

  const auto result = bench.run({&hanging, &bench.quick});

  CHECK(result.target() == "a/hanging");
  CHECK(bench.quick.asked == 0);
}

TEST_CASE("HedgeTest.NoSecondTargetNoHedge") {
  HedgeBench bench;
  ScriptedModel local("understudy", {says("ok local")}, true);

  const auto result = bench.run({&bench.slow, &local});

  CHECK(result.target() == "a/slow");
  CHECK(bench.timer.tasks.empty());
}

TEST_CASE("HedgeTest.OffWithoutADelayABudgetOrRoom") {
  HedgeBench bench;
  SECTION("no delay") {
    bench.plan.hedge.after = 0s;
  }
  SECTION("a delay longer than the attempt") {
    bench.plan.hedge.after = 40s;
  }
  SECTION("one attempt left in the turn") {
    bench.budget.attempts = 1;
  }
  SECTION("too much fails in the process") {}
  RetryBudget load({10.0, 0.1});
  for (int i = 0; i < 6; ++i) load.failed();
  if (bench.plan.hedge.after == 2s && bench.budget.attempts > 1) bench.plan.retry_budget = &load;

  const auto result = bench.run({&bench.slow, &bench.quick});

  CHECK(result.target() == "a/slow");
  CHECK(bench.timer.tasks.empty());
  CHECK(bench.quick.asked == 0);
}

TEST_CASE("HedgeTest.ACancelledCallCallsBothBack") {
  HedgeBench bench;
  SlowModel other("b/other", bench.clock, 8s, says("ok other"));
  bench.slow.while_slow = [&] { bench.timer.fire(); };
  other.while_slow = [&] { bench.plan.cancel.cancel(); };

  const auto result = bench.run({&bench.slow, &other});

  CHECK_FALSE(result.parsed);
  CHECK(bench.slow.called_back);
  CHECK(other.called_back);
}

TEST_CASE("TimerTest.TasksRunInTheOrderOfTheirTimesAndOnlyOnce") {
  const auto timer = make_timer(1);
  std::mutex mutex;
  std::condition_variable done;
  std::vector<int> ran;
  const auto note = [&](int which) {
    const std::lock_guard lock(mutex);
    ran.push_back(which);
    done.notify_all();
  };
  // The only thread is held until all are there; then both are due, one for an hour already.
  std::promise<void> all_there;
  const auto holding = timer->after(0ms, [held = all_there.get_future().share()] { held.wait(); });
  const auto late = timer->after(0ms, [&] { note(2); });
  const auto early = timer->after(-1h, [&] { note(1); });
  const auto never = timer->after(1h, [&] { note(3); });
  all_there.set_value();

  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return ran.size() == 2; });
  CHECK(ran == std::vector<int>{1, 2});
  lock.unlock();
  CHECK(early->call_off());
  CHECK_FALSE(never->call_off());
}

TEST_CASE("TimerTest.CallingOffWaitsForATaskThatHasBegun") {
  const auto timer = make_timer(2);
  std::promise<void> begun, go_on;
  bool ended = false;
  auto pending = timer->after(0s, [&] {
    begun.set_value();
    go_on.get_future().wait();
    ended = true;
  });
  begun.get_future().wait();
  std::thread release([&] { go_on.set_value(); });

  CHECK(pending->call_off());
  CHECK(ended);
  release.join();
}
