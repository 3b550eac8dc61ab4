#include "cli/tune_simulate.hpp"

#include <cmath>
#include <random>

#include "cli/simulated_clock.hpp"
#include "orchestrator/attempt_line.hpp"
#include "orchestrator/retry_choice.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/call.hpp"

namespace dugout::cli {
namespace {

using namespace std::chrono_literals;
using pipeline::Failure;
using pipeline::FailureClass;

constexpr core::WallTime kStart{std::chrono::milliseconds(1'767'571'200'000)};  // Mon 2026-01-05
constexpr double kUsualShare = 0.4;  // of the calls that keep the usual options
constexpr double kFactors[] = {0.5, 1.0, 1.5, 2.0}, kMultipliers[] = {1.5, 2.0, 3.0};
constexpr int kRetries = 6;  // 0 to 5
constexpr auto kTarget = "simulated/model";

// Chance and time of the provider; everything else asks it.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  double between(double least, double most) { return least + (most - least) * unit(); }
  int below(int end) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(end)); }

 private:
  std::mt19937_64 engine_;
};

core::Duration lasting(double seconds) {
  return std::chrono::round<core::Duration>(std::chrono::duration<double>(seconds));
}

class SimulatedProvider final : public pipeline::Model {
 public:
  SimulatedProvider(const TuneSimulation& simulation, SimulatedClock& clock, Dice& dice)
      : simulation_(simulation), clock_(clock), dice_(dice) {}

  std::string_view name() const override { return kTarget; }

  // Once a call: is there trouble now, and how long does it want to be left alone?
  void begin_call() {
    const double drift = std::chrono::duration<double>(clock_.wall_now() - kStart) /
                         std::chrono::duration<double>(24h * simulation_.days);
    const bool night = is_night();
    overloaded_ = night && dice_.unit() < 0.3 + 0.3 * drift;
    cooling_ = dice_.between(0.9, 1.3) + 0.3 * drift;
    last_.reset();
  }

  pipeline::Attempted<pipeline::Answer> ask(const pipeline::Request&, core::Duration,
                                            const core::CancelToken& cancel) override {
    const auto now = clock_.now();
    const auto rested = last_ ? core::seconds(now - *last_) : 0.0;
    const auto failure = simulation_.scene == TuneScene::kSteady ? steady() : drifting(rested);
    const double took = failure ? (overloaded_ ? dice_.between(1.0, 2.0) : dice_.between(0.2, 0.5))
                                : dice_.between(0.8, 2.4);
    (void)clock_.sleep(lasting(took), cancel);
    last_ = clock_.now();
    if (failure) return *failure;
    pipeline::Answer answer;
    answer.texts = {"ok"};
    answer.usage = {900 + dice_.below(600), 80 + dice_.below(120)};
    return answer;
  }

 private:
  bool is_night() const { return orchestrator::hour_of(clock_.wall_now()) < 9; }

  static Failure failing(FailureClass cls, int status) {
    Failure failure;
    failure.cls = cls;
    failure.status = status;
    return failure;
  }

  std::optional<Failure> drifting(double rested) {
    if (overloaded_ && (!last_ || rested < cooling_))
      return failing(FailureClass::kOverloaded, 529);
    if (overloaded_) overloaded_ = dice_.unit() < 0.1;
    if (overloaded_) return failing(FailureClass::kOverloaded, 529);
    if (!last_ && dice_.unit() < 0.08) return failing(FailureClass::kServer, 500);
    return std::nullopt;
  }

  std::optional<Failure> steady() {
    if (dice_.unit() >= 0.15) return std::nullopt;
    auto failure = failing(FailureClass::kRateLimit, 429);
    failure.retry_after = 1s;
    return failure;
  }

  const TuneSimulation& simulation_;
  SimulatedClock& clock_;
  Dice& dice_;
  bool overloaded_ = false;
  double cooling_ = 0.0;                // s
  std::optional<core::MonoTime> last_;  // end of the attempt before, in this call
};

class EveryText final : public pipeline::Parser {
 public:
  std::string_view name() const override { return "parser.simulated"; }
  Outcome<pipeline::Parsed> parse(std::string_view text, std::string_view) const override {
    pipeline::Parsed parsed;
    parsed.message = text;
    return parsed;
  }
};

pipeline::RetryOptions drawn(Dice& dice) {
  pipeline::RetryOptions options;
  if (dice.unit() < kUsualShare) return options;
  options.max_retries = dice.below(kRetries);
  options.base_delay *= kFactors[dice.below(std::size(kFactors))];
  options.multiplier = kMultipliers[dice.below(std::size(kMultipliers))];
  return options;
}

orchestrator::CallFacts facts_of(const pipeline::RetryOptions& options,
                                 const pipeline::RecentAttempts& recent, Dice& dice) {
  orchestrator::CallFacts facts;
  facts.call_type = dice.unit() < 0.7 ? "registration" : "general";
  facts.agent = "simulated";
  facts.messages = 1 + dice.below(40);
  const auto latest = recent.of(facts.call_type);
  facts.recent_success_rate = latest.success_rate;
  facts.recent_latency = latest.latency;
  facts.max_retries = options.max_retries;
  facts.base_delay = options.base_delay;
  facts.multiplier = options.multiplier;
  return facts;
}

}  // namespace

void simulate_attempts(const TuneSimulation& simulation,
                       const std::function<void(std::string_view)>& write) {
  SimulatedClock clock(kStart);
  Dice dice(simulation.seed);
  core::SystemRandom jitter(simulation.seed);
  SimulatedProvider provider(simulation, clock, dice);
  const EveryText parser;
  const pipeline::Prices prices{{kTarget, {2.0, 8.0}}};
  const pipeline::Planner planner(clock, jitter);
  pipeline::RecentAttempts recent(pipeline::AdaptiveOptions{}.window);
  const auto apart =
      std::chrono::duration_cast<core::Duration>(24h * simulation.days) / simulation.calls;
  for (int number = 1; number <= simulation.calls; ++number) {
    provider.begin_call();
    pipeline::CallPlan plan;
    plan.targets = {&provider};
    plan.parsers = {&parser};
    plan.retry = drawn(dice);
    plan.prices = &prices;
    const auto began = clock.now();
    pipeline::Budget budget{12, began + 90s};
    const auto facts = facts_of(plan.retry, recent, dice);
    const int routine = 1 + dice.below(35);
    const auto turn = "sim_" + std::to_string(number);
    const auto result = planner.run(plan, {}, budget);
    for (const auto& attempt : result.attempts) {
      recent.note(facts.call_type, attempt.outcome == "ok", attempt.took);
      write(orchestrator::attempt_text(attempt, {turn, turn, routine, 1}, facts, clock.wall_now()));
    }
    (void)clock.sleep(began + apart - clock.now(), {});
  }
}

}  // namespace dugout::cli
