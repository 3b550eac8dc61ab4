// Recovery plugins that mean no good, from their library to the end of the call: every call ends in
// time and within its attempts, and what is broken is not entered any more.
#include <set>

#include "abi_support.hpp"
#include "orchestrator/plugin_parts.hpp"
#include "unit/pipeline/script.hpp"

namespace dugout::test {
namespace {

constexpr const char* kId = "recovery.abi_hostile";

// Each look at the wall clock costs a second, so that ten seconds pass without being waited for.
class LookedAtClock final : public core::Clock {
 public:
  core::MonoTime now() const override { return core::MonoTime(elapsed_); }
  core::WallTime wall_now() const override {
    elapsed_ += 1s;
    return core::WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed_));
  }
  bool sleep(core::Duration pause, const core::CancelToken& cancel) override {
    elapsed_ += std::max(pause, core::Duration::zero());
    return !cancel.cancelled();
  }

 private:
  mutable core::Duration elapsed_{std::chrono::hours(1)};
};

// Calls of a model that fails for ever, with the hostile strategy and the understudy.
struct Hostile {
  explicit Hostile(const std::string& fault,
                   Attempted<Answer> outcome = fails(FailureClass::kServer))
      : model("m", {std::move(outcome)}) {
    host::install_services({.clock = &clock});
    core::Findings findings;
    generation = host::load(
        {.folders = {abi_folder("hostile")}, .configs = {{kId, R"({"word":")" + fault + "\"}"}}},
        findings);
    INFO(all_text(findings));
    REQUIRE(generation->recovery("abi_hostile"));
    advisor = std::make_unique<orchestrator::PluginAdvisor>(generation->recovery("abi_hostile"));
    bench.plan.targets = {&model, &understudy};
    bench.plan.advisors = {advisor.get()};
  }
  ~Hostile() {
    advisor.reset();
    generation.reset();
    host::install_services({});
  }
  Hostile(const Hostile&) = delete;
  Hostile& operator=(const Hostile&) = delete;

  CallResult call() {
    const auto begun = clock.now();
    bench.budget.attempts = 12;
    bench.budget.deadline = begun + 90s;
    auto result = Planner(clock, bench.random).run(bench.plan, bench.request, bench.budget);
    took = clock.now() - begun;
    return result;
  }
  // "" = it may be called.
  std::string closed() const {
    const auto said = generation->recovery("abi_hostile")->advise(R"({"class":"server"})");
    return !said && said.error().code == Code::kUnavailable ? said.error().message : "";
  }

  LookedAtClock clock;
  Bench bench;
  ScriptedModel model;
  ScriptedModel understudy{"understudy", {says("ok")}, true};
  std::shared_ptr<const host::Generation> generation;
  std::unique_ptr<orchestrator::PluginAdvisor> advisor;
  core::Duration took{0};
};

int remote_attempts(const CallResult& result) {
  return static_cast<int>(std::count_if(result.attempts.begin(), result.attempts.end(),
                                        [](const auto& record) { return record.target == "m"; }));
}

}  // namespace

TEST_CASE("HostileRecoveryTest.WhateverItSaysTheCallEndsInTimeWithAnAnswer") {
  const std::string fault = GENERATE("one_more", "reask", "next_key", "raise", "negative", "huge",
                                     "beyond", "not_a_number", "rubbish", "no_action", "unheard_of",
                                     "flood", "throws", "throws_across", "slow");
  const bool broken_answer = GENERATE(false, true);
  INFO(fault << (broken_answer ? ", a broken answer" : ", a failed call"));
  Answer cut = says("{");
  cut.truncated = true;
  Hostile hostile(fault, broken_answer ? Attempted<Answer>(cut)
                                       : Attempted<Answer>(fails(FailureClass::kServer)));

  for (int call = 0; call < 5; ++call) {
    const auto result = hostile.call();

    CHECK(result.parsed);
    CHECK(result.target() == "understudy");
    CHECK(remote_attempts(result) <= 5);
    CHECK(hostile.took <= 90s);
  }
}

TEST_CASE("HostileRecoveryTest.AlwaysOneMoreGetsFiveAttemptsAndNoMore") {
  Hostile hostile("one_more");

  CHECK(remote_attempts(hostile.call()) == 5);
  CHECK(hostile.took == 0s);
}

TEST_CASE("HostileRecoveryTest.WaitsStayWithinTheirSum") {
  const std::string fault = GENERATE("negative", "huge");
  Hostile hostile(fault);

  hostile.call();

  CHECK(hostile.took <= 10s);
}

TEST_CASE("HostileRecoveryTest.WhatIsBrokenIsClosedAndTheTableDecides") {
  const std::string fault = GENERATE("beyond", "not_a_number", "rubbish", "no_action", "flood",
                                     "throws", "throws_across");
  INFO(fault);
  Hostile hostile(fault);

  const auto result = hostile.call();

  for (const auto& record : result.attempts) CHECK(record.advisor != kId);
  CHECK(remote_attempts(result) == 4);
  CHECK(hostile.took == 7s);
  CHECK_THAT(hostile.closed(), Catch::Contains("recovery.abi_hostile is quarantined"));
}

TEST_CASE("HostileRecoveryTest.SoundAdviceNobodyTakesIsNoDefect") {
  const std::string fault = GENERATE("reask", "next_key", "raise", "unheard_of", "one_more");
  INFO(fault);
  Hostile hostile(fault);

  for (int call = 0; call < 5; ++call) hostile.call();

  CHECK(hostile.closed().empty());
}

TEST_CASE("HostileRecoveryTest.TenSecondsAreWaitedForOnceAMinute") {
  Hostile hostile("slow");

  const auto first = hostile.call();
  const auto first_took = hostile.took;
  hostile.call();

  // Ten seconds of the plugin (one more look to begin with), and the waits of the table.
  CHECK(first_took == 11s + 7s);
  CHECK(first.attempts[0].advisor == "table");
  CHECK(hostile.took == 7s);
  CHECK_THAT(hostile.closed(), Catch::Contains("is quarantined"));
}

}  // namespace dugout::test
