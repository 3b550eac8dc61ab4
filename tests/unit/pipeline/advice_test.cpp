// Which advice is taken: what each action does, when it is passed over for the next strategy, and
// what is recorded of it.
#include <catch2/catch.hpp>
#include <cmath>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

using Action = Advice::Action;
using Names = std::vector<std::string>;
using Sleeps = std::vector<double>;

// A target with several API keys; each attempt is answered by the key in use.
class KeyedModel final : public Model {
 public:
  KeyedModel(std::string name, std::vector<Attempted<Answer>> by_key)
      : name_(std::move(name)), by_key_(std::move(by_key)) {}
  std::string_view name() const override { return name_; }
  bool next_key(const std::vector<int>& failed) override {
    for (int i = 0; i < static_cast<int>(by_key_.size()); ++i) {
      const int key = (in_use + i) % static_cast<int>(by_key_.size());
      if (std::find(failed.begin(), failed.end(), key) != failed.end()) continue;
      in_use = key;
      return true;
    }
    return false;
  }
  Attempted<Answer> ask(const Request&, core::Duration, const core::CancelToken&) override {
    used.push_back(in_use);
    auto outcome = by_key_[static_cast<std::size_t>(in_use)];
    if (auto* failure = std::get_if<Failure>(&outcome)) failure->key = in_use;
    return outcome;
  }

  int in_use = 0;
  std::vector<int> used;

 private:
  std::string name_;
  std::vector<Attempted<Answer>> by_key_;
};

Answer cut() {
  Answer answer = says("{");
  answer.truncated = true;
  return answer;
}

FunctionAdvisor named(std::string name, Action action) {
  return FunctionAdvisor(std::move(name), [=](const Failure&, int, int) {
    Advice advice;
    advice.action = action;
    advice.why = "a reason";
    return std::optional<Advice>(advice);
  });
}

FunctionAdvisor raises(double factor, double start, double ceiling) {
  return FunctionAdvisor("raise", [=](const Failure&, int, int) {
    Advice advice;
    advice.action = Action::kRaiseOutputLimit;
    advice.output_factor = factor;
    advice.output_start = start;
    advice.output_ceiling = ceiling;
    return std::optional<Advice>(advice);
  });
}

Names actions_of(const CallResult& result) {
  Names names;
  for (const auto& record : result.attempts) names.push_back(record.action);
  return names;
}

}  // namespace

TEST_CASE("AdviceTest.ReaskTellsWhatWasWrongAtOnceOnTheSameTarget") {
  Bench bench;
  ScriptedModel first("first", {says("broken"), says("ok")}), second("second", {says("ok")});
  const auto advisor = always(Action::kReask);

  const auto result = bench.run({&first, &second}, {&advisor});

  CHECK(targets_of(result) == Names{"first", "first"});
  CHECK(bench.clock.sleeps().empty());
  CHECK(result.attempts[0].action == "reask");
  CHECK(result.attempts[0].advisor == "always");
  CHECK(first.asked[1].items.back().text.find("not valid JSON") != std::string::npos);
}

TEST_CASE("AdviceTest.ReaskIsPassedOverWhenNoAnswerCame") {
  const auto cls =
      GENERATE(FailureClass::kServer, FailureClass::kQuota, FailureClass::kContextLength);
  Bench bench;
  ScriptedModel first("first", {fails(cls), says("ok")}), second("second", {says("ok")});
  const auto reask = named("reask", Action::kReask);
  const auto next = named("next", Action::kNextTarget);

  const auto result = bench.run({&first, &second}, {&reask, &next});

  CHECK(targets_of(result) == Names{"first", "second"});
  CHECK(result.attempts[0].advisor == "next");
  CHECK(result.attempts[0].why == "a reason; passed over: reask (no answer to put right)");
}

TEST_CASE("AdviceTest.ReaskForEverIsBounded") {
  Bench bench;
  ScriptedModel model("m", {says("broken")});
  const auto advisor = always(Action::kReask);

  bench.run({&model}, {&advisor});

  CHECK(model.asked.size() == 5);
}

