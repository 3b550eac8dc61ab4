// Percentiles of a bounded histogram against those of the values themselves.
#include "observability/spread.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using dugout::observability::Spread;
using std::chrono::hours, std::chrono::microseconds, std::chrono::milliseconds;

namespace {

// The nearest rank, as dugout attempts summary has it.
double exact(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  const auto rank = std::max(1.0, std::ceil(part * static_cast<double>(values.size())));
  return values[static_cast<std::size_t>(rank) - 1];
}

}  // namespace

TEST_CASE("SpreadTest.PercentilesAreWithinTheirErrorOfTheTruth") {
  std::mt19937 engine(7);
  std::lognormal_distribution<double> draw(5.0, 2.0);  // ms; from under 1 to minutes
  Spread spread;
  std::vector<double> values;
  for (int at = 0; at < 20'000; ++at) {
    const auto us = std::clamp(draw(engine) * 1000.0, 11.0, 3.5e9);
    const auto value = microseconds(static_cast<long long>(us));
    spread.add(value);
    values.push_back(static_cast<double>(value.count()) / 1000.0);
  }

  for (const double part : {0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0}) {
    INFO(part);
    CHECK(*spread.percentile(part) == Approx(exact(values, part)).epsilon(Spread::kError));
  }
  CHECK(spread.count() == values.size());
}

TEST_CASE("SpreadTest.NothingHasNoPercentileAndOneValueIsAllOfThem") {
  Spread spread;
  CHECK_FALSE(spread.percentile(0.5));

  spread.add(milliseconds(250));

  for (const double part : {0.0, 0.5, 0.99, 1.0}) {
    CHECK(*spread.percentile(part) == Approx(250.0).epsilon(Spread::kError));
  }
}

TEST_CASE("SpreadTest.ValuesBeyondBothEndsCountAsTheEnds") {
  Spread spread;
  spread.add(milliseconds(-5));
  spread.add(microseconds(0));
  CHECK(*spread.percentile(1.0) == Approx(0.01));

  Spread late;
  late.add(hours(1000));
  CHECK(*late.percentile(0.5) > 3.4e6);
  CHECK(std::isfinite(*late.percentile(0.5)));
}

TEST_CASE("SpreadTest.MergedSpreadsAreOneOfAllValues") {
  Spread one, other, both;
  for (int at = 1; at <= 1000; ++at) {
    auto& half = at % 3 == 0 ? one : other;
    half.add(milliseconds(at));
    both.add(milliseconds(at));
  }

  one.merge(other);
  one.merge(Spread());

  CHECK(one.count() == 1000);
  for (const double part : {0.1, 0.5, 0.95}) {
    CHECK(*one.percentile(part) == *both.percentile(part));
  }
}
