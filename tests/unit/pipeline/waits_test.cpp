// The sequence of computed waits and how odd numbers are held in bounds.
#include "pipeline/waits.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "support/fake_clock.hpp"

using namespace dugout;
using namespace dugout::pipeline;

namespace {

RetryOptions retry(int retries, double base) {
  RetryOptions options;
  options.max_retries = retries;
  options.base_delay = base;
  return options;
}

using Sequence = std::vector<double>;

}  // namespace

TEST_CASE("WaitsTest.EachCallTypeGetsItsSequence") {
  CHECK(wait_sequence(retry(3, 1.0)) == Sequence{1, 2, 4});
  CHECK(wait_sequence(retry(5, 2.0)) == Sequence{2, 4, 4});
  CHECK(wait_sequence(retry(2, 0.5)) == Sequence{0.5, 1});
}

TEST_CASE("WaitsTest.RateLimitFactorIsCutAtTheTotal") {
  CHECK(wait_sequence(retry(3, 1.0), 3.0) == Sequence{3, 6, 1});
}

TEST_CASE("WaitsTest.RestOfZeroIsNoFurtherWait") {
  auto options = retry(5, 1.0);
  options.max_total_delay = 7.0;

  CHECK(wait_sequence(options) == Sequence{1, 2, 4});
}

TEST_CASE("WaitsTest.NoRetriesMeansNoWaits") {
  CHECK(wait_sequence(retry(0, 1.0)).empty());
}

TEST_CASE("WaitsTest.ZeroBaseDelayWaitsNothingButGoesOn") {
  CHECK(wait_sequence(retry(3, 0.0)) == Sequence{0, 0, 0});
}

TEST_CASE("WaitsTest.EveryOptionChangesTheSequence") {
  auto options = retry(3, 1.0);
  options.multiplier = 1.5;
  CHECK(wait_sequence(options) == Sequence{1, 1.5, 2.25});
  options.max_total_delay = 2.0;
  CHECK(wait_sequence(options) == Sequence{1, 1});
}

TEST_CASE("WaitsTest.JitterStaysInItsBand") {
  const double draw = GENERATE(0.0, 0.3, 0.999999);
  const auto options = retry(3, 1.0);
  test::FixedRandom random(draw);
  Waits waits(options);

  for (int k = 0; k < 3; ++k) {
    const double wait = core::seconds(waits.next(k, 1.0, random)->pause);
    const double nominal = std::pow(2.0, k);
    CHECK(wait <= nominal);
    CHECK(wait >= 0.75 * nominal);
    CHECK(wait == Approx(nominal * (1.0 - 0.25 * draw)));
  }
}

TEST_CASE("WaitsTest.JitterDoesNotMakeRoomForMoreWaits") {
  auto options = retry(9, 2.0);
  options.jitter = 1.0;
  test::FixedRandom random(0.999);
  Waits waits(options);

  CHECK_FALSE(waits.next(0, 1.0, random)->last);
  CHECK_FALSE(waits.next(1, 1.0, random)->last);
  CHECK(waits.next(2, 1.0, random)->last);
  CHECK_FALSE(waits.next(3, 1.0, random));
}

TEST_CASE("WaitsTest.OddNumbersAreHeldInBounds") {
  const double nan = std::nan("");
  const double infinite = std::numeric_limits<double>::infinity();

  CHECK(sane_factor(nan) == 1.0);
  CHECK(sane_factor(-4.0) == 0.0);
  CHECK(sane_factor(infinite) == 100.0);
  CHECK(sane_fraction(nan) == 0.5);
  CHECK(sane_fraction(-infinite) == 0.0);
  CHECK(sane_fraction(7.0) == 1.0);
  CHECK(to_duration(nan) == core::Duration::zero());
  CHECK(to_duration(infinite) > core::Duration::zero());
}

TEST_CASE("WaitsTest.AbsurdOptionsNeverPassTheTotal") {
  auto options = retry(2000, 1e300);
  options.multiplier = 1e300;

  CHECK(wait_sequence(options) == Sequence{10});
}
