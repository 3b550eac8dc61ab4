// The same figures as estimate.hpp, counted: calls are taken through the planner itself, on a
// virtual clock, against a model that fails by chance. One thread.
#pragma once

#include "pipeline/estimate.hpp"

namespace dugout::pipeline {

inline constexpr int kMostSimulated = 1'000'000;  // calls; the clock holds no more at their longest

struct Simulated {
  int calls = 0;
  double success = 0.0;                   // share of the calls
  double attempts = 0.0;                  // mean
  double latency = 0.0;                   // s, mean
  std::optional<double> success_latency;  // s, mean of those that ended well
  double p50 = 0.0, p95 = 0.0, p99 = 0.0;
  std::optional<double> throughput;  // calls per second of all workers
  std::vector<double> shares;        // of the endings, in the order of Estimate::endings
};

// REQUIRES: check(question) is good; 1 <= calls <= kMostSimulated; `clock` is virtual and at its
// start.
Simulated simulate(const EstimateQuestion& question, int calls, core::Clock& clock,
                   core::Random& random);

}  // namespace dugout::pipeline
