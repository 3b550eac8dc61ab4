#include "pipeline/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace dugout::pipeline {
namespace {

// The seed's figures, KB.
constexpr double kMessage = 0.5, kParsedPart = 0.3, kContext = 2.0;
constexpr double kRounding = 1e-12;  // sums of probabilities are not exact

struct Bound {
  const char* name;
  double value, low, high;
};

std::string plain(double value) {
  auto text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::vector<double> mean_waits(const EstimateQuestion& question) {
  auto waits = wait_sequence(question.retry);
  for (auto& wait : waits) wait *= 1.0 - question.retry.jitter / 2.0;
  return waits;
}

// The attempts that the waits leave room for, each with the time when it ends.
std::vector<double> ends(const EstimateQuestion& question) {
  std::vector<double> times{question.latency};
  for (const double wait : mean_waits(question)) {
    times.push_back(times.back() + wait + question.latency);
  }
  return times;
}

std::vector<Ending> endings_of(const EstimateQuestion& question) {
  const double rate = question.success_rate;
  std::vector<Ending> endings;
  double reached = 1.0;  // probability that this attempt is made
  for (const double time : ends(question)) {
    const int number = static_cast<int>(endings.size()) + 1;
    endings.push_back({number, true, reached * rate, time, static_cast<double>(number)});
    reached *= 1.0 - rate;
  }
  auto failure = endings.back();
  failure.success = false;
  failure.probability = reached;
  endings.push_back(failure);
  return endings;
}

double expected(const std::vector<Ending>& endings, double Ending::*figure) {
  double sum = 0.0;
  for (const auto& ending : endings) sum += ending.probability * (ending.*figure);
  return sum;
}

double deviation_of(const std::vector<Ending>& endings, double Ending::*figure) {
  const double mean = expected(endings, figure);
  double sum = 0.0;
  for (const auto& ending : endings) {
    sum += ending.probability * (ending.*figure - mean) * (ending.*figure - mean);
  }
  return std::sqrt(sum);
}

MemoryEstimate memory_of(const EstimateQuestion& question, std::size_t attempts) {
  MemoryEstimate memory;
  memory.history_kb = question.history * kMessage;
  memory.response_kb = question.response_kb;
  memory.parsed_kb = question.response_kb * kParsedPart;
  memory.context_kb = kContext;
  memory.attempt_kb = memory.history_kb + memory.response_kb + memory.parsed_kb + memory.context_kb;
  memory.call_kb = memory.attempt_kb * static_cast<double>(attempts);
  memory.workers_kb = memory.call_kb * question.workers;
  return memory;
}

}  // namespace

Status check(const EstimateQuestion& question) {
  const auto& retry = question.retry;
  const Bound bounds[] = {
      {"success rate", question.success_rate, 0, 1},
      {"latency", question.latency, 0, 600},
      {"workers", static_cast<double>(question.workers), 1, 100'000},
      {"history", question.history, 0, 1e6},
      {"response size", question.response_kb, 0, 1e6},
      {"retries", static_cast<double>(retry.max_retries), 0, 10},
      {"base delay", retry.base_delay, 0, 60},
      {"multiplier", retry.multiplier, 1, 10},
      {"total delay", retry.max_total_delay, 0, 600},
      {"jitter", retry.jitter, 0, 1},
  };
  for (const auto& bound : bounds) {
    if (bound.value >= bound.low && bound.value <= bound.high) continue;  // false for NaN
    return Error{Code::kInvalid, std::string("the ") + bound.name + " must be a number from " +
                                     plain(bound.low) + " to " + plain(bound.high)};
  }
  return Done{};
}

double percentile(const std::vector<Ending>& endings, double share) {
  auto sorted = endings;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.latency < b.latency; });
  double sum = 0.0;
  for (const auto& ending : sorted) {
    sum += ending.probability;
    if (ending.probability > 0.0 && sum >= share - kRounding) return ending.latency;
  }
  return sorted.back().latency;
}

Estimate estimate(const EstimateQuestion& question) {
  Estimate out;
  out.waits = wait_sequence(question.retry);
  out.endings = endings_of(question);
  out.success = 1.0 - out.endings.back().probability;
  out.attempts = expected(out.endings, &Ending::cost);
  out.attempts_deviation = deviation_of(out.endings, &Ending::cost);
  out.latency = expected(out.endings, &Ending::latency);
  out.deviation = deviation_of(out.endings, &Ending::latency);
  const auto& failure = out.endings.back();
  if (question.success_rate > 0.0) {
    out.success_latency = (out.latency - failure.probability * failure.latency) / out.success;
  }
  out.p50 = percentile(out.endings, 0.50);
  out.p95 = percentile(out.endings, 0.95);
  out.p99 = percentile(out.endings, 0.99);
  if (question.latency > 0.0) out.overhead = out.latency / question.latency - 1.0;
  if (out.latency > 0.0) {
    out.worker_throughput = 1.0 / out.latency;
    out.throughput = question.workers / out.latency;
  }
  out.memory = memory_of(question, out.waits.size() + 1);
  return out;
}

}  // namespace dugout::pipeline
