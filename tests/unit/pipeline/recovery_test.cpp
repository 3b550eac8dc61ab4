// The rows of the class table and the advice of recovery strategies, seen through whole calls.
#include "pipeline/recovery.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

using Action = Advice::Action;
using Sleeps = std::vector<double>;
using Names = std::vector<std::string>;

// A first target that fails by `script`, a second one that answers.
struct TwoTargets : Bench {
  explicit TwoTargets(std::deque<Attempted<Answer>> script) : first("first", std::move(script)) {}
  CallResult go(std::vector<const Advisor*> advisors = {}) {
    return run({&first, &second}, std::move(advisors));
  }
  ScriptedModel first;
  ScriptedModel second{"second", {says("ok")}};
};

std::string note(const Request& request) {
  return request.items.back().kind == Item::Kind::kSystem ? request.items.back().text : "";
}

int notes(const Request& request) {
  int count = 0;
  for (const auto& item : request.items) count += item.kind == Item::Kind::kSystem ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("RecoveryTest.HopelessClassesGoToTheNextTargetAtOnce") {
  const auto cls = GENERATE(FailureClass::kQuota, FailureClass::kAuthentication,
                            FailureClass::kInvalidRequest, FailureClass::kRefusal);
  TwoTargets bench({fails(cls)});

  const auto result = bench.go();

  CHECK(targets_of(result) == Names{"first", "second"});
  CHECK(bench.clock.sleeps().empty());
}

TEST_CASE("RecoveryTest.NoAdviceKeepsAHopelessClassOnItsTarget") {
  const auto cls = GENERATE(FailureClass::kQuota, FailureClass::kAuthentication,
                            FailureClass::kInvalidRequest, FailureClass::kRefusal);
  const auto action = GENERATE(Action::kWait, Action::kTruncateHistory, Action::kSimplifyPrompt);
  Bench bench;
  ScriptedModel model("m", {fails(cls)});
  const auto advisor = always(action);

  CHECK(bench.run({&model}, {&advisor}).failure);
  CHECK(model.asked.size() == 1);
}

TEST_CASE("RecoveryTest.ContextLengthRetriesTheTargetOnlyWithAShorterHistory") {
  TwoTargets bench({fails(FailureClass::kContextLength), says("ok")});
  const auto advisor = always(Action::kTruncateHistory);

  const auto result = bench.go({&advisor});

  CHECK(targets_of(result) == Names{"first", "first"});
  CHECK(bench.clock.sleeps().empty());
  CHECK(bench.first.asked[0].items.size() == 4);
  CHECK(bench.first.asked[1].items.size() == 2);
  CHECK(result.attempts[0].action == "truncate_history");
}

TEST_CASE("RecoveryTest.ContextLengthWithoutAdviceOrWithNothingToDropGoesOn") {
  const auto advisor = always(Action::kTruncateHistory);
  const bool advised = GENERATE(false, true);
  TwoTargets bench({fails(FailureClass::kContextLength)});
  bench.request.items.resize(1);

  const auto result =
      bench.go(advised ? std::vector<const Advisor*>{&advisor} : std::vector<const Advisor*>{});

  CHECK(targets_of(result) == Names{"first", "second"});
}

TEST_CASE("RecoveryTest.ContextLengthIsNotRetriedByWaiting") {
  TwoTargets bench({fails(FailureClass::kContextLength)});
  const auto advisor = always(Action::kWait);

  CHECK(targets_of(bench.go({&advisor})) == Names{"first", "second"});
}

TEST_CASE("RecoveryTest.ParseFailureIsToldInOneItem") {
  Bench bench;
  ScriptedModel model("m", {says("secret broken text"), says("missing"), says("ok")});

  const auto result = bench.run({&model});

  CHECK(result.parsed);
  CHECK(bench.clock.sleeps() == Sleeps{1, 2});
  CHECK(notes(model.asked[0]) == 0);
  CHECK(note(model.asked[1]).find("not valid JSON") != std::string::npos);
  CHECK(note(model.asked[2]).find("no agent_final_response") != std::string::npos);
  CHECK(notes(model.asked[2]) == 1);
  for (const auto& request : model.asked) {
    for (const auto& item : request.items) CHECK(item.text.find("secret") == std::string::npos);
  }
}

TEST_CASE("RecoveryTest.NoteStaysThroughAFailureOfTheCall") {
  Bench bench;
  ScriptedModel model("m", {says("broken"), fails(FailureClass::kTimeout), says("ok")});

  bench.run({&model});

  CHECK(notes(model.asked[2]) == 1);
  CHECK(note(model.asked[2]).find("not valid JSON") != std::string::npos);
}

TEST_CASE("RecoveryTest.NoteSurvivesAShorterHistory") {
  Bench bench;
  const FunctionAdvisor advisor("history", [](const Failure& failure, int, int) {
    Advice advice;
    advice.action = Action::kTruncateHistory;
    return failure.cls == FailureClass::kContextLength ? std::optional<Advice>(advice)
                                                       : std::nullopt;
  });
  ScriptedModel model(
      "m", {says("broken"), fails(FailureClass::kContextLength), says("missing"), says("ok")});

  bench.run({&model}, {&advisor});

  REQUIRE(model.asked.size() == 4);
  CHECK(model.asked[2].items.size() == 3);
  CHECK(notes(model.asked[2]) == 1);
  CHECK(notes(model.asked[3]) == 1);
  CHECK(model.asked[3].items[1].text == "message 4");
}

TEST_CASE("RecoveryTest.UnderstudySeesNoNote") {
  Bench bench;
  ScriptedModel model("m", {says("broken")});
  ScriptedModel understudy("understudy", {says("ok")}, true);

  bench.run({&model, &understudy});

  REQUIRE(understudy.asked.size() == 1);
  CHECK(notes(understudy.asked[0]) == 0);
  CHECK(understudy.asked[0].items.size() == 4);
}

TEST_CASE("RecoveryTest.ParseFailureStaysOnItsTarget") {
  TwoTargets bench({says("broken")});

  CHECK(targets_of(bench.go()) == Names{"first", "first", "first", "first"});
}

TEST_CASE("RecoveryTest.TruncatedAnswerGoesToTheNextTargetWithoutTalkOfJson") {
  Answer cut = says("{");
  cut.truncated = true;
  TwoTargets bench({cut});

  const auto result = bench.go();

  CHECK(targets_of(result) == Names{"first", "second"});
  CHECK(result.attempts[0].outcome == "truncated");
  CHECK(note(bench.second.asked[0]).find("JSON") == std::string::npos);
}

TEST_CASE("RecoveryTest.TruncatedAnswerStaysWhenTheRequestWasSimplified") {
  Answer cut = says("{");
  cut.truncated = true;
  TwoTargets bench({cut, says("ok")});
  const auto advisor = always(Action::kSimplifyPrompt);

  const auto result = bench.go({&advisor});

  CHECK(targets_of(result) == Names{"first", "first"});
  CHECK(result.attempts[0].action == "simplify_prompt");
}

TEST_CASE("RecoveryTest.ValidationIsAskedAgainOnceAtOnceThenTheUnderstudy") {
  Bench bench;
  ScriptedModel model("m", {says("ok")});
  ScriptedModel understudy("understudy", {says("ok understudy")}, true);
  bench.plan.judge = [](const Parsed& parsed) -> std::optional<Failure> {
    if (parsed.message == "ok understudy") return std::nullopt;
    return fails(FailureClass::kRoutine, "routine_number must be 5.");
  };

  const auto result = bench.run({&model, &understudy});

  CHECK(targets_of(result) == Names{"m", "m", "understudy"});
  CHECK(bench.clock.sleeps().empty());
  CHECK(note(model.asked[1]).find("routine_number must be 5.") != std::string::npos);
  CHECK(result.attempts[1].why == "it was asked again once already");
}

TEST_CASE("RecoveryTest.ValidationWithoutUnderstudyIsBoundedByTheAttempts") {
  Bench bench;
  ScriptedModel model("m", {says("ok")});
  bench.plan.judge = [](const Parsed&) { return fails(FailureClass::kField, "no"); };

  const auto result = bench.run({&model});

  CHECK(model.asked.size() == 4);
  CHECK(result.failure->cls == FailureClass::kField);
  CHECK_FALSE(result.parsed);
}

TEST_CASE("RecoveryTest.RecognisedPatternGetsUpToFiveAttempts") {
  Bench bench;
  bench.plan.retry.base_delay = 0.1;
  ScriptedModel model("m", {fails(FailureClass::kRateLimit)});
  const auto advisor = always(Action::kWait, 2.0);

  const auto result = bench.run({&model}, {&advisor});

  CHECK(model.asked.size() == 5);
  CHECK(bench.clock.sleeps() == Sleeps{0.2, 0.4, 0.8, 1.6});
  CHECK(result.attempts[0].advisor == "always");
  CHECK(result.attempts[0].why == "scripted advice");
}

TEST_CASE("RecoveryTest.UnknownAndUnrecognisedGetsThreeAttempts") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kUnknown)});

  bench.run({&model});

  CHECK(model.asked.size() == 3);
}