TEST_CASE("AdviceTest.OutputLimitIsRaisedOncePerCall") {
  Bench bench;
  bench.request.max_output_tokens = 900;
  ScriptedModel first("first", {cut()}), second("second", {says("ok")});
  const auto advisor = raises(2, 4096, 16'384);

  const auto result = bench.run({&first, &second}, {&advisor});

  CHECK(targets_of(result) == Names{"first", "first", "second"});
  CHECK(bench.clock.sleeps().empty());
  CHECK(first.asked[1].max_output_tokens == 1800);
  CHECK(second.asked[0].max_output_tokens == 1800);
  CHECK(actions_of(result) == Names{"raise_output_limit", "next_target", ""});
  CHECK(result.attempts[1].why == "passed over: raise (the limit was raised once)");
  CHECK(result.attempts[1].advisor == "table");
}

TEST_CASE("AdviceTest.OutputLimitStartsAtTheAdviceWhenTheRequestHasNone") {
  Bench bench;
  ScriptedModel model("m", {cut(), says("ok")});
  const auto advisor = raises(1.5, 1000, 9000);

  CHECK(bench.run({&model}, {&advisor}).parsed);
  CHECK(model.asked[1].max_output_tokens == 1500);
}

TEST_CASE("AdviceTest.OutputLimitHoldsTheCeilingAndOddNumbers") {
  struct Row {
    double factor, start, ceiling;
    int limit;  // 0 = not raised
  };
  for (const auto& [factor, start, ceiling, limit] :
       {Row{2, 1000, 1500, 1500}, Row{2, 1500, 1500, 0}, Row{2, 2000, 1500, 0},
        Row{0.5, 1000, 9000, 0}, Row{NAN, 1000, 9000, 0}, Row{-3, 1000, 9000, 0},
        Row{INFINITY, 1000, 1e300, 100'000}, Row{1e300, 1e5, INFINITY, 1'000'000},
        Row{2, NAN, 9000, 2}, Row{2, -5, 9000, 2}, Row{2, 1000, NAN, 0}, Row{2, 1e300, 1e300, 0}}) {
    CAPTURE(factor, start, ceiling);
    Bench bench;
    ScriptedModel model("m", {cut(), says("ok")});
    const auto advisor = raises(factor, start, ceiling);

    bench.run({&model}, {&advisor});

    const bool raised = model.asked.size() == 2 && model.asked[1].max_output_tokens.has_value();
    CHECK((raised ? *model.asked[1].max_output_tokens : 0) == limit);
  }
}

TEST_CASE("AdviceTest.OutputLimitIsForCutAnswersOnly") {
  Bench bench;
  ScriptedModel model("m", {says("broken"), says("ok")});
  const auto raise = raises(2, 1000, 9000);
  const auto reask = named("reask", Action::kReask);

  const auto result = bench.run({&model}, {&raise, &reask});

  CHECK_FALSE(model.asked[1].max_output_tokens);
  CHECK(result.attempts[0].action == "reask");
  CHECK(result.attempts[0].why == "a reason; passed over: raise (the answer was not cut off)");
}

TEST_CASE("AdviceTest.NextKeyAsksTheSameTargetAtOnceAndStays") {
  const auto cls =
      GENERATE(FailureClass::kQuota, FailureClass::kAuthentication, FailureClass::kRateLimit);
  Bench bench;
  auto slow_down = fails(cls);
  slow_down.retry_after = 90s;  // said to the first key
  slow_down.should_retry = false;
  KeyedModel first("first", {slow_down, says("ok")});
  ScriptedModel second("second", {says("ok")});
  const auto advisor = named("keys", Action::kNextKey);

  const auto result = bench.run({&first, &second}, {&advisor});
  const auto later = bench.run({&first, &second}, {&advisor});

  CHECK(targets_of(result) == Names{"first", "first"});
  CHECK(actions_of(result) == Names{"next_key", ""});
  CHECK(bench.clock.sleeps().empty());
  CHECK(later.attempts.size() == 1);
  CHECK(first.used == std::vector<int>{0, 1, 1});
}

TEST_CASE("AdviceTest.KeysAreTriedOnceRoundThenTheNextStrategyIsHeard") {
  Bench bench;
  KeyedModel first("first", {fails(FailureClass::kQuota), fails(FailureClass::kQuota),
                             fails(FailureClass::kQuota)});
  first.in_use = 1;
  ScriptedModel second("second", {says("ok")});
  const auto keys = named("keys", Action::kNextKey);
  const auto next = named("next", Action::kNextTarget);

  const auto result = bench.run({&first, &second}, {&keys, &next});

  CHECK(first.used == std::vector<int>{1, 2, 0});
  CHECK(targets_of(result) == Names{"first", "first", "first", "second"});
  CHECK(result.attempts[2].advisor == "next");
  CHECK(result.attempts[2].why == "a reason; passed over: keys (no other key)");
}

TEST_CASE("AdviceTest.AKeyThatSomebodyElseChangedIsNotChangedAgain") {
  Bench bench;
  KeyedModel model("m", {fails(FailureClass::kQuota), says("ok"), says("ok")});
  bool changed = false;
  const FunctionAdvisor advisor("keys", [&](const Failure&, int, int) {
    if (!changed) model.in_use = 1;  // another call, while this one's attempt was under way
    changed = true;
    Advice advice;
    advice.action = Action::kNextKey;
    return std::optional<Advice>(advice);
  });

  CHECK(bench.run({&model}, {&advisor}).parsed);
  CHECK(model.used == std::vector<int>{0, 1});
}

TEST_CASE("AdviceTest.OneKeyOrAWrongAnswerPassesNextKeyOver") {
  const bool wrong_answer = GENERATE(false, true);
  Bench bench;
  ScriptedModel first("first", {wrong_answer ? Attempted<Answer>(says("broken"))
                                             : Attempted<Answer>(fails(FailureClass::kQuota))});
  ScriptedModel second("second", {says("ok")});
  const auto keys = named("keys", Action::kNextKey);
  const auto next = named("next", Action::kNextTarget);

  const auto result = bench.run({&first, &second}, {&keys, &next});

  CHECK(result.attempts[0].advisor == "next");
  CHECK(result.attempts[0].why.find(wrong_answer ? "keys (no key mends an answer)"
                                                 : "keys (no other key)") != std::string::npos);
}

TEST_CASE("AdviceTest.RecognisedPatternsCountAsKnownThoughNothingCouldBeDone") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kUnknown)});
  bench.plan.retry.base_delay = 0.1;
  const auto keys = named("keys", Action::kNextKey);

  bench.run({&model}, {&keys});

  CHECK(model.asked.size() == 5);
}

