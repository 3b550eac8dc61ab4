// What a retry setting costs at a given success rate, computed: how probable each number of
// attempts is, how long it takes and what is charged; throughput and memory from that. Attempts
// succeed or fail each by itself, and each takes the same time. Pure, so [any].
#pragma once

#include <optional>
#include <vector>

#include "pipeline/call.hpp"

namespace dugout::pipeline {

struct EstimateQuestion {
  double success_rate = 0.85;  // 0..1, of one attempt
  double latency = 3.0;        // 0..600 s, of one attempt
  int workers = 10;            // 1..100,000 calls under way at once
  double history = 20;         // 0..1e6 messages in the session
  double response_kb = 4;      // 0..1e6, of one answer
  RetryOptions retry;          // retries, delays and jitter count
};

// kInvalid with name and range for the first figure outside its own; NaN is outside every range.
Status check(const EstimateQuestion& question);

// One way a call can end.
struct Ending {
  int attempts = 0;
  bool success = false;
  double probability = 0.0;
  double latency = 0.0;  // s: attempts and the waits between them, those at their mean
  double cost = 0.0;     // as many times the cost of one attempt
};

struct MemoryEstimate {
  double history_kb = 0.0, response_kb = 0.0, parsed_kb = 0.0, context_kb = 0.0;
  double attempt_kb = 0.0;  // together
  double call_kb = 0.0;     // at most: all attempts
  double workers_kb = 0.0;  // at most: all workers
};

struct Estimate {
  std::vector<double> waits;               // s, before retry 1, 2, ...; without jitter
  std::vector<Ending> endings;             // success after 1, 2, ... attempts; total failure last
  double success = 0.0;                    // a call ends well
  double attempts = 0.0;                   // expected; also the expected cost
  double latency = 0.0;                    // s, expected, of all calls
  double deviation = 0.0;                  // s, standard deviation of it
  std::optional<double> success_latency;   // s, expected, of those that end well
  double p50 = 0.0, p95 = 0.0, p99 = 0.0;  // s, latency of all calls
  double attempts_deviation = 0.0;
  std::optional<double> overhead;           // over one attempt's latency: 0.4 = 40 % more
  std::optional<double> worker_throughput;  // calls per second; nullopt: they take no time
  std::optional<double> throughput;         // of all workers
  MemoryEstimate memory;
};

// REQUIRES: check(question) is good. With jitter a wait counts at its mean, (1 - jitter/2) of it;
// p50, p95 and p99 are then those of the mean waits.
Estimate estimate(const EstimateQuestion& question);

// The latency that `share` of the calls do not pass.
double percentile(const std::vector<Ending>& endings, double share);

}  // namespace dugout::pipeline
