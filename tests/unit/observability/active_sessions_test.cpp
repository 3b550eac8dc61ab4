// Counting sessions without keeping them.
#include "observability/active_sessions.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "core/random.hpp"

using dugout::core::stable_hash;
using dugout::observability::ActiveSessions;

TEST_CASE("ActiveSessionsTest.AFewAreCountedExactly") {
  ActiveSessions sessions;
  for (int at = 0; at < 20; ++at) {
    sessions.seen(stable_hash(std::to_string(at)), 100);
    sessions.seen(stable_hash(std::to_string(at)), 101);
  }

  CHECK(sessions.since(100) == 20);
  CHECK(sessions.since(101) == 20);
  CHECK(sessions.since(102) == 0);
}

TEST_CASE("ActiveSessionsTest.TheyLeaveWithTheirLastMinute") {
  ActiveSessions sessions;
  sessions.seen("first", 5);
  sessions.seen("second", 6);
  sessions.seen("", 6);

  CHECK(sessions.since(0) == 2);
  CHECK(sessions.since(6) == 1);
  CHECK(sessions.since(7) == 0);
}

TEST_CASE("ActiveSessionsTest.AMachineThatHasJustBeenStartedHasNone") {
  ActiveSessions sessions;
  CHECK(sessions.since(-40) == 0);

  sessions.seen("first", 0);
  CHECK(sessions.since(-40) == 1);
}

TEST_CASE("ActiveSessionsTest.ManyAreCountedWithinTwoPerCent") {
  for (const int many : {1000, 10'000, 100'000}) {
    ActiveSessions sessions;
    for (int at = 0; at < many; ++at) sessions.seen(stable_hash("ses_" + std::to_string(at)), 9);
    CHECK(static_cast<double>(sessions.since(9)) == Approx(many).epsilon(0.02));
  }
}

TEST_CASE("ActiveSessionsTest.MoreThanItCanTellIsStillANumber") {
  ActiveSessions sessions;
  for (int at = 0; at < 2'000'000; ++at) sessions.seen(std::to_string(at), 1);

  CHECK(sessions.since(1) > 500'000);
}
