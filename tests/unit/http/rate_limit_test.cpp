#include "http/rate_limit.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include "support/fake_clock.hpp"

namespace dugout::http {

using namespace std::chrono_literals;

TEST_CASE("RateLimitTest.ABurstPassesAndTheNextWaitsForItsToken") {
  test::FakeClock clock;
  RateLimit limit({2.0, 3});

  for (int left = 2; left >= 0; --left) {
    const auto verdict = limit.take("a", clock.now());
    REQUIRE(verdict.admitted);
    CHECK(verdict.left == left);
  }
  const auto refused = limit.take("a", clock.now());
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_in == 500ms);

  clock.advance(refused.retry_in);
  CHECK(limit.take("a", clock.now()).admitted);
  CHECK_FALSE(limit.take("a", clock.now()).admitted);
}

TEST_CASE("RateLimitTest.RefusedOnesCostNothingAndAQuietNameGetsItsWholeBurstAgain") {
  test::FakeClock clock;
  RateLimit limit({1.0, 2});

  for (int i = 0; i < 50; ++i) static_cast<void>(limit.take("a", clock.now()));
  clock.advance(2s);

  CHECK(limit.take("a", clock.now()).admitted);
  CHECK(limit.take("a", clock.now()).admitted);
  CHECK_FALSE(limit.take("a", clock.now()).admitted);
}

TEST_CASE("RateLimitTest.SeveralAtOnceAreLetInWholeAndTheRestIsOwed") {
  RateLimit limit({10.0, 5});
  const core::MonoTime now{std::chrono::hours(1)};

  const auto all = limit.take("a", now, 20);

  CHECK(all.admitted);
  CHECK(all.left == 0);
  const auto next = limit.take("a", now);
  CHECK_FALSE(next.admitted);
  CHECK(next.retry_in == std::chrono::milliseconds(1600));
  CHECK_FALSE(limit.take("a", now, 20).admitted);
  CHECK(limit.take("a", now + next.retry_in).admitted);
}

TEST_CASE("RateLimitTest.OneNameDoesNotSpendAnothersTokens") {
  test::FakeClock clock;
  RateLimit limit({1.0, 1});

  CHECK(limit.take("a", clock.now()).admitted);
  CHECK_FALSE(limit.take("a", clock.now()).admitted);
  CHECK(limit.take("b", clock.now()).admitted);
}

TEST_CASE("RateLimitTest.MemoryIsBoundedAndTheLastUsedAreKept") {
  test::FakeClock clock;
  RateLimit limit({1.0, 1}, 160);

  REQUIRE(limit.take("often", clock.now()).admitted);
  for (int i = 0; i < 20'000; ++i) {
    static_cast<void>(limit.take("name-" + std::to_string(i), clock.now()));
    if (i % 4 == 0) CHECK_FALSE(limit.take("often", clock.now()).admitted);
  }

  CHECK(limit.names() <= 160);
}

TEST_CASE("RateLimitTest.ManyThreadsTogetherGetNoMoreThanTheBurst") {
  test::FakeClock clock;
  RateLimit limit({1.0, 100});
  std::atomic<int> admitted{0};

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        if (limit.take("a", clock.now()).admitted) admitted.fetch_add(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(admitted.load() == 100);
}

}  // namespace dugout::http
