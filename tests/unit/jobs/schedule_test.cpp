// What tools do by the clock: once a day or interval, however many processes there are.
#include <catch2/catch.hpp>

#include "jobs_fixture.hpp"

using dugout::store::JobState;
using dugout::test::JobsFixture;
using dugout::test::Json;
using namespace std::chrono_literals;

namespace {

// 2025-10-01 13:00 UTC is the time at the start.
struct ScheduleFixture : JobsFixture {
  void daily(const std::string& tool, const std::string& at) {
    tools->add(tool).declaration.schedule.at = at;
  }
  void each(const std::string& tool, std::int64_t seconds) {
    tools->add(tool).declaration.schedule.every_s = seconds;
  }
  static int run_all(dugout::jobs::Jobs& jobs) {
    int ran = 0;
    while (jobs.work_once()) ++ran;
    return ran;
  }
};

}  // namespace

TEST_CASE("JobsScheduleTest.DailyToolRunsOnceADayAtItsTime") {
  ScheduleFixture f;
  f.daily("chase", "15:00");
  const auto jobs = f.make();

  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(2h - 1ms);
  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(1ms);
  CHECK(f.run_all(*jobs) == 1);
  CHECK(f.only().unique == "chase|2025-10-01");
  CHECK(f.only().arguments == "{}");
  f.clock.advance(9h);  // midnight
  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(15h);
  CHECK(f.run_all(*jobs) == 1);
  CHECK(f.store->jobs({})->front().unique == "chase|2025-10-02");
}

TEST_CASE("JobsScheduleTest.TimeMissedTodayRunsOnceAtStart") {
  ScheduleFixture f;
  f.daily("chase", "10:00");

  CHECK(f.run_all(*f.make()) == 1);
  CHECK(f.run_all(*f.make()) == 0);  // another start on the same day
}

TEST_CASE("JobsScheduleTest.TimeMissedOnAnEarlierDayIsNotMadeUpFor") {
  ScheduleFixture f;
  f.daily("chase", "10:00");
  REQUIRE(f.run_all(*f.make()) == 1);

  f.clock.advance(std::chrono::hours(24 * 3 - 4));  // 09:00, three days later
  const auto jobs = f.make();

  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(2h);
  CHECK(f.run_all(*jobs) == 1);
  CHECK(f.count("chase") == 2);
}

TEST_CASE("JobsScheduleTest.MidnightIsATimeLikeAnyOther") {
  ScheduleFixture f;
  f.daily("chase", "00:00");
  const auto jobs = f.make();
  REQUIRE(f.run_all(*jobs) == 1);

  f.clock.advance(11h - 1ms);
  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(1ms);
  CHECK(f.run_all(*jobs) == 1);
}

TEST_CASE("JobsScheduleTest.SeveralProcessesRunItOnceADay") {
  ScheduleFixture f;
  f.daily("chase", "10:00");
  const auto other_store = f.open();
  const auto one = f.make(), two = f.make_on(*other_store);

  for (int day = 0; day < 3; ++day) {
    CHECK(f.run_all(*two) + f.run_all(*one) == 1);
    f.clock.advance(24h);
  }
}

TEST_CASE("JobsScheduleTest.IntervalRunsOnceInEachAndWaitsForTheUnfinished") {
  ScheduleFixture f;
  f.each("look", 3600);
  const auto jobs = f.make();
  CHECK(f.run_all(*jobs) == 1);
  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(1h);
  CHECK(f.run_all(*jobs) == 1);

  // One that is held elsewhere keeps the next from being made, and no more than one follows.
  f.clock.advance(1h);
  REQUIRE(f.store->enqueue({"look", "{}", "", "", 0}));
  REQUIRE(*f.store->lease_job("elsewhere", 10h));
  f.clock.advance(5h);
  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(5h);
  CHECK(f.run_all(*jobs) == 2);
}

