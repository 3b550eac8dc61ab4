// The watch shuts a socket down at its deadline, and only then.
#include "net/deadline_watch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

namespace {

using dugout::core::MonoTime;
using dugout::net::DeadlineWatch;
using std::chrono::milliseconds;

MonoTime in(milliseconds span) {
  return MonoTime(std::chrono::steady_clock::now()) + span;
}

// Two connected ends; closed with the object.
struct Pair {
  Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0); }
  ~Pair() {
    for (const int end : ends) ::close(end);
  }
  ssize_t read() {  // waits
    char byte = 0;
    return ::recv(ends[0], &byte, 1, 0);
  }
  std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("DeadlineWatchTest.WaitingReaderIsFreedAtTheDeadline") {
  DeadlineWatch watch;
  Pair pair;
  const DeadlineWatch::Guard guard(watch, pair.ends[0], in(milliseconds(20)));

  CHECK(pair.read() == 0);

  CHECK(guard.fired());
}

TEST_CASE("DeadlineWatchTest.EarlierDeadlineOvertakesALaterOne") {
  DeadlineWatch watch;
  Pair late, early;
  const DeadlineWatch::Guard later(watch, late.ends[0], in(std::chrono::hours(1)));
  const DeadlineWatch::Guard earlier(watch, early.ends[0], in(milliseconds(20)));

  CHECK(early.read() == 0);

  CHECK(earlier.fired());
  CHECK_FALSE(later.fired());
}

TEST_CASE("DeadlineWatchTest.GuardThatEndedInTimeLeavesTheSocketAlone") {
  DeadlineWatch watch;
  for (int tries = 0; tries < 100; ++tries) {
    Pair kept, ended;
    const auto deadline = in(milliseconds(10));
    { const DeadlineWatch::Guard guard(watch, kept.ends[0], deadline); }
    if (in(milliseconds(0)) >= deadline) continue;  // a busy machine: it may have ended too late
    const DeadlineWatch::Guard later(watch, ended.ends[0], deadline + milliseconds(20));
    REQUIRE(ended.read() == 0);  // by now the first deadline has passed too

    REQUIRE(::send(kept.ends[1], "x", 1, MSG_NOSIGNAL) == 1);
    CHECK(kept.read() == 1);
    return;
  }
  FAIL("the machine was too busy for it");
}

TEST_CASE("DeadlineWatchTest.DeadlineThatHasPassedFiresAtOnce") {
  DeadlineWatch watch;
  Pair pair;
  const DeadlineWatch::Guard guard(watch, pair.ends[0], in(milliseconds(-5)));

  CHECK(pair.read() == 0);
  CHECK(guard.fired());
}
