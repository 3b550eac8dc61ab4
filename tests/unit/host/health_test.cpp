// Quarantine on the virtual clock.
#include "host/health.hpp"

#include <catch2/catch.hpp>

#include "host/host.hpp"
#include "support/fake_clock.hpp"

namespace dugout::host {
namespace {

struct OnFakeClock {
  OnFakeClock() { install_services({.clock = &clock}); }
  ~OnFakeClock() { install_services({}); }
  test::FakeClock clock;
  Health health{"parser.p"};
};

}  // namespace

TEST_CASE("HealthTest.TwoErrorsLeaveItOpen") {
  OnFakeClock on;

  on.health.internal_error();
  on.health.internal_error();

  CHECK_FALSE(on.health.closed());
}

TEST_CASE("HealthTest.ThirdErrorWithinAMinuteClosesItForAMinute") {
  OnFakeClock on;
  for (int error = 0; error < 3; ++error) {
    on.health.internal_error();
    on.clock.advance(std::chrono::seconds(20));
  }

  const auto closed = on.health.closed();
  on.clock.advance(std::chrono::seconds(40));
  const auto after = on.health.closed();

  REQUIRE(closed);
  CHECK(closed->code == Code::kUnavailable);
  CHECK(
      closed->message ==
      "parser.p is quarantined: three internal errors within a minute; it is called again in 40 s");
  CHECK_FALSE(after);
}

TEST_CASE("HealthTest.ErrorsSpreadOverMoreThanAMinuteLeaveItOpen") {
  OnFakeClock on;

  for (int error = 0; error < 10; ++error) {
    on.health.internal_error();
    on.clock.advance(std::chrono::seconds(31));
  }

  CHECK_FALSE(on.health.closed());
}

TEST_CASE("HealthTest.OneCallOnProbationOpensItAgainAndTheCountStartsAfresh") {
  OnFakeClock on;
  for (int error = 0; error < 3; ++error) on.health.internal_error();
  on.clock.advance(std::chrono::seconds(61));

  REQUIRE_FALSE(on.health.closed());
  const auto beside = on.health.closed();
  on.health.answered();

  REQUIRE(beside);
  CHECK(beside->message == "parser.p is quarantined; one call tries it at this moment");
  CHECK_FALSE(on.health.closed());
  on.health.internal_error();
  on.health.internal_error();
  CHECK_FALSE(on.health.closed());
  on.health.internal_error();
  CHECK(on.health.closed());
}

TEST_CASE("HealthTest.AFailureOnProbationClosesItForTwiceAsLong") {
  OnFakeClock on;
  for (int error = 0; error < 3; ++error) on.health.internal_error();
  on.clock.advance(std::chrono::seconds(61));
  REQUIRE_FALSE(on.health.closed());

  on.health.internal_error();
  on.clock.advance(std::chrono::seconds(119));
  const auto before = on.health.closed();
  on.clock.advance(std::chrono::seconds(2));

  CHECK(before);
  CHECK_FALSE(on.health.closed());
}

TEST_CASE("HealthTest.AnAnswerThatProvesWrongIsAFailureOnProbation") {
  OnFakeClock on;
  for (int error = 0; error < 3; ++error) on.health.internal_error();
  on.clock.advance(std::chrono::seconds(61));
  REQUIRE_FALSE(on.health.closed());

  on.health.answered();
  on.health.internal_error();

  CHECK(on.health.closed());
}

TEST_CASE("HealthTest.ACallOnProbationThatNeverComesBackGivesWayToAnother") {
  OnFakeClock on;
  for (int error = 0; error < 3; ++error) on.health.internal_error();
  on.clock.advance(std::chrono::seconds(61));
  REQUIRE_FALSE(on.health.closed());

  on.clock.advance(std::chrono::seconds(61));

  CHECK_FALSE(on.health.closed());
}

TEST_CASE("HealthTest.SlowAnswersAndErrorsAreCounted") {
  OnFakeClock on;

  CHECK(on.health.too_slow(std::chrono::seconds(6), std::chrono::seconds(5)));
  CHECK_FALSE(on.health.too_slow(std::chrono::seconds(4), std::chrono::seconds(5)));

  CHECK(on.health.counts().slow == 1);
  CHECK(on.health.counts().errors == 1);
}

TEST_CASE("HealthTest.AnAnswerInTimeCountsAsNothing") {
  OnFakeClock on;

  for (int call = 0; call < 10; ++call) CHECK_FALSE(on.health.too_slow(kLongestAdvice));

  CHECK_FALSE(on.health.closed());
}

TEST_CASE("HealthTest.AnAnswerThatComesALittleLateCountsOnce") {
  OnFakeClock on;
  const auto late = kLongestAdvice + std::chrono::milliseconds(1);

  CHECK(on.health.too_slow(late));
  CHECK(on.health.too_slow(late));
  CHECK_FALSE(on.health.closed());
  CHECK(on.health.too_slow(late));

  CHECK(on.health.closed());
}

TEST_CASE("HealthTest.ItsStateSaysHowItDoesJustNow") {
  OnFakeClock on;
  CHECK(on.health.state() == "ready");

  on.health.internal_error();
  CHECK(on.health.state() == "degraded");
  on.health.internal_error();
  on.health.internal_error();
  CHECK(on.health.state() == "quarantined");
  on.clock.advance(std::chrono::minutes(1));
  CHECK(on.health.state() == "degraded");
  REQUIRE_FALSE(on.health.closed());
  on.health.answered();
  CHECK(on.health.state() == "ready");
}

TEST_CASE("HealthTest.TenSecondsCloseItAtOnce") {
  OnFakeClock on;

  CHECK(on.health.too_slow(std::chrono::seconds(10)));

  CHECK(on.health.closed());
}

}  // namespace dugout::host