TEST_CASE("RecoveryTest.NoRetriesMeansNoneForStrategiesToo") {
  Bench bench;
  bench.plan.retry.max_retries = 0;
  ScriptedModel model("m", {fails(FailureClass::kRateLimit)});
  const auto advisor = always(Action::kWait);

  bench.run({&model}, {&advisor});

  CHECK(model.asked.size() == 1);
}

TEST_CASE("RecoveryTest.RateLimitFactorGivesThreeSixOne") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kRateLimit)});
  const auto advisor = always(Action::kWait, 3.0);

  bench.run({&model}, {&advisor});

  CHECK(bench.clock.sleeps() == Sleeps{3, 6, 1});
  CHECK(model.asked.size() == 4);
}

TEST_CASE("RecoveryTest.FirstAdvisorThatRecognisesIsHeard") {
  TwoTargets bench({fails(FailureClass::kServer)});
  const FunctionAdvisor silent("silent", [](const Failure&, int, int) { return std::nullopt; });
  const auto next = always(Action::kNextTarget);
  const auto stop = always(Action::kStop);

  const auto result = bench.go({&silent, &next, &stop});

  CHECK(targets_of(result) == Names{"first", "second"});
  CHECK(bench.clock.sleeps().empty());
}

TEST_CASE("RecoveryTest.AdvisorsSeeAttemptAndRepeats") {
  Bench bench;
  std::vector<std::pair<int, int>> seen;
  const FunctionAdvisor advisor("watch", [&](const Failure&, int attempt, int repeats) {
    seen.emplace_back(attempt, repeats);
    return std::nullopt;
  });
  ScriptedModel model("m", {fails(FailureClass::kServer), fails(FailureClass::kTimeout),
                            fails(FailureClass::kServer), says("ok")});

  bench.run({&model}, {&advisor});

  CHECK(seen == std::vector<std::pair<int, int>>{{1, 1}, {2, 1}, {3, 2}});
}

