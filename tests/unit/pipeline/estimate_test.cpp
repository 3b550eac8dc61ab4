// What a retry setting costs: the computed figures, the seed's table beside them, and the same
// counted by the pipeline on a virtual clock.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "cli/simulated_clock.hpp"
#include "pipeline/estimate.hpp"
#include "pipeline/estimate_run.hpp"

using namespace dugout;
using namespace dugout::pipeline;

namespace {

// The seed's setting: 85 %, 3 s, waits 1, 2, 4 s.
EstimateQuestion seed_question() {
  EstimateQuestion question;
  question.retry.jitter = 0.0;
  return question;
}

Approx close(double value) {
  return Approx(value).margin(1e-9).epsilon(0.0);
}

Simulated counted(const EstimateQuestion& question, int calls, std::uint64_t seed) {
  cli::SimulatedClock clock{core::WallTime{}};
  core::SystemRandom random(seed);
  return simulate(question, calls, clock, random);
}

}  // namespace

TEST_CASE("EstimateTest.TheSeedsTableLeavesTheFourthAttemptOut") {
  // "Realistic Scenario Analysis" of the seed as it stands there: three attempts, yet the wait
  // before a fourth, and the cost of four, are in its last row.
  const double q = 0.15, p = 0.85;
  const Ending seed[] = {{1, true, p, 3.0, 1.0},
                         {2, true, q * p, 7.0, 2.0},
                         {3, true, q * q * p, 12.0, 3.0},
                         {3, false, q * q * q, 16.0, 4.0}};
  double seed_latency = 0.0, seed_cost = 0.0;
  for (const auto& row : seed) {
    seed_latency += row.probability * row.latency;
    seed_cost += row.probability * row.cost;
  }

  const auto ours = estimate(seed_question());

  // The first three rows agree.
  REQUIRE(ours.endings.size() == 5);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(ours.endings[i].probability == close(seed[i].probability));
    CHECK(ours.endings[i].latency == close(seed[i].latency));
    CHECK(ours.endings[i].cost == close(seed[i].cost));
  }
  // The seed's last row is two: the fourth attempt may succeed, and takes its time in any case.
  CHECK(ours.endings[3].success);
  CHECK(ours.endings[3].probability == close(q * q * q * p));
  CHECK(ours.endings[3].latency == close(19.0));
  CHECK_FALSE(ours.endings[4].success);
  CHECK(ours.endings[4].probability == close(q * q * q * q));
  CHECK(ours.endings[4].latency == close(19.0));
  CHECK(ours.endings[3].probability + ours.endings[4].probability == close(seed[3].probability));
  // Three more seconds in 0.3375 % of the calls.
  CHECK(seed_latency == close(3.726));
  CHECK(ours.latency == close(seed_latency + 3.0 * q * q * q));
  CHECK(ours.latency == close(3.736125));
  // The cost is the same, because the seed charges four attempts for three. (Its text says 4.2 s
  // and 1.4 times, which its own table does not come to.)
  CHECK(seed_cost == close(1.175875));
  CHECK(ours.attempts == close(seed_cost));
}

TEST_CASE("EstimateTest.TheSeedsSettingGivesLatencyThroughputAndMemory") {
  const auto ours = estimate(seed_question());

  CHECK(ours.waits == std::vector<double>{1.0, 2.0, 4.0});
  CHECK(ours.success == close(1.0 - std::pow(0.15, 4)));
  CHECK(ours.p50 == 3.0);
  CHECK(ours.p95 == 7.0);
  CHECK(ours.p99 == 12.0);
  REQUIRE(ours.success_latency);
  CHECK(*ours.success_latency ==
        close((3.736125 - std::pow(0.15, 4) * 19.0) / (1.0 - std::pow(0.15, 4))));
  CHECK(*ours.throughput == close(10.0 / 3.736125));
  CHECK(*ours.worker_throughput == close(1.0 / 3.736125));
  CHECK(*ours.overhead == close(0.736125 / 3.0));
  // 20 messages, 4 KB answer.
  CHECK(ours.memory.history_kb == close(10.0));
  CHECK(ours.memory.parsed_kb == close(1.2));
  CHECK(ours.memory.attempt_kb == close(17.2));
  CHECK(ours.memory.call_kb == close(68.8));
  CHECK(ours.memory.workers_kb == close(688.0));
}

TEST_CASE("EstimateTest.ProbabilitiesAddUpToOneWhateverTheSetting") {
  for (const double rate : {0.0, 0.001, 0.5, 0.85, 1.0}) {
    for (const int retries : {0, 1, 3, 10}) {
      auto question = seed_question();
      question.success_rate = rate;
      question.retry.max_retries = retries;
      const auto ours = estimate(question);

      double sum = 0.0;
      for (const auto& ending : ours.endings) sum += ending.probability;
      CHECK(sum == close(1.0));
      CHECK(ours.p50 <= ours.p95);
      CHECK(ours.p95 <= ours.p99);
    }
  }
}

TEST_CASE("EstimateTest.TheExtremesAreExact") {
  auto never = seed_question();
  never.success_rate = 0.0;
  const auto lost = estimate(never);
  CHECK(lost.success == 0.0);
  CHECK_FALSE(lost.success_latency);
  CHECK(lost.latency == close(19.0));
  CHECK(lost.p50 == close(19.0));

  auto always = seed_question();
  always.success_rate = 1.0;
  const auto good = estimate(always);
  CHECK(good.success == 1.0);
  CHECK(good.latency == close(3.0));
  CHECK(good.p99 == close(3.0));

  auto at_once = seed_question();
  at_once.latency = 0.0;
  at_once.success_rate = 1.0;
  const auto quick = estimate(at_once);
  CHECK_FALSE(quick.throughput);
  CHECK_FALSE(quick.overhead);
}

