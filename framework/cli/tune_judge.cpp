#include "cli/tune_judge.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "core/json.hpp"
#include "pipeline/call.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using Waits = std::vector<double>;

// Less often than this a way was not gone often enough to correct the model.
constexpr double kLeastShare = 0.02;
constexpr double kSameWait = 1e-6;  // s

Bearing plus(const Bearing& a, const Bearing& b, double factor = 1.0) {
  return {a.success + factor * b.success, a.seconds + factor * b.seconds,
          a.attempts + factor * b.attempts, a.cost + factor * b.cost};
}

Bearing bearing_of(const LoggedTry& one) {
  return {one.success ? 1.0 : 0.0, one.waited + one.took, 1.0, one.cost};
}

Waits waits_of(const RetryFigures& figures, double max_total_delay) {
  pipeline::RetryOptions options;
  options.max_retries = figures.max_retries;
  options.base_delay = figures.base_delay;
  options.multiplier = figures.multiplier;
  options.max_total_delay = max_total_delay;
  return pipeline::wait_sequence(options);
}

bool same_step(const Waits& a, const Waits& b, std::size_t step) {
  if (step >= a.size() || step >= b.size()) return step >= a.size() && step >= b.size();
  return std::abs(a[step] - b[step]) < kSameWait;
}

// How often each sequence of waits was in force, by call type: the logging policy.
class Habits {
 public:
  void add(const std::string& call_type, const Waits& waits) { ++seen_[call_type][waits]; }

  // Of the calls that would have done as `waits` up to `step`, the share that does so in it.
  double share(const std::string& call_type, const Waits& waits, std::size_t step) const {
    const auto found = seen_.find(call_type);
    if (found == seen_.end()) return 0.0;
    double before = 0.0, same = 0.0;
    for (const auto& [other, times] : found->second) {
      bool alike = true;
      for (std::size_t at = 0; at < step && alike; ++at) alike = same_step(other, waits, at);
      if (!alike) continue;
      before += static_cast<double>(times);
      if (same_step(other, waits, step)) same += static_cast<double>(times);
    }
    return before > 0.0 ? same / before : 0.0;
  }

 private:
  std::map<std::string, std::map<Waits, std::size_t>> seen_;
};

// One way of going on with a call: the options, their waits, and what the model says of them.
class Way {
 public:
  Way(const LoggedCall& call, const RetryFigures& figures, const FixedOptions& fixed,
      const host::TunerHandle& tuner, const Habits& habits)
      : call_(call), tuner_(tuner), habits_(habits), asked_(call.situation) {
    asked_.update(Json{{"judge", true},
                       {"max_retries", figures.max_retries},
                       {"base_delay", figures.base_delay},
                       {"multiplier", figures.multiplier},
                       {"max_total_delay", fixed.max_total_delay},
                       {"jitter", fixed.jitter}});
    waits_ = waits_of(figures, fixed.max_total_delay);
    logged_ = waits_of(call.options, fixed.max_total_delay);
  }

  Bearing bearing() {
    const auto first = bearing_of(call_.tries.front());
    return call_.tries.front().success ? first : plus(first, after(1));
  }

  bool supported() const { return habits_.share(call_.call_type, waits_, 0) >= kLeastShare; }

 private:
  // What follows when the first `tried` attempts have failed.
  Bearing after(std::size_t tried) {
    const auto step = tried - 1;
    const bool went_on = tried < call_.tries.size();
    const bool options_allow = step < logged_.size();
    // Something else decided than the options: it would have with others too.
    if (went_on != options_allow) return went_on ? observed(tried) : Bearing{};
    const auto promised = step < waits_.size() ? promise(tried) : Bearing{};
    if (!same_step(waits_, logged_, step)) return promised;
    const double share = habits_.share(call_.call_type, waits_, step);
    if (share < kLeastShare) return promised;
    const auto came = went_on ? observed(tried) : Bearing{};
    return plus(promised, plus(came, promised, -1.0), 1.0 / share);
  }

  Bearing observed(std::size_t tried) {
    const auto& next = call_.tries[tried];
    const auto came = bearing_of(next);
    return next.success ? came : plus(came, after(tried + 1));
  }

