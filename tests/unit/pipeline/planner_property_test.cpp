// Thousands of random calls with hostile advisors: whatever is answered and advised, the bounds
// hold.
#include <catch2/catch.hpp>

#include "chance.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

// Takes some of its time; never longer than it was given.
class CheckedModel final : public Model {
 public:
  CheckedModel(Chance& chance, FakeClock& clock, bool is_local, std::string name)
      : chance_(chance), clock_(clock), local_(is_local), name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  bool local() const override { return local_; }
  bool next_key(const std::vector<int>&) override { return chance_.one_in(2); }
  Attempted<Answer> ask(const Request& request, core::Duration within,
                        const core::CancelToken&) override {
    ++asked;
    within_positive = within_positive && within > core::Duration::zero();
    newest_kept = newest_kept && !request.items.empty();
    if (!local_) clock_.advance(within * chance_.below(101) / 100 / (chance_.one_in(4) ? 1 : 20));
    return random_outcome(chance_, 12);
  }
  int asked = 0;
  bool within_positive = true, newest_kept = true;

 private:
  Chance& chance_;
  FakeClock& clock_;
  bool local_;
  std::string name_;
};

// One random call and what must hold of it.
void play(unsigned seed) {
  Chance chance(seed);
  Bench bench;
  RandomFromChance random(chance);
  HostileAdvisor advisor(chance);
  std::deque<CheckedModel> models;
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