TEST_CASE("EstimateTest.WaitsEndWhereTheirSumEnds") {
  auto question = seed_question();
  question.retry.base_delay = 2.0;
  question.retry.max_retries = 5;
  const auto ours = estimate(question);

  // 2, 4, and 4 of 8: three retries of the five.
  CHECK(ours.waits == std::vector<double>{2.0, 4.0, 4.0});
  CHECK(ours.endings.size() == 5);
  CHECK(ours.endings.back().latency == close(4 * 3.0 + 10.0));

  question.retry.max_total_delay = 0.0;
  CHECK(estimate(question).endings.size() == 2);
}

TEST_CASE("EstimateTest.JitterShortensTheMeanWaitByHalfOfIt") {
  auto question = seed_question();
  question.retry.jitter = 0.5;
  const auto ours = estimate(question);

  CHECK(ours.waits == std::vector<double>{1.0, 2.0, 4.0});
  CHECK(ours.endings[1].latency == close(3.0 + 0.75 + 3.0));
  CHECK(ours.endings[3].latency == close(12.0 + 0.75 * 7.0));
}

TEST_CASE("EstimateTest.WhatIsOutOfRangeIsRefusedWithItsRange") {
  const auto refused = [](auto change) {
    auto question = seed_question();
    change(question);
    const auto checked = check(question);
    return checked ? std::string("taken") : checked.error().message;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();

  CHECK(check(seed_question()).ok());
  for (const double rate : {-0.1, 1.01, nan, infinite}) {
    CHECK(refused([&](auto& q) { q.success_rate = rate; }) ==
          "the success rate must be a number from 0 to 1");
  }
  for (const double latency : {-1.0, 601.0, nan, infinite}) {
    CHECK(refused([&](auto& q) { q.latency = latency; }) ==
          "the latency must be a number from 0 to 600");
  }
  CHECK(refused([](auto& q) { q.workers = 0; }) != "taken");
  CHECK(refused([](auto& q) { q.history = -1; }) != "taken");
  CHECK(refused([&](auto& q) { q.response_kb = nan; }) != "taken");
  CHECK(refused([](auto& q) { q.retry.max_retries = 11; }) != "taken");
  CHECK(refused([&](auto& q) { q.retry.base_delay = nan; }) != "taken");
  CHECK(refused([](auto& q) { q.retry.multiplier = 0.5; }) != "taken");
  CHECK(refused([](auto& q) { q.retry.max_total_delay = -1; }) != "taken");
  CHECK(refused([](auto& q) { q.retry.jitter = 1.5; }) != "taken");
}

TEST_CASE("EstimateTest.ThePipelineCountsWhatIsComputed") {
  constexpr int kCalls = 20'000;
  constexpr double kErrors = 4.0;  // standard errors; a fixed seed, so it holds or it does not
  for (const double rate : {0.85, 0.55, 0.97}) {
    for (const double jitter : {0.0, 0.25}) {
      auto question = seed_question();
      question.success_rate = rate;
      question.retry.jitter = jitter;
      const auto ours = estimate(question);
      const auto seen = counted(question, kCalls, 7);
      INFO("rate " << rate << " jitter " << jitter);

      const double root = std::sqrt(static_cast<double>(kCalls));
      // Jitter spreads the latency by less than the waits themselves are long.
      const double spread = ours.deviation + jitter * 7.0 * (1.0 - rate);
      CHECK(std::abs(seen.latency - ours.latency) <= kErrors * spread / root);
      CHECK(std::abs(seen.attempts - ours.attempts) <= kErrors * ours.attempts_deviation / root);
      REQUIRE(seen.shares.size() == ours.endings.size());
      for (std::size_t i = 0; i < seen.shares.size(); ++i) {
        const double p = ours.endings[i].probability;
        CHECK(std::abs(seen.shares[i] - p) <= kErrors * std::sqrt(p * (1 - p)) / root);
      }
      if (jitter == 0.0) {
        CHECK(seen.p50 == close(ours.p50));
        CHECK(seen.p95 == close(ours.p95));
        CHECK(seen.p99 == close(ours.p99));
      }
    }
  }
}

TEST_CASE("EstimateTest.ThePipelineEndsACallWhereTheComputationDoes") {
  auto question = seed_question();
  question.success_rate = 0.0;
  for (const double base : {0.0, 1.0, 2.0, 60.0}) {
    for (const int retries : {0, 1, 5, 10}) {
      for (const double total : {0.0, 7.0, 10.0, 600.0}) {
        question.retry.base_delay = base;
        question.retry.max_retries = retries;
        question.retry.max_total_delay = total;
        INFO("base " << base << " retries " << retries << " total " << total);
        const auto ours = estimate(question);
        const auto seen = counted(question, 3, 1);

        CHECK(seen.attempts == close(ours.attempts));
        CHECK(seen.latency == close(ours.latency));
        CHECK(seen.shares.back() == 1.0);
        CHECK_FALSE(seen.success_latency);
      }
    }
  }
}

TEST_CASE("EstimateTest.TheSameSeedCountsTheSame") {
  const auto question = seed_question();
  CHECK(counted(question, 500, 3).latency == counted(question, 500, 3).latency);
  CHECK(counted(question, 500, 3).latency != counted(question, 500, 4).latency);
}
