// The options of a call between the static ones and a tuner's proposal: modes, bounds, rubbish.
#include <catch2/catch.hpp>

#include <functional>
#include <nlohmann/json.hpp>

#include "orchestrator/retry_choice.hpp"
#include "support/fake_clock.hpp"

using namespace dugout;
using namespace dugout::orchestrator;
using nlohmann::json;

namespace {

class ScriptedTuner final : public host::TunerHandle {
 public:
  explicit ScriptedTuner(Outcome<std::string> answer) : answer_(std::move(answer)) {}
  std::string_view id() const override { return "tuner.scripted"; }
  Outcome<std::string> propose(std::string_view situation) const override {
    asked.emplace_back(situation);
    return answer_;
  }
  Outcome<std::string> train(std::string_view) const override { return answer_; }

  mutable std::vector<std::string> asked;

 private:
  Outcome<std::string> answer_;
};

struct Stand {
  Stand(TunerMode mode, Outcome<std::string> answer)
      : tuner(std::make_shared<ScriptedTuner>(std::move(answer))),
        log(clock, {}, [this](std::string_view line) { lines.emplace_back(line); }),
        chooser(mode, tuner, log) {}

  test::FakeClock clock;
  std::vector<std::string> lines;
  std::shared_ptr<ScriptedTuner> tuner;
  observability::Log log;
  RetryChooser chooser;
};

std::string proposal(const json& retries, const json& delay, const json& multiplier) {
  return json{{"max_retries", retries},
              {"base_delay", delay},
              {"multiplier", multiplier},
              {"p_success", 0.9},
              {"model", "abc"}}
      .dump();
}

bool same(const pipeline::RetryOptions& a, const pipeline::RetryOptions& b) {
  return a.max_retries == b.max_retries && a.base_delay == b.base_delay &&
         a.multiplier == b.multiplier && a.max_total_delay == b.max_total_delay &&
         a.jitter == b.jitter && a.attempt_timeout == b.attempt_timeout;
}

const pipeline::RetryOptions kFixed{};
const RetryFacts kFacts{"registration", 4, 8, {30, 0.8, 1.5}, {}};

}  // namespace

TEST_CASE("RetryChoiceTest.OnTakesTheProposal") {
  Stand stand(TunerMode::kOn, proposal(2, 1.5, 3.0));

  const auto choice = stand.chooser.choose(kFixed, kFacts);

  CHECK(choice.taken);
  CHECK(choice.options.max_retries == 2);
  CHECK(choice.options.base_delay == 1.5);
  CHECK(choice.options.multiplier == 3.0);
  CHECK(choice.options.max_total_delay == kFixed.max_total_delay);
  REQUIRE(choice.proposal);
  CHECK(choice.proposal->p_success == 0.9);
  CHECK(choice.proposal->model == "abc");
}

TEST_CASE("RetryChoiceTest.ShadowNeverChangesTheOptions") {
  for (const auto& text : {proposal(0, 0.05, 1.0), proposal(5, 10.0, 4.0), std::string("rubbish"),
                           proposal(1e9, -1, 1e9)}) {
    Stand stand(TunerMode::kShadow, text);

    const auto choice = stand.chooser.choose(kFixed, kFacts);

    CHECK_FALSE(choice.taken);
    CHECK(same(choice.options, kFixed));
    CHECK(stand.tuner->asked.size() == 1);
  }
}

TEST_CASE("RetryChoiceTest.ShadowTellsTheProposalForTheLog") {
  Stand stand(TunerMode::kShadow, proposal(1, 0.5, 2.0));

  const auto choice = stand.chooser.choose(kFixed, kFacts);

  REQUIRE(choice.proposal);
  CHECK(choice.proposal->max_retries == 1);
  CHECK(choice.proposal->base_delay == 0.5);
}

TEST_CASE("RetryChoiceTest.OffAsksNobody") {
  Stand stand(TunerMode::kOff, proposal(1, 0.5, 2.0));
  const RetryChooser without(TunerMode::kOn, nullptr, stand.log);

  CHECK(same(stand.chooser.choose(kFixed, kFacts).options, kFixed));
  CHECK(same(without.choose(kFixed, kFacts).options, kFixed));
  CHECK(stand.tuner->asked.empty());
  CHECK(stand.lines.empty());
}

TEST_CASE("RetryChoiceTest.WhoWantsNoRetriesGetsNone") {
  Stand stand(TunerMode::kOn, proposal(5, 1.0, 2.0));
  auto none = kFixed;
  none.max_retries = 0;

  const auto choice = stand.chooser.choose(none, kFacts);

  CHECK(choice.options.max_retries == 0);
  CHECK_FALSE(choice.proposal);
  CHECK(stand.tuner->asked.empty());
}

