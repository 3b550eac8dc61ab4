// Sixty minutes that roll on, and what a clock may do to them.
#include "observability/window.hpp"

#include <catch2/catch.hpp>
#include <numeric>

using dugout::core::MonoTime;
using dugout::observability::Window;
using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;

namespace {

struct Counts {
  Window<int> window{[] { return 0; }};
  void add(MonoTime now) {
    ++window.at(now);
    window.use();
  }
  std::vector<int> all(MonoTime now) {
    std::vector<int> out;
    for (const auto& minute : window.minutes(now)) out.push_back(minute ? *minute : 0);
    return out;
  }
  int sum(MonoTime now) {
    const auto minutes_of = all(now);
    return std::accumulate(minutes_of.begin(), minutes_of.end(), 0);
  }
};

const MonoTime kBegin{hours(10)};

}  // namespace

TEST_CASE("WindowTest.TheRunningMinuteIsLastAndOlderOnesMoveForward") {
  Counts counts;
  counts.add(kBegin);
  counts.add(kBegin + seconds(59));
  counts.add(kBegin + seconds(60));

  const auto all = counts.all(kBegin + minutes(3));

  REQUIRE(all.size() == 60);
  CHECK(all[56] == 2);
  CHECK(all[57] == 1);
  CHECK(all[59] == 0);
}

TEST_CASE("WindowTest.AMinuteLeavesAfterSixty") {
  Counts counts;
  counts.add(kBegin);

  CHECK(counts.sum(kBegin + minutes(59)) == 1);
  CHECK(counts.sum(kBegin + minutes(60)) == 0);
}

TEST_CASE("WindowTest.ManyHoursLeaveNothingOldBehind") {
  Counts counts;
  for (int minute = 0; minute < 1000; ++minute) counts.add(kBegin + minutes(minute));

  CHECK(counts.sum(kBegin + minutes(999)) == 60);
}

TEST_CASE("WindowTest.GapsAreEmptyMinutes") {
  Counts counts;
  for (int minute = 0; minute < 60; ++minute) counts.add(kBegin + minutes(minute));
  counts.add(kBegin + minutes(89));  // 30 .. 59, and this one

  CHECK(counts.sum(kBegin + minutes(89)) == 31);
  CHECK(counts.all(kBegin + minutes(89))[0] == 1);
  CHECK(counts.all(kBegin + minutes(89))[30] == 0);
}

TEST_CASE("WindowTest.ALeapOfTheClockEmptiesIt") {
  for (const auto leap : {minutes(60), minutes(61), minutes(119), minutes(120), minutes(100'000)}) {
    Counts counts;
    for (int minute = 0; minute < 60; ++minute) counts.add(kBegin + minutes(minute));
    INFO(leap.count());
    CHECK(counts.sum(kBegin + minutes(59) + leap) == 0);
    counts.add(kBegin + minutes(59) + leap);
    CHECK(counts.sum(kBegin + minutes(59) + leap) == 1);
  }
}

TEST_CASE("WindowTest.AClockThatGoesBackLosesNothing") {
  Counts counts;
  counts.add(kBegin);
  counts.add(kBegin - hours(5));
  counts.add(MonoTime{});

  CHECK(counts.sum(kBegin) == 3);
  CHECK(counts.sum(kBegin - hours(1)) == 3);
  CHECK(counts.all(kBegin).back() == 3);
}

TEST_CASE("WindowTest.AMinuteThatIsReadStaysAsItWas") {
  Counts counts;
  counts.add(kBegin);
  const auto before = counts.window.minutes(kBegin);

  counts.add(kBegin);

  CHECK(*before.back() == 1);
  CHECK(counts.sum(kBegin) == 2);
}
