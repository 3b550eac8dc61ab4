// The breaker's states on the virtual clock.
#include "pipeline/breaker.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "support/fake_clock.hpp"

namespace dugout::pipeline {
namespace {

using namespace std::chrono_literals;
using Result = Breaker::Result;
using State = Breaker::State;

struct BreakerFixture {
  explicit BreakerFixture(BreakerOptions options = {}) : breaker(options, clock) {}

  void report(Result result, core::Duration took = 1s) {
    auto permit = breaker.try_acquire();
    REQUIRE(permit);
    clock.advance(took);
    permit->report(result, took);
  }
  void fail(int times) {
    for (int at = 0; at < times; ++at) report(Result::kFailure);
  }

  test::FakeClock clock;
  Breaker breaker;
};

TEST_CASE("BreakerTest.TenFailuresInARowOpenItAndASuccessBetweenDoesNot") {
  BreakerFixture fixture;
  fixture.fail(9);
  fixture.report(Result::kSuccess);
  fixture.fail(9);
  CHECK(fixture.breaker.state() == State::kClosed);

  fixture.fail(1);

  CHECK(fixture.breaker.state() == State::kOpen);
  CHECK_FALSE(fixture.breaker.try_acquire());
  CHECK(fixture.breaker.retry_in() == 300s);
}

TEST_CASE("BreakerTest.ASuccessOfBeforeTheFirstFailureDoesNotEndTheirRow") {
  BreakerFixture fixture;
  auto early = fixture.breaker.try_acquire();
  REQUIRE(early);
  fixture.fail(9);

  early->report(Result::kSuccess, 9s);
  fixture.fail(1);

  CHECK(fixture.breaker.state() == State::kOpen);
}

TEST_CASE("BreakerTest.AfterFiveMinutesOneProbeDecides") {
  for (const auto result : {Result::kSuccess, Result::kFailure}) {
    BreakerFixture fixture;
    fixture.fail(10);
    fixture.clock.advance(299s);
    CHECK_FALSE(fixture.breaker.try_acquire());
    fixture.clock.advance(1s);

    auto probe = fixture.breaker.try_acquire();
    REQUIRE(probe);
    CHECK(probe->probe());
    CHECK_FALSE(fixture.breaker.try_acquire());
    probe->report(result, 1s);

    CHECK(fixture.breaker.state() == (result == Result::kSuccess ? State::kClosed : State::kOpen));
    CHECK(fixture.breaker.opened() == (result == Result::kSuccess ? 1 : 2));
  }
}

TEST_CASE("BreakerTest.AHangingProbeCountsAsFailedAtItsDeadline") {
  BreakerFixture fixture;
  fixture.fail(10);
  fixture.clock.advance(300s);
  auto probe = fixture.breaker.try_acquire();
  REQUIRE(probe);
  CHECK(fixture.breaker.retry_in() == 60s);

  fixture.clock.advance(60s);

  CHECK(fixture.breaker.state() == State::kOpen);
  probe->report(Result::kSuccess, 61s);
  CHECK(fixture.breaker.state() == State::kOpen);
}

TEST_CASE("BreakerTest.ADroppedPermitFreesItsPlaceAndCountsAsNothing") {
  BreakerFixture fixture;
  fixture.fail(9);
  { const auto dropped = fixture.breaker.try_acquire(); }
  CHECK(fixture.breaker.state() == State::kClosed);
  fixture.fail(1);
  fixture.clock.advance(300s);
  {
    const auto dropped = fixture.breaker.try_acquire();
    CHECK_FALSE(fixture.breaker.try_acquire());
  }
  CHECK(fixture.breaker.try_acquire());
}

TEST_CASE("BreakerTest.SeveralProbesHaveToSucceedWhenThatIsAskedFor") {
  BreakerOptions options;
  options.probes = 2;
  options.probes_to_close = 3;
  BreakerFixture fixture(options);
  fixture.fail(10);
  fixture.clock.advance(300s);

  auto one = fixture.breaker.try_acquire();
  auto two = fixture.breaker.try_acquire();
  CHECK_FALSE(fixture.breaker.try_acquire());
  one->report(Result::kSuccess, 1s);
  two->report(Result::kSuccess, 1s);
  CHECK(fixture.breaker.state() == State::kHalfOpen);
  fixture.report(Result::kSuccess);

  CHECK(fixture.breaker.state() == State::kClosed);
}

TEST_CASE("BreakerTest.WhatWasStartedBeforeItOpenedIsOldNews") {
  BreakerFixture fixture;
  auto before = fixture.breaker.try_acquire();
  fixture.fail(10);
  fixture.clock.advance(300s);
  CHECK(fixture.breaker.state() == State::kHalfOpen);

  before->report(Result::kSuccess, 300s);

  CHECK(fixture.breaker.state() == State::kHalfOpen);
}

TEST_CASE("BreakerTest.ARateOverTheWindowOpensIt") {
  BreakerOptions options;
  options.failure_rate = 0.5;
  options.window = 20;
  options.window_least = 10;
  BreakerFixture fixture(options);
  for (int at = 0; at < 4; ++at) {
    fixture.report(Result::kSuccess);
    fixture.report(Result::kFailure);
  }
  CHECK(fixture.breaker.state() == State::kClosed);
  fixture.report(Result::kSuccess);
  fixture.report(Result::kFailure);

  CHECK(fixture.breaker.state() == State::kOpen);
}

TEST_CASE("BreakerTest.SlowCallsOpenItByTheirRate") {
  BreakerOptions options;
  options.slow_rate = 0.8;
  options.slow_after = 5.0;
  options.window = options.window_least = 10;
  BreakerFixture fixture(options);
  for (int at = 0; at < 2; ++at) fixture.report(Result::kSuccess, 1s);
  for (int at = 0; at < 7; ++at) fixture.report(Result::kSuccess, 6s);
  CHECK(fixture.breaker.state() == State::kClosed);

  fixture.report(Result::kSuccess, 6s);

  CHECK(fixture.breaker.state() == State::kOpen);
}

TEST_CASE("BreakerTest.TurnedOffItNeverRefuses") {
  BreakerOptions options;
  options.enabled = false;
  BreakerFixture fixture(options);
  fixture.fail(1000);
  CHECK(fixture.breaker.try_acquire());
  CHECK(fixture.breaker.state() == State::kClosed);
}

TEST_CASE("BreakerTest.NoMoreProbesThanAllowedAreOutFromManyThreads") {
  BreakerOptions options;
  options.probes = 3;
  BreakerFixture fixture(options);
  fixture.fail(10);
  fixture.clock.advance(300s);
  std::atomic<int> out{0}, most{0};
  std::vector<std::thread> threads;
  for (int at = 0; at < 4; ++at) {
    threads.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        const auto permit = fixture.breaker.try_acquire();
        if (!permit) continue;
        const int now = ++out;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        --out;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(most <= 3);
  CHECK(fixture.breaker.state() == State::kHalfOpen);
}

}  // namespace
}  // namespace dugout::pipeline