TEST_CASE("RecoveryTest.NextTargetAdviceWithoutAnotherRemoteTakesTheUnderstudy") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kOverloaded)});
  ScriptedModel understudy("understudy", {says("ok")}, true);
  const auto advisor = always(Action::kNextTarget);

  CHECK(targets_of(bench.run({&model, &understudy}, {&advisor})) == Names{"m", "understudy"});
}

TEST_CASE("RecoveryTest.NextTargetAdviceWithNoOtherTargetRetriesTheSameAfterAWait") {
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kOverloaded), says("ok")});
  const auto advisor = always(Action::kNextTarget);

  CHECK(bench.run({&model}, {&advisor}).parsed);
  CHECK(bench.clock.sleeps() == Sleeps{1});
}

TEST_CASE("RecoveryTest.StopAdviceEndsRemoteAttempts") {
  TwoTargets bench({fails(FailureClass::kServer)});
  const auto advisor = always(Action::kStop);

  const auto result = bench.go({&advisor});

  CHECK(targets_of(result) == Names{"first"});
  CHECK(result.attempts[0].action == "stop");
}

TEST_CASE("RecoveryTest.SimplifyPromptIsDoneOnceAndRestatesTheSchema") {
  Bench bench;
  ScriptedModel model("m", {says("broken")});
  const auto advisor = always(Action::kSimplifyPrompt);

  const auto result = bench.run({&model}, {&advisor});

  REQUIRE(model.asked.size() >= 3);
  CHECK(model.asked[0].instructions == "long instructions");
  CHECK(model.asked[1].instructions.substr(0, 5) == "short");
  CHECK(model.asked[1].instructions.find(bench.request.schema) != std::string::npos);
  CHECK(model.asked[2].instructions == model.asked[1].instructions);
  CHECK(result.attempts[0].action == "simplify_prompt");
  CHECK(result.attempts[1].action == "retry");
}

TEST_CASE("RecoveryTest.SimplifyKeepsInstructionsThatHaveNoShortForm") {
  Bench bench;
  bench.request.short_instructions.clear();
  ScriptedModel model("m", {says("broken"), says("ok")});
  const auto advisor = always(Action::kSimplifyPrompt);

  bench.run({&model}, {&advisor});

  CHECK(model.asked[1].instructions.find("long instructions") == 0);
}

TEST_CASE("RecoveryTest.OddNumbersInAdviceAreHeldInBounds") {
  const double odd = GENERATE(std::nan(""), -1e300, 1e300, INFINITY, -INFINITY);
  const auto action = GENERATE(Action::kWait, Action::kTruncateHistory);
  Bench bench;
  ScriptedModel model("m", {fails(FailureClass::kServer)});
  const auto advisor = always(action, odd, odd);

  bench.run({&model}, {&advisor});

  double total = 0;
  for (const double wait : bench.clock.sleeps()) total += wait;
  CHECK(total <= 10.0 + 1e-6);
  CHECK(model.asked.size() <= 5);
}