TEST_CASE("RetryChoiceTest.ProposalsAreHeldInsideHardBounds") {
  struct Case {
    json retries, delay, multiplier;
    int want_retries;
    double want_delay, want_multiplier;
  };
  const Case cases[] = {{1000, 1000, 1000, 5, 10.0, 4.0},
                        {-3, -3, -3, 0, 0.05, 1.0},
                        {1e300, 1e300, 1e300, 5, 10.0, 4.0},
                        {-1e300, 0, 0, 0, 0.05, 1.0},
                        {2.6, 0.0501, 3.99, 3, 0.0501, 3.99},
                        {5, 10, 4, 5, 10.0, 4.0},
                        {18446744073709551615ULL, 1, 2, 5, 1.0, 2.0}};
  for (const auto& one : cases) {
    const auto text = proposal(one.retries, one.delay, one.multiplier);
    INFO(text);
    Stand stand(TunerMode::kOn, text);

    const auto choice = stand.chooser.choose(kFixed, kFacts);

    CHECK(choice.taken);
    CHECK(choice.options.max_retries == one.want_retries);
    CHECK(choice.options.base_delay == one.want_delay);
    CHECK(choice.options.multiplier == one.want_multiplier);
    CHECK(stand.lines.empty());
  }
}

TEST_CASE("RetryChoiceTest.RubbishCountsAsNoneWithOneWarning") {
  const std::string deep(100'000, '[');
  for (const auto& text :
       {std::string(), std::string("null"), std::string("[1,2,3]"), std::string("{}"), deep,
        std::string("{\"max_retries\":NaN,\"base_delay\":1,\"multiplier\":2}"),
        std::string("{\"max_retries\":1e999,\"base_delay\":1,\"multiplier\":2}"),
        proposal("3", 1, 2), proposal(3, nullptr, 2), proposal(3, 1, json::array()),
        "{\"a\":\"" + std::string(100'000, 'a') + "\"}"}) {
    INFO(text.substr(0, 60));
    Stand stand(TunerMode::kOn, text);

    for (int time = 0; time < 3; ++time) {
      const auto choice = stand.chooser.choose(kFixed, kFacts);
      CHECK(same(choice.options, kFixed));
      CHECK_FALSE(choice.proposal);
      CHECK_FALSE(choice.taken);
    }
    REQUIRE(stand.lines.size() == 1);
    CHECK(stand.lines[0].find("tuner.unusable") != std::string::npos);
  }
}

TEST_CASE("RetryChoiceTest.WithoutAModelTheOptionsStandAndWhoReliesOnItIsToldOnce") {
  Stand quiet(TunerMode::kShadow, Error{Code::kNotApplicable, "there is no usable model"});
  Stand none(TunerMode::kOn, Error{Code::kNotApplicable, "there is no usable model"});
  Stand broken(TunerMode::kOn, Error{Code::kInternal, "thrown"});

  for (int time = 0; time < 3; ++time) {
    CHECK(same(quiet.chooser.choose(kFixed, kFacts).options, kFixed));
    CHECK(same(none.chooser.choose(kFixed, kFacts).options, kFixed));
    CHECK(same(broken.chooser.choose(kFixed, kFacts).options, kFixed));
  }

  CHECK(quiet.lines.empty());
  CHECK(none.lines.size() == 1);
  CHECK(broken.lines.size() == 1);
}

TEST_CASE("RetryChoiceTest.TheSituationHoldsTheSeedsFeatures") {
  Stand stand(TunerMode::kShadow, proposal(1, 1, 2));
  auto facts = kFacts;
  facts.now = core::WallTime(std::chrono::milliseconds(1'759'323'600'000));  // Wed 13:00 UTC

  (void)stand.chooser.choose(kFixed, facts);

  const auto asked = json::parse(stand.tuner->asked.at(0));
  CHECK(asked == json{{"call_type", "registration"},
                      {"messages", 4},
                      {"routine", 8},
                      {"recent_success_rate", 0.8},
                      {"recent_latency", 1.5},
                      {"hour", 13},
                      {"weekday", 2},
                      {"attempt", 1},
                      {"max_retries", 3},
                      {"base_delay", 1.0},
                      {"multiplier", 2.0},
                      {"max_total_delay", 10.0},
                      {"jitter", 0.25}});
}

TEST_CASE("RetryChoiceTest.ModesHaveNames") {
  for (const auto mode : {TunerMode::kOff, TunerMode::kShadow, TunerMode::kOn}) {
    CHECK(tuner_mode_named(name_of(mode)) == mode);
  }
  CHECK_FALSE(tuner_mode_named("On"));
  CHECK_FALSE(tuner_mode_named(""));
}
