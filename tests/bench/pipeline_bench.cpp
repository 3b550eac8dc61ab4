// What one pass through the pipeline costs when the model answers at once: time and allocations,
// beside an empty pass that calls the same model and parser by hand.
#include <benchmark/benchmark.h>

#include "allocations.hpp"
#include "pipeline/call.hpp"

namespace {

using namespace dugout;
using namespace dugout::pipeline;
using namespace std::chrono_literals;

class ReadyModel final : public Model {
 public:
  std::string_view name() const override { return "openai_responses/gpt-4.1"; }
  Attempted<Answer> ask(const Request&, core::Duration) override {
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
    auto outcome = model.ask(request, 30s);
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

}  // namespace

BENCHMARK_MAIN();
