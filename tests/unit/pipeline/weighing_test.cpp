// The validators' mean and what follows from it: the seed's thresholds.
#include "pipeline/weighing.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

class FixedValidator final : public Validator {
 public:
  FixedValidator(std::string name, std::optional<double> confidence, std::string problem = "")
      : name_(std::move(name)), confidence_(confidence), problem_(std::move(problem)) {}
  std::string_view name() const override { return name_; }
  std::optional<Verdict> validate(const Parsed&, std::string_view raw,
                                  std::string_view context) const override {
    seen_raw = raw;
    seen_context = context;
    if (!confidence_) return std::nullopt;
    Verdict verdict;
    verdict.confidence = *confidence_;
    if (!problem_.empty()) verdict.problem = fails(FailureClass::kBusinessRule, problem_);
    return verdict;
  }
  mutable std::string seen_raw, seen_context;

 private:
  std::string name_;
  std::optional<double> confidence_;
  std::string problem_;
};

Weighed weighed(std::vector<std::pair<double, double>> confidences_and_weights) {
  std::vector<FixedValidator> validators;
  for (const auto& [confidence, weight] : confidences_and_weights)
    validators.emplace_back("v", confidence);
  std::vector<WeighedValidator> all;
  for (std::size_t at = 0; at < validators.size(); ++at) {
    all.push_back({&validators[at], confidences_and_weights[at].second});
  }
  return weigh(all, {}, {}, "", "");
}

using Decision = Weighed::Decision;

TEST_CASE("WeighingTest.AboveSevenTenthsIsValidBelowAHalfIsAskedAgainBetweenIsFlagged") {
  CHECK(weighed({{0.8, 1}, {0.7, 1}}).decision == Decision::kValid);
  CHECK(weighed({{0.7, 1}}).decision == Decision::kFlagged);  // not above
  CHECK(weighed({{0.5, 1}}).decision == Decision::kFlagged);  // not below
  CHECK(weighed({{0.3, 1}, {0.4, 1}}).decision == Decision::kRetry);
  CHECK(weighed({{0.8, 1}, {0.7, 1}}).confidence == Approx(0.75));
}

TEST_CASE("WeighingTest.WeightsCountAndAWeightOfNothingIsNotHeard") {
  CHECK(weighed({{1.0, 3}, {0.0, 1}}).confidence == Approx(0.75));
  const auto silent = weighed({{0.0, 0}});
  CHECK_FALSE(silent.confidence);
  CHECK(silent.decision == Decision::kValid);
}

TEST_CASE("WeighingTest.RubbishIsHeldWithinZeroAndOne") {
  CHECK(weighed({{NAN, 1}}).decision == Decision::kRetry);
  CHECK(weighed({{1e308, 1}}).confidence == Approx(1.0));
  CHECK(weighed({{-5.0, 1}}).confidence == Approx(0.0));
}

TEST_CASE("WeighingTest.TheLeastConfidentSaysWhatIsWrong") {
  const FixedValidator none("none", std::nullopt), mild("mild", 0.4, "mild"),
      worst("worst", 0.1, "worst");
  const auto out = weigh({{&none, 1}, {&mild, 1}, {&worst, 1}}, {}, {}, "raw", "{}");

  REQUIRE(out.failure);
  CHECK(out.failure->message == "worst");
  CHECK(out.verdicts.size() == 2);
  CHECK(worst.seen_raw == "raw");
}

TEST_CASE("WeighingTest.ADoubtedAnswerIsAskedForAgainAndTheUnderstudyIsNotDoubted") {
  Bench bench;
  const FixedValidator doubt("doubt", 0.1, "say more");
  bench.plan.validators = {{&doubt, 1.0}};
  ScriptedModel model("a/model", {says("ok one"), says("ok two")});
  ScriptedModel understudy("understudy", {says("ok local")}, true);

  const auto result = bench.run({&model, &understudy});

  REQUIRE(result.parsed);
  CHECK(result.target() == "understudy");
  CHECK(model.asked.size() == 2);  // asked once more, with the reason
  CHECK(result.attempts[0].outcome == "business_rule");
  CHECK(result.attempts[0].confidence == Approx(0.1));
  CHECK_FALSE(result.attempts[2].confidence);
}

TEST_CASE("WeighingTest.AFlaggedAnswerIsTakenAndMarked") {
  Bench bench;
  const FixedValidator half("half", 0.6);
  bench.plan.validators = {{&half, 1.0}};
  ScriptedModel model("a/model", {says("ok")});

  const auto result = bench.run({&model});

  REQUIRE(result.parsed);
  CHECK(result.attempts[0].flagged);
}

// Says something else at each answer.
class TalkingValidator final : public Validator {
 public:
  std::string_view name() const override { return "talking"; }
  std::optional<Verdict> validate(const Parsed&, std::string_view,
                                  std::string_view) const override {
    Verdict verdict;
    verdict.confidence = ++heard == most ? 0.9 : 0.1;
    verdict.problem = fails(FailureClass::kBusinessRule, "reason " + std::to_string(heard));
    return verdict;
  }
  mutable int heard = 0;
  int most = 0;  // the answer that is trusted
};

std::vector<std::string> notes_of(const Request& request) {
  std::vector<std::string> out;
  for (const auto& item : request.items) {
    if (item.kind == Item::Kind::kSystem) out.push_back(item.text);
  }
  return out;
}

TEST_CASE("WeighingTest.ASecondReaskCarriesOnlyTheLastReason") {
  Bench bench;
  TalkingValidator talking;
  talking.most = 3;
  bench.plan.validators = {{&talking, 1.0}};
  ScriptedModel model("a/model", {says("ok")});

  const auto result = bench.run({&model});

  REQUIRE(result.parsed);
  REQUIRE(model.asked.size() == 3);
  CHECK(notes_of(model.asked[0]).empty());
  REQUIRE(notes_of(model.asked[1]).size() == 1);
  CHECK(notes_of(model.asked[1])[0].find("reason 1") != std::string::npos);
  REQUIRE(notes_of(model.asked[2]).size() == 1);
  CHECK(notes_of(model.asked[2])[0].find("reason 2") != std::string::npos);
  CHECK(notes_of(model.asked[2])[0].find("reason 1") == std::string::npos);
}

TEST_CASE("WeighingTest.ReasksOfValidatorsAndOfTheJudgeAreCountedTogether") {
  Bench bench;
  TalkingValidator talking;
  talking.most = 2;  // doubts the first answer; the judge refuses the second
  bench.plan.validators = {{&talking, 1.0}};
  int judged = 0;
  bench.plan.judge = [&](const Parsed& parsed) -> std::optional<Failure> {
    ++judged;
    if (parsed.message == "ok local") return std::nullopt;
    return fails(FailureClass::kRoutine, "not that one");
  };
  ScriptedModel model("a/model", {says("ok")});
  ScriptedModel understudy("understudy", {says("ok local")}, true);

  const auto result = bench.run({&model, &understudy});

  CHECK(result.target() == "understudy");
  CHECK(model.asked.size() == 2);
  CHECK(judged == 2);  // not of the answer that the validators had turned down
  CHECK(bench.budget.attempts == 10);
}

}  // namespace