TEST_CASE("JobsScheduleTest.SettingsChangeTheTimeOrTurnItOff") {
  ScheduleFixture f;
  f.daily("later", "10:00");
  f.daily("often", "23:00");
  f.daily("off", "10:00");
  f.each("daily", 60);
  f.tools->add("never");
  f.options.schedules["later"] = {true, "13:30", 0.0};
  f.options.schedules["often"] = {true, "", 90.0};
  f.options.schedules["off"] = {false, "", 0.0};
  f.options.schedules["daily"] = {true, "12:30", 0.0};
  f.options.schedules["never"] = {true, "10:00", 0.0};  // declares no schedule
  f.options.schedules["unknown"] = {true, "10:00", 0.0};
  const auto jobs = f.make();

  CHECK(f.run_all(*jobs) == 2);
  for (int n = 0; n < 40; ++n) {
    f.clock.advance(90s);
    f.run_all(*jobs);
  }

  CHECK(f.count("later") == 1);
  CHECK(f.count("often") == 41);
  CHECK(f.count("daily") == 1);
  CHECK(f.count("off") == 0);
  CHECK(f.count("never") == 0);
  CHECK(f.count("unknown") == 0);
}

TEST_CASE("JobsScheduleTest.OwnKindsRunByTheClockLikeTools") {
  ScheduleFixture f;
  int swept = 0, off = 0;
  f.work["sweep"] = [&](const dugout::store::Job&, const dugout::core::CancelToken&) {
    ++swept;
    return dugout::jobs::Worked{true, false, "{}", ""};
  };
  f.work["off"] = [&](const dugout::store::Job&, const dugout::core::CancelToken&) {
    ++off;
    return dugout::jobs::Worked{true, false, "{}", ""};
  };
  f.options.own = {{"sweep", {"03:30", 0}}, {"off", {"03:30", 0}}};
  f.options.schedules["off"] = {false, "", 0.0};
  {
    const auto jobs = f.make();
    CHECK(f.run_all(*jobs) == 1);
    CHECK(f.only().unique == "sweep|2025-10-01");
    f.clock.advance(24h);
    CHECK(f.run_all(*jobs) == 1);
  }
  f.options.schedules["sweep"] = {true, "", 60.0};  // the settings' interval holds for them too
  {
    const auto jobs = f.make();
    f.run_all(*jobs);
    f.clock.advance(1min);
    CHECK(f.run_all(*jobs) == 1);
    f.clock.advance(1min);
    CHECK(f.run_all(*jobs) == 1);
  }
  CHECK(swept == 5);
  CHECK(off == 0);
}

TEST_CASE("JobsScheduleTest.OwnKindIsMadeAgainAfterADayOnWhichTheStoreFailed") {
  ScheduleFixture f;
  f.work["sweep"] = [](const dugout::store::Job&, const dugout::core::CancelToken&) {
    return dugout::jobs::Worked{true, false, "{}", ""};
  };
  f.options.own = {{"sweep", {"03:30", 0}}};
  const auto jobs = f.make();
  f.faulty.fail_from(1);
  CHECK(f.run_all(*jobs) == 0);
  f.clock.advance(24h);
  f.faulty.heal();

  CHECK(f.run_all(*jobs) == 1);
}

TEST_CASE("JobsScheduleTest.EnabledWithoutATimeKeepsTheDeclaredOne") {
  ScheduleFixture f;
  f.daily("chase", "10:00");
  f.options.schedules["chase"] = {};

  CHECK(f.run_all(*f.make()) == 1);
}

TEST_CASE("JobsScheduleTest.ScheduledToolNeverRunsBesideItself") {
  ScheduleFixture f;
  f.daily("chase", "14:00");
  const auto jobs = f.make();
  const auto other = f.open();
  REQUIRE(other->begin_job({"chase", "{}", "", "tool:chase", 0}, "by hand", 2h));
  f.clock.advance(1h);

  CHECK(f.run_all(*jobs) == 0);

  CHECK(f.count("chase") == 2);
  f.clock.advance(1h);
  CHECK(f.run_all(*jobs) == 2);  // it, and the one whose lease has run out
}
