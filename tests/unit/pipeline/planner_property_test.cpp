// Thousands of random calls with hostile advisors: whatever is answered and advised, the bounds
// hold.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(engine_); }
  bool one_in(int n) { return below(n) == 0; }
  double odd_number() {
    static constexpr double kOdd[] = {0.0, -1.0, 1e9, -1e308,   1e308,
                                      0.5, 3.0,  NAN, INFINITY, -INFINITY};
    return kOdd[below(10)];
  }

 private:
  std::mt19937 engine_;
};

Attempted<Answer> random_outcome(Chance& chance) {
  if (chance.one_in(12)) return says("ok");
  if (chance.one_in(20)) {
    Answer answer;
    answer.tool_calls = {{"call", "tool", "{}"}};
    return answer;
  }
  if (chance.one_in(3)) {
    static const char* kTexts[] = {"broken", "missing", "cut", "blank", "array", "prose", ""};
    auto answer = says(kTexts[chance.below(7)]);
    answer.refused = chance.one_in(8);
    answer.truncated = chance.one_in(8);
    return answer;
  }
  auto failure = fails(static_cast<FailureClass>(chance.below(static_cast<int>(kFailureClasses))));
  if (chance.one_in(3))
    failure.retry_after = std::chrono::milliseconds(chance.below(90'000) - 5'000);
  if (chance.one_in(4)) failure.should_retry = chance.one_in(2);
  return failure;
}

// Takes some of its time; never longer than it was given.
class RandomModel final : public Model {
 public:
  RandomModel(Chance& chance, FakeClock& clock, bool is_local, std::string name)
      : chance_(chance), clock_(clock), local_(is_local), name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  bool local() const override { return local_; }
  Attempted<Answer> ask(const Request& request, core::Duration within) override {
    ++asked;
    within_positive = within_positive && within > core::Duration::zero();
    newest_kept = newest_kept && !request.items.empty();
    if (!local_) clock_.advance(within * chance_.below(101) / 100 / (chance_.one_in(4) ? 1 : 20));
    return random_outcome(chance_);
  }
  int asked = 0;
  bool within_positive = true, newest_kept = true;

 private:
  Chance& chance_;
  FakeClock& clock_;
  bool local_;
  std::string name_;
};

class HostileAdvisor final : public Advisor {
 public:
  explicit HostileAdvisor(Chance& chance) : chance_(chance) {}
  std::string_view name() const override { return "hostile"; }
  std::optional<Advice> advise(const Failure&, int, int, std::string_view) const override {
    if (chance_.one_in(4)) return std::nullopt;
    Advice advice;
    advice.action = static_cast<Advice::Action>(chance_.below(5));
    advice.wait_multiplier = chance_.odd_number();
    advice.fraction = chance_.odd_number();
    advice.why = std::string(1000, 'x');
    return advice;
  }

 private:
  Chance& chance_;
};

class RandomFromChance final : public core::Random {
 public:
  explicit RandomFromChance(Chance& chance) : chance_(chance) {}
  double unit() override { return chance_.below(1000) / 1000.0; }

 private:
  Chance& chance_;
};

// One random call and what must hold of it.
void play(unsigned seed) {
  Chance chance(seed);
  Bench bench;
  RandomFromChance random(chance);
  HostileAdvisor advisor(chance);
  std::deque<RandomModel> models;
  const int remotes = chance.below(4);
  for (int i = 0; i < remotes; ++i) {
    models.emplace_back(chance, bench.clock, false, "remote" + std::to_string(i));
  }
  if (chance.one_in(2)) models.emplace_back(chance, bench.clock, true, "understudy");
  for (auto& model : models) bench.plan.targets.push_back(&model);
  bench.plan.advisors = {&advisor};
  bench.plan.retry.max_retries = chance.below(12);
  bench.plan.retry.base_delay = chance.below(50) / 10.0;
  bench.plan.retry.multiplier = chance.below(50) / 10.0;
  bench.plan.retry.jitter = chance.below(11) / 10.0;
  bench.plan.retry.max_total_delay = chance.below(30);
  bench.budget.attempts = chance.below(14);
  const auto window = std::chrono::milliseconds(chance.below(120'000));
  const auto start = bench.clock.now();
  bench.budget.deadline = start + window;
  const int granted = bench.budget.attempts;
  if (chance.one_in(3)) {
    bench.plan.judge = [&](const Parsed&) -> std::optional<Failure> {
      if (chance.one_in(2)) return std::nullopt;
      return fails(FailureClass::kField, "no");
    };
  }

  const auto result = Planner(bench.clock, random).run(bench.plan, bench.request, bench.budget);

  INFO("seed " << seed);
  int remote_asked = 0, asked = 0;
  for (const auto& model : models) {
    asked += model.asked;
    if (!model.local()) remote_asked += model.asked;
    REQUIRE(model.within_positive);
    REQUIRE(model.newest_kept);
    if (model.local()) REQUIRE(model.asked <= 1);
  }
  REQUIRE(remote_asked <= granted);
  REQUIRE(remote_asked == granted - bench.budget.attempts);
  REQUIRE(remote_asked <= std::max({bench.plan.retry.max_retries + 1, 5}));
  REQUIRE(bench.clock.now() - start <= window);
  REQUIRE(result.attempts.size() == static_cast<std::size_t>(asked));
  const int finals =
      (result.parsed ? 1 : 0) + (result.tool_calls.empty() ? 0 : 1) + (result.failure ? 1 : 0);
  REQUIRE(finals == 1);
  for (const auto& record : result.attempts) REQUIRE(record.why.size() <= 200);
}

}  // namespace

TEST_CASE("PlannerPropertyTest.BoundsHoldForRandomCallsWithHostileAdvisors") {
  for (unsigned seed = 1; seed <= 5000; ++seed) play(seed);
}