TEST_CASE("AdviceTest.EverybodyPassedOverLeavesTheTableAndSaysWhom") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kServer), says("ok")});
  bench.request.items.resize(1);
  const auto history = named("history", Action::kTruncateHistory);
  const auto next = named("next", Action::kNextTarget);

  const auto result = bench.run({&model}, {&history, &next});

  CHECK(bench.clock.sleeps() == Sleeps{1});
  CHECK(result.attempts[0].advisor == "table");
  CHECK(result.attempts[0].action == "retry");
  CHECK(result.attempts[0].why == "passed over: history (nothing to drop), next (no other target)");
}

TEST_CASE("AdviceTest.AStrategyThatTakesItsTimeDoesNotMoveTheDeadline") {
  Bench bench;
  bench.budget.deadline = bench.clock.now() + 15s;
  const auto begun = bench.clock.now();
  ScriptedModel model("m", {fails(FailureClass::kServer)});
  const FunctionAdvisor slow("slow", [&](const Failure&, int, int) {
    bench.clock.advance(10s);
    Advice advice;
    advice.wait_multiplier = 5;
    return std::optional<Advice>(advice);
  });

  const auto result = bench.run({&model}, {&slow});

  CHECK(model.asked.size() == 1);
  CHECK(result.attempts[0].why == "the wait would pass the deadline of the turn");
  CHECK(bench.clock.now() - begun == 10s);
}
