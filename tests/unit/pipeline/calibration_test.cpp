// The arithmetic of calibration against figures worked out by hand.
#include "pipeline/calibration.hpp"

#include <catch2/catch.hpp>

using namespace dugout::pipeline;

TEST_CASE("CalibrationTest.FiguresWorkedOutByHand") {
  // 0.9 good, 0.9 bad, 0.8 good, 0.1 bad
  const auto out = reliability_of({{0.9, true}, {0.9, false}, {0.8, true}, {0.1, false}});

  CHECK(out.count == 4);
  CHECK(out.bins[9].count == 2);
  CHECK(out.bins[9].confidence == Approx(0.9));
  CHECK(out.bins[9].good_rate == Approx(0.5));
  CHECK(out.bins[8].count == 1);
  CHECK(out.bins[8].good_rate == Approx(1.0));
  CHECK(out.bins[1].good_rate == Approx(0.0));
  CHECK(out.bins[0].count == 0);
  // (2 x 0.4 + 0.2 + 0.1) / 4 and (0.01 + 0.81 + 0.04 + 0.01) / 4
  CHECK(out.ece == Approx(0.275));
  CHECK(out.brier == Approx(0.2175));
}

TEST_CASE("CalibrationTest.PerfectConfidenceHasNoError") {
  const auto out = reliability_of({{1.0, true}, {0.0, false}, {1.0, true}});

  CHECK(out.ece == Approx(0.0));
  CHECK(out.brier == Approx(0.0));
  CHECK(out.bins[9].count == 2);
  CHECK(out.bins[0].count == 1);
}

TEST_CASE("CalibrationTest.EveryTenthHasItsOwnBinAlsoWhenItWasComputed") {
  for (int tenth = 0; tenth <= 9; ++tenth) {
    const auto out = reliability_of({{tenth * 0.1, true}});
    INFO(tenth);
    CHECK(out.bins[static_cast<std::size_t>(tenth)].count == 1);
  }
  CHECK(reliability_of({{(0.8 + 0.4 + 0.9) / 3.0, true}}).bins[7].count == 1);
}

TEST_CASE("CalibrationTest.NothingGivesNothing") {
  const auto out = reliability_of({});

  CHECK(out.count == 0);
  CHECK(out.ece == 0.0);
  CHECK(out.brier == 0.0);
}

TEST_CASE("CalibrationTest.DecisionsCountGoodAndBadApart") {
  Decisions decisions;
  decisions.add(Weighed::Decision::kValid, true);
  decisions.add(Weighed::Decision::kValid, false);
  decisions.add(Weighed::Decision::kFlagged, true);
  decisions.add(Weighed::Decision::kRetry, false);
  decisions.add(Weighed::Decision::kRetry, false);

  CHECK(decisions.valid.good == 1);
  CHECK(decisions.valid.bad == 1);
  CHECK(decisions.flagged.good == 1);
  CHECK(decisions.flagged.bad == 0);
  CHECK(decisions.retried.good == 0);
  CHECK(decisions.retried.bad == 2);
}
