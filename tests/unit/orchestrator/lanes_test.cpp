// One turn at a time per session.
#include "orchestrator/lanes.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using dugout::orchestrator::Lanes;
using namespace std::chrono_literals;

TEST_CASE("LanesTest.AnotherSessionDoesNotWait") {
  Lanes lanes;
  Lanes::Place first(lanes, "a");
  Lanes::Place other(lanes, "b");

  CHECK(first.wait(0s));
  CHECK(other.wait(0s));
}

TEST_CASE("LanesTest.TheSecondWaitsUntilTheFirstHasLeft") {
  Lanes lanes;
  auto first = std::make_unique<Lanes::Place>(lanes, "a");
  Lanes::Place second(lanes, "a");
  CHECK(second.ahead() == 1);
  CHECK_FALSE(second.wait(0s));

  std::thread leaver([&] { first.reset(); });
  CHECK(second.wait(30s));
  leaver.join();
  CHECK(second.ahead() == 0);
}

TEST_CASE("LanesTest.AnAbandonedPlaceDoesNotBlockThoseBehind") {
  Lanes lanes;
  auto first = std::make_unique<Lanes::Place>(lanes, "a");
  auto second = std::make_unique<Lanes::Place>(lanes, "a");
  Lanes::Place third(lanes, "a");

  second.reset();
  first.reset();

  CHECK(third.wait(0s));
}

TEST_CASE("LanesTest.ManyThreadsNeverShareALane") {
  Lanes lanes;
  std::atomic<int> inside{0}, worst{0}, done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        Lanes::Place place(lanes, "a");
        if (!place.wait(30s)) return;
        worst = std::max(worst.load(), ++inside);
        --inside;
        ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(worst == 1);
  CHECK(done == 16 * 50);
}

TEST_CASE("LanesTest.AnOlderTurnThatJoinsLaterIsSeenByThoseBeforeIt") {
  Lanes lanes;
  Lanes::Place newer(lanes, "a");
  CHECK_FALSE(newer.overtakes());
  auto older = std::make_unique<Lanes::Place>(lanes, "a", true);
  Lanes::Place behind(lanes, "a");

  CHECK(newer.overtakes());
  CHECK_FALSE(older->overtakes());
  CHECK_FALSE(behind.overtakes());
  older.reset();
  CHECK_FALSE(newer.overtakes());
}