  Bearing promise(std::size_t tried) {
    asked_["attempt"] = tried + 1;
    asked_["class"] = call_.tries[tried - 1].outcome;
    const auto answer = tuner_.propose(core::canonical(asked_));
    const auto said = answer ? core::parse_json(*answer) : Outcome<Json>(Json());
    if (!said || !said->is_object() || !said->contains("expected")) return {};
    const auto& expected = (*said)["expected"];
    return {expected.value("success", 0.0), expected.value("seconds", 0.0),
            expected.value("attempts", 0.0), expected.value("cost", 0.0)};
  }

  const LoggedCall& call_;
  const host::TunerHandle& tuner_;
  const Habits& habits_;
  Json asked_;
  Waits waits_, logged_;
};

Outcome<RetryFigures> proposal_for(const LoggedCall& call, const FixedOptions& fixed,
                                   const host::TunerHandle& tuner) {
  const auto& figures = fixed.figures;
  if (figures.max_retries == 0) return figures;  // who wants no retries gets none
  auto asked = call.situation;
  asked.update(Json{{"attempt", 1},
                    {"max_retries", figures.max_retries},
                    {"base_delay", figures.base_delay},
                    {"multiplier", figures.multiplier},
                    {"max_total_delay", fixed.max_total_delay},
                    {"jitter", fixed.jitter}});
  const auto answer = tuner.propose(core::canonical(asked));
  if (!answer) return answer.error();
  const auto said = core::parse_json(*answer);
  if (!said || !said->is_object()) return Error{Code::kInternal, "the tuner gave no JSON object"};
  return RetryFigures{said->value("max_retries", figures.max_retries),
                      said->value("base_delay", figures.base_delay),
                      said->value("multiplier", figures.multiplier)};
}

}  // namespace

Outcome<Judged> judge(const std::vector<LoggedCall>& calls, const host::TunerHandle& tuner,
                      const FixedFor& fixed_for) {
  Judged judged;
  Habits habits;
  for (const auto& call : calls) {
    habits.add(call.call_type, waits_of(call.options, fixed_for(call).max_total_delay));
  }
  for (const auto& call : calls) {
    const auto fixed = fixed_for(call);
    const auto proposal = proposal_for(call, fixed, tuner);
    if (!proposal) return proposal.error();
    Way as_it_is(call, fixed.figures, fixed, tuner, habits);
    Way learned(call, *proposal, fixed, tuner, habits);
    const auto now = as_it_is.bearing(), then = learned.bearing();
    judged.fixed = plus(judged.fixed, now);
    judged.learned = plus(judged.learned, then);
    judged.gains.push_back({then.success - now.success, now.seconds - then.seconds,
                            now.attempts - then.attempts, now.cost - then.cost});
    const bool changed = proposal->max_retries != fixed.figures.max_retries ||
                         proposal->base_delay != fixed.figures.base_delay ||
                         proposal->multiplier != fixed.figures.multiplier;
    judged.changed += changed ? 1 : 0;
    if (call.tries.front().success) continue;
    ++judged.failed_first;
    judged.supported += learned.supported() ? 1 : 0;
  }
  const double share = calls.empty() ? 0.0 : 1.0 / static_cast<double>(calls.size());
  judged.fixed = plus({}, judged.fixed, share);
  judged.learned = plus({}, judged.learned, share);
  return judged;
}

Interval bootstrap(const std::vector<Bearing>& gains, double Bearing::*member, std::uint64_t seed,
                   int rounds) {
  if (gains.empty()) return {};
  std::mt19937_64 engine(seed);
  std::vector<double> means;
  for (int round = 0; round < rounds; ++round) {
    double sum = 0.0;
    for (std::size_t at = 0; at < gains.size(); ++at) sum += gains[engine() % gains.size()].*member;
    means.push_back(sum / static_cast<double>(gains.size()));
  }
  std::sort(means.begin(), means.end());
  const auto at = [&](double share) {
    return means[static_cast<std::size_t>(share * static_cast<double>(means.size() - 1))];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace dugout::cli
