// Clock, cancellation, identifiers, findings.
#include <catch2/catch.hpp>
#include <set>

#include "core/clock.hpp"
#include "core/finding.hpp"
#include "core/random.hpp"
#include "support/fake_clock.hpp"

using namespace dugout::core;

TEST_CASE("CancelTokenTest.CopiesShareOneFlag") {
  const CancelToken token;
  const auto copy = token;
  const CancelToken other;

  copy.cancel();
  copy.cancel();

  CHECK(token.cancelled());
  CHECK_FALSE(other.cancelled());
}

TEST_CASE("SystemClockTest.SleepOfNothingReturnsAtOnce") {
  SystemClock clock;

  CHECK(clock.sleep(Duration::zero(), {}));
  CHECK(clock.sleep(std::chrono::hours(-5), {}));
}

TEST_CASE("SystemClockTest.CancelledSleepReturnsAtOnceHoweverLong") {
  SystemClock clock;
  const CancelToken token;
  token.cancel();

  CHECK_FALSE(clock.sleep(std::chrono::hours(5), token));
  CHECK_FALSE(clock.sleep(Duration::max(), token));
}

TEST_CASE("SystemClockTest.TimeDoesNotGoBack") {
  const SystemClock clock;

  const auto before = clock.now();

  CHECK(clock.now() >= before);
  CHECK(clock.wall_now().time_since_epoch() > std::chrono::hours(24 * 365 * 50));
}

TEST_CASE("FakeClockTest.SleepMovesTime") {
  dugout::test::FakeClock clock;
  const auto before = clock.now();

  clock.sleep(std::chrono::seconds(2), {});

  CHECK(seconds(clock.now() - before) == 2.0);
  CHECK(clock.sleeps() == std::vector<double>{2.0});
}

TEST_CASE("SystemRandomTest.UnitStaysInRangeAndFollowsItsSeed") {
  SystemRandom random(42), same(42), other(43);
  bool differs = false;

  for (int n = 0; n < 1000; ++n) {
    const auto value = random.unit();
    REQUIRE(value >= 0.0);
    REQUIRE(value < 1.0);
    REQUIRE(value == same.unit());
    differs = differs || value != other.unit();
  }

  CHECK(differs);
}

TEST_CASE("RandomTest.NewIdsDifferAndCarryTheirPrefix") {
  std::set<std::string> seen;
  for (int n = 0; n < 1000; ++n) {
    const auto id = new_id("ses_");
    REQUIRE(id.size() == 36);
    REQUIRE(id.rfind("ses_", 0) == 0);
    REQUIRE(id.find_first_not_of("0123456789abcdef", 4) == std::string::npos);
    seen.insert(id);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("RandomTest.StableHashIsFnv1a") {
  CHECK(stable_hash("") == "cbf29ce484222325");
  CHECK(stable_hash("a") == "af63dc4c8601ec8c");
  CHECK(stable_hash("foobar") == "85944171f73967e8");
}

TEST_CASE("FindingTest.TextNamesPlaceMessageAndHint") {
  Finding finding;
  finding.file = "routines/01_a.yaml";
  finding.message = "no such target: 99";

  CHECK(finding.text() == "routines/01_a.yaml: error: no such target: 99");
  finding.line = 3;
  finding.column = 7;
  finding.severity = Finding::Severity::kWarning;
  finding.hint = "use a number from 1 to 35";
  CHECK(finding.text() ==
        "routines/01_a.yaml:3:7: warning: no such target: 99 (use a number from 1 to 35)");
}

TEST_CASE("FindingTest.WarningsAreNoErrors") {
  Finding warning;
  warning.severity = Finding::Severity::kWarning;

  CHECK_FALSE(has_errors({}));
  CHECK_FALSE(has_errors({warning, warning}));
  CHECK(has_errors({warning, Finding{}}));
}
