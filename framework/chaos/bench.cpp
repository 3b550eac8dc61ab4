#include "chaos/bench.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::chaos {
namespace {

using core::Json;

constexpr double kHedgeAt = 3.0;  // times the middle latency: beyond it an answer is slow

double at_share(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0.0;
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::lround(share * last))];
}

// Is any fault on at that time?
bool fault_on(const Scenario& scenario, double at) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const Fault& fault) {
    return fault.share >= 1.0 && scenario.strikes(fault, fault.target, at);
  });
}

double tokens_wasted(const std::vector<std::string>& lines) {
  double sum = 0.0;
  for (const auto& line : lines) {
    const auto attempt = core::parse_json(line);
    if (!attempt || !attempt->is_object()) continue;
    const auto outcome = core::member(*attempt, "outcome");
    if (outcome == "ok" || outcome == "tool_calls") continue;
    sum += attempt->value("input_tokens", 0.0) + attempt->value("output_tokens", 0.0);
  }
  return sum;
}

// Everybody on virtual time, where actors run one at a time, so nothing here needs a lock.
std::vector<Talk> talk_all(const Scenario& scenario, unsigned seed,
                           orchestrator::Orchestrator& orchestrator, VirtualTime& time) {
  std::vector<Talk> talks;
  const auto started = time.now();
  int number = 0;
  for (const auto at : arrivals(scenario, seed)) {
    time.spawn(at, [&, number] { talks.push_back(talk(orchestrator, time, started, number)); });
    ++number;
  }
  time.run();
  return talks;
}

void measure_times(const Scenario& scenario, const std::vector<Talk>& turns, Measured& out) {
  std::vector<double> took;
  double sum = 0.0;
  for (const auto& turn : turns) {
    took.push_back(turn.took);
    sum += turn.took;
  }
  std::sort(took.begin(), took.end());
  out.mean = sum / static_cast<double>(std::max<std::size_t>(took.size(), 1));
  out.p50 = at_share(took, 0.5);
  out.p95 = at_share(took, 0.95);
  out.p99 = at_share(took, 0.99);
  // The mean of a log-normal distribution.
  out.added = out.mean - scenario.latency * std::exp(scenario.spread * scenario.spread / 2.0);
}

}  // namespace

const char* name_of(Mode mode) {
  switch (mode) {
    case Mode::kNone:
      return "no recovery";
    case Mode::kPlain:
      return "plain retry";
    case Mode::kAll:
      break;
  }
  return "all on";
}

void set_mode(Mode mode, const Scenario& scenario, orchestrator::OrchestratorOptions& options) {
  auto& resilience = options.resilience;
  if (mode == Mode::kAll) {
    resilience.hedge_after = duration_of(kHedgeAt * scenario.latency);
    return;
  }
  resilience.breaker.enabled = false;
  resilience.retry_budget.tokens = 0.0;
  resilience.adaptive.enabled = false;
  resilience.hedge_after = core::Duration::zero();
  resilience.tuner_mode = "off";
  for (auto& [agent, retry] : options.retry) {
    retry.max_retries = mode == Mode::kNone ? 0 : std::max(retry.max_retries, 3);
  }
}

std::shared_ptr<const routines::Application> application_of(
    Mode mode, const std::shared_ptr<const routines::Application>& application) {
  if (mode == Mode::kAll) return application;
  auto changed = std::make_shared<routines::Application>(*application);
  for (auto& [name, agent] : changed->agents) {
    agent.fallbacks.clear();
    agent.recovery.clear();
  }
  return changed;
}

void AttemptLines::write(const std::vector<std::string>& lines) noexcept {
  const std::lock_guard lock(mutex_);
  lines_.insert(lines_.end(), lines.begin(), lines.end());
}

std::vector<std::string> AttemptLines::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

Measured run_bench(const Scenario& scenario, Mode mode, unsigned seed,
                   orchestrator::Orchestrator& orchestrator, VirtualTime& time,
                   const FaultyProvider& provider, const AttemptLines& lines) {
  const auto turns = talk_all(scenario, seed, orchestrator, time);
  return measure(scenario, mode, turns, provider, lines);
}

Measured measure(const Scenario& scenario, Mode mode, const std::vector<Talk>& turns,
                 const FaultyProvider& provider, const AttemptLines& lines) {
  Measured out;
  out.scenario = scenario.name;
  out.mode = mode;
  out.turns = static_cast<int>(turns.size());
  const auto count = static_cast<double>(std::max(out.turns, 1));
  double during = 0.0, good = 0.0, by_model = 0.0;
  for (const auto& turn : turns) {
    good += turn.good ? 1.0 : 0.0;
    by_model += turn.by_model ? 1.0 : 0.0;
    during += fault_on(scenario, turn.began) ? 1.0 : 0.0;
  }
  out.good = good / count;
  out.by_model = by_model / count;
  measure_times(scenario, turns, out);
  const auto asked = provider.asked();
  out.requests_per_turn = static_cast<double>(asked.size()) / count;
  const auto into_faults = std::count_if(
      asked.begin(), asked.end(), [&](const Asked& one) { return fault_on(scenario, one.at); });
  if (during > 0) out.load_in_faults = static_cast<double>(into_faults) / during;
  out.wasted_tokens = tokens_wasted(lines.lines()) / count;
  return out;
}

std::vector<std::string> missed(const Scenario& scenario, const Measured& measured) {
  std::vector<std::string> out;
  const auto number = [](double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return std::string(text);
  };
  if (measured.good < scenario.least_good) {
    out.push_back(scenario.name + ": " + number(measured.good) +
                  " of the turns ended well, less than " + number(scenario.least_good));
  }
  if (measured.by_model < scenario.least_by_model) {
    out.push_back(scenario.name + ": a model answered " + number(measured.by_model) +
                  " of the turns, less than " + number(scenario.least_by_model));
  }
  if (scenario.most_requests && measured.requests_per_turn > *scenario.most_requests) {
    out.push_back(scenario.name + ": " + number(measured.requests_per_turn) +
                  " requests per turn, more than " + number(*scenario.most_requests));
  }
  if (scenario.most_load_in_faults && measured.load_in_faults > scenario.most_load_in_faults) {
    out.push_back(scenario.name + ": " + number(*measured.load_in_faults) +
                  " requests per turn while a fault was on, more than " +
                  number(*scenario.most_load_in_faults));
  }
  return out;
}

}  // namespace dugout::chaos
