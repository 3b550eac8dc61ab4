#include "pipeline/estimate_run.hpp"

#include <algorithm>
#include <cmath>

namespace dugout::pipeline {
namespace {

// Longer than any call can take within the ranges of check().
constexpr auto kNoDeadline = std::chrono::hours(3);

// Takes its time on the clock, and fails as a server does that is down now and then.
class ChanceModel final : public Model {
 public:
  ChanceModel(const EstimateQuestion& question, core::Clock& clock, core::Random& random)
      : rate_(question.success_rate),
        latency_(
            std::chrono::round<core::Duration>(std::chrono::duration<double>(question.latency))),
        clock_(clock),
        random_(random) {}

  std::string_view name() const override { return "chance"; }
  Attempted<Answer> ask(const Request&, core::Duration, const core::CancelToken& cancel) override {
    clock_.sleep(latency_, cancel);
    if (random_.unit() < rate_) {
      Answer answer;
      answer.texts = {"good"};
      return answer;
    }
    Failure failure;
    failure.cls = FailureClass::kServer;
    failure.status = 500;
    return failure;
  }

 private:
  const double rate_;
  const core::Duration latency_;
  core::Clock& clock_;
  core::Random& random_;
};

class AnyText final : public Parser {
 public:
  std::string_view name() const override { return "any"; }
  Outcome<Parsed> parse(std::string_view text, std::string_view) const override {
    Parsed parsed;
    parsed.message = text;
    return parsed;
  }
};

// What the calls came to, added up.
class Tally {
 public:
  explicit Tally(std::size_t endings) : ended_(endings, 0) {}

  void add(const CallResult& result, double took) {
    const auto attempts = result.attempts.size();
    times_.push_back(took);
    attempts_ += static_cast<double>(attempts);
    if (result.parsed) {
      good_time_ += took;
      ++good_;
    }
    const auto place = result.parsed ? attempts - 1 : ended_.size() - 1;
    if (place < ended_.size()) ++ended_[place];
  }

  Simulated figures(int workers) {
    std::sort(times_.begin(), times_.end());
    const auto calls = static_cast<double>(times_.size());
    Simulated out;
    out.calls = static_cast<int>(times_.size());
    out.success = good_ / calls;
    out.attempts = attempts_ / calls;
    double sum = 0.0;
    for (const double time : times_) sum += time;
    out.latency = sum / calls;
    if (good_ > 0) out.success_latency = good_time_ / good_;
    out.p50 = at(0.50);
    out.p95 = at(0.95);
    out.p99 = at(0.99);
    if (sum > 0.0) out.throughput = workers / out.latency;
    for (const int count : ended_) out.shares.push_back(count / calls);
    return out;
  }

 private:
  double at(double share) const {
    const auto rank = std::ceil(share * static_cast<double>(times_.size()));
    return times_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }

  std::vector<double> times_;  // s
  std::vector<int> ended_;
  double attempts_ = 0.0, good_time_ = 0.0;
  int good_ = 0;
};

}  // namespace

Simulated simulate(const EstimateQuestion& question, int calls, core::Clock& clock,
                   core::Random& random) {
  ChanceModel model(question, clock, random);
  const AnyText parser;
  CallPlan plan;
  plan.targets = {&model};
  plan.parsers = {&parser};
  plan.retry = question.retry;
  plan.retry.attempt_timeout = core::seconds(kNoDeadline);
  const Planner planner(clock, random);
  Tally tally(wait_sequence(question.retry).size() + 2);
  for (int call = 0; call < calls; ++call) {
    Budget budget;
    budget.deadline = clock.now() + kNoDeadline;
    const auto begun = clock.now();
    const auto result = planner.run(plan, Request{}, budget);
    tally.add(result, core::seconds(clock.now() - begun));
  }
  return tally.figures(question.workers);
}

}  // namespace dugout::pipeline
