// What one pass through the pipeline costs when the model answers at once: time and allocations,
// beside an empty pass that calls the same model and parser by hand.
#include <benchmark/benchmark.h>

#include "allocations.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/guarded.hpp"
#include "pipeline/timer.hpp"

namespace {

using namespace dugout;
using namespace dugout::pipeline;
using namespace std::chrono_literals;

class ReadyModel final : public Model {
 public:
  std::string_view name() const override { return "openai_responses/gpt-4.1"; }
  Attempted<Answer> ask(const Request&, core::Duration, const core::CancelToken&) override {
    Answer answer;
    answer.texts.emplace_back("Which team, please?");
    return answer;
  }
};

// The first two of the chain refuse, so that all three are called.
class ReadyParser final : public Parser {
 public:
  explicit ReadyParser(bool accepts) : accepts_(accepts) {}
  std::string_view name() const override { return accepts_ ? "raw" : "structured"; }
  Outcome<Parsed> parse(std::string_view text, std::string_view) const override {
    if (!accepts_) return Error{Code::kNotApplicable, "no JSON"};
    Parsed parsed;
    parsed.message = text;
    return parsed;
  }

 private:
  bool accepts_;
};

class SilentAdvisor final : public Advisor {
 public:
  std::string_view name() const override { return "silent"; }
  std::optional<Advice> advise(const Failure&, int, int, std::string_view) const override {
    return std::nullopt;
  }
};

class ReadyValidator final : public Validator {
 public:
  std::string_view name() const override { return "ready"; }
  std::optional<Verdict> validate(const Parsed&, std::string_view,
                                  std::string_view) const override {
    Verdict verdict;
    verdict.confidence = 0.9;
    return verdict;
  }
};

Request conversation() {
  Request request;
  request.instructions = std::string(2000, 'i');
  request.schema = R"({"type":"object"})";
  for (int turn = 0; turn < 20; ++turn) {
    Item item;
    item.text = std::string(200, 't');
    item.group = turn;
    request.items.push_back(std::move(item));
  }
  return request;
}

void count(benchmark::State& state, long before) {
  state.counters["allocations"] = benchmark::Counter(
      static_cast<double>(bench::allocations() - before), benchmark::Counter::kAvgIterations);
}

void empty_pass(benchmark::State& state) {
  ReadyModel model;
  const ReadyParser parser(true);
  const auto request = conversation();
  const auto before = bench::allocations();
  for (auto _ : state) {
    auto outcome = model.ask(request, 30s, {});
    benchmark::DoNotOptimize(parser.parse(std::get<Answer>(outcome).texts[0], request.schema));
  }
  count(state, before);
}
BENCHMARK(empty_pass);

// The request is moved back and forth, as a turn hands it over without a copy; an empty one is
// passed in, so that only the planner's own work is measured.
void pipeline_pass(benchmark::State& state) {
  core::SystemClock clock;
  core::SystemRandom random(1);
  ReadyModel model, fallback;
  const ReadyParser refuses(false), accepts(true);
  const SilentAdvisor advisor;
  CallPlan plan;
  plan.targets = {&model, &fallback};
  plan.parsers = {&refuses, &refuses, &accepts};
  plan.advisors = {&advisor, &advisor, &advisor, &advisor};
  plan.judge = [](const Parsed&) -> std::optional<Failure> { return std::nullopt; };
  const Planner planner(clock, random);
  const auto before = bench::allocations();
  for (auto _ : state) {
    Budget budget;
    budget.deadline = clock.now() + 90s;
    const auto result = planner.run(plan, Request{}, budget);
    if (!result.parsed) state.SkipWithError("no answer");
  }
  count(state, before);
}
BENCHMARK(pipeline_pass);

// The guards of a process and a plan that uses all of them.
struct Equipped {
  Equipped() {
    plan.targets = {&model, &fallback};
    plan.parsers = {&refuses, &refuses, &accepts};
    plan.advisors = {&advisor, &advisor, &advisor, &advisor};
    plan.validators = {{&validator, 1.0}, {&validator, 1.0}, {&validator, 1.0}, {&validator, 1.0}};
    plan.judge = [](const Parsed&) -> std::optional<Failure> { return std::nullopt; };
    plan.retry_budget = &load;
    plan.prices = &prices;
  }
  core::SystemClock clock;
  core::SystemRandom random{1};
  Breaker breaker{{}, clock};
  Bulkhead bulkhead{{}, clock};
  GuardedModel model{std::make_unique<ReadyModel>(), breaker, bulkhead, clock};
  GuardedModel fallback{std::make_unique<ReadyModel>(), breaker, bulkhead, clock};
  const ReadyParser refuses{false}, accepts{true};
  const SilentAdvisor advisor;
  const ReadyValidator validator;
  RetryBudget load{{}};
  const Prices prices{{"openai_responses/gpt-4.1", {2.0, 8.0}}};
  RecentAttempts recent{100};
  AnswerCache cache{{}, clock};
  const std::unique_ptr<Timer> timer = make_timer(4);
  CallPlan plan;
};

// Everything but what needs another thread or the whole request as a key.
void full_pass(benchmark::State& state) {
  Equipped all;
  const Planner planner(all.clock, all.random);
  const auto retry = all.plan.retry;
  const auto before = bench::allocations();
  for (auto _ : state) {
    all.plan.retry = adapted(retry, all.recent.of("registration"), {});
    Budget budget;
    budget.deadline = all.clock.now() + 90s;
    budget.tokens = 1'000'000;
    budget.money = 1.0;
    const auto result = planner.run(all.plan, Request{}, budget);
    if (!result.parsed) state.SkipWithError("no answer");
    all.recent.note("registration", true, result.attempts[0].took);
  }
  count(state, before);
}
BENCHMARK(full_pass);

// The same, ready to ask the second target after two seconds.
void full_pass_with_hedge(benchmark::State& state) {
  Equipped all;
  all.plan.hedge = {2s, all.timer.get()};
  const Planner planner(all.clock, all.random);
  const auto before = bench::allocations();
  for (auto _ : state) {
    Budget budget;
    budget.deadline = all.clock.now() + 90s;
    const auto result = planner.run(all.plan, Request{}, budget);
    if (!result.parsed) state.SkipWithError("no answer");
  }
  count(state, before);
}
BENCHMARK(full_pass_with_hedge);

// An answer from memory, the key of a conversation of 20 messages included.
void pass_from_memory(benchmark::State& state) {
  Equipped all;
  all.plan.cache = &all.cache;
  all.plan.cache_scope = "club/universal";
  const auto request = conversation();
  const Planner planner(all.clock, all.random);
  for (auto _ : state) {
    Budget budget;
    budget.deadline = all.clock.now() + 90s;
    const auto result = planner.run(all.plan, request, budget);
    if (!result.parsed) state.SkipWithError("no answer");
  }
}
BENCHMARK(pass_from_memory);

}  // namespace

BENCHMARK_MAIN();
