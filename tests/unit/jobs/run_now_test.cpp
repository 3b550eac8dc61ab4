// `dugout jobs run`: a tool at once, for real or dry.
#include <catch2/catch.hpp>

#include "jobs_fixture.hpp"

using dugout::Code;
using dugout::store::JobState;
using dugout::test::JobsFixture;
using dugout::test::Json;
using dugout::test::refusal;
using namespace std::chrono_literals;

TEST_CASE("JobsRunNowTest.ToolRunsAsADoneJobAndAnswers") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");

  const auto answer = f.make()->run_now("chase", false);

  REQUIRE(answer);
  CHECK(Json::parse(*answer) == Json{{"ok", true}, {"data", {{"done", 1}}}});
  CHECK(tool.arguments == std::vector<Json>{Json::object()});
  CHECK(f.only().state == JobState::kDone);
  CHECK(f.only().lane == "tool:chase");
}

TEST_CASE("JobsRunNowTest.EachRunIsAnEffectOfItsOwn") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  const auto jobs = f.make();

  CHECK(jobs->run_now("chase", false));
  CHECK(jobs->run_now("chase", false));

  CHECK(tool.arguments.size() == 2);
}

TEST_CASE("JobsRunNowTest.RefusalIsTheAnswerAndIsNotTriedAgain") {
  JobsFixture f;
  f.tools->add("chase").run = [](const Json&) { return refusal("unavailable", true); };
  const auto jobs = f.make();

  const auto answer = jobs->run_now("chase", false);

  REQUIRE(answer);
  CHECK(Json::parse(*answer)["error"]["code"] == "unavailable");
  CHECK(f.only().state == JobState::kFailed);
  f.clock.advance(2h);
  CHECK_FALSE(jobs->work_once());
}

TEST_CASE("JobsRunNowTest.ToolThatRunsElsewhereIsNotStarted") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  REQUIRE(f.store->begin_job({"chase", "{}", "", "tool:chase", 0}, "elsewhere", 1min));

  const auto answer = f.make()->run_now("chase", false);

  CHECK(answer.error().code == Code::kConflict);
  CHECK(tool.arguments.empty());
}

TEST_CASE("JobsRunNowTest.LeaseLastsForTheToolsWholeTime") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  tool.declaration.timeout_ms = 600'000;
  std::int64_t lease_ms = 0;
  tool.run = [&](const Json&) {
    lease_ms = f.only().lease_ms;
    return dugout::Outcome<std::string>(R"({"ok":true,"data":{}})");
  };

  REQUIRE(f.make()->run_now("chase", false));

  CHECK(lease_ms == dugout::test::FakeClock::kStartMs + 3'600'000 + 660'000);
}

TEST_CASE("JobsRunNowTest.DryRunIsToldSoAndLeavesNoTrace") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  tool.declaration.arguments = R"({"type":"object","properties":{"dry_run":{"type":"boolean"}}})";
  f.faulty.heal();

  const auto answer = f.make()->run_now("chase", true);

  REQUIRE(answer);
  CHECK(Json::parse(*answer)["ok"] == true);
  CHECK(tool.arguments == std::vector<Json>{{{"dry_run", true}}});
  CHECK(f.store->jobs({})->empty());
  CHECK(f.faulty.calls() == 0);  // neither a job nor a line in the journal
}

TEST_CASE("JobsRunNowTest.DryRunOfAToolThatHasNoneIsRefusedUnrun") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  const auto jobs = f.make();

  for (const char* schema :
       {R"({"type":"object"})", R"({"type":"object","properties":{}})", "no"}) {
    tool.declaration.arguments = schema;
    const auto answer = jobs->run_now("chase", true);
    CHECK(answer.error().code == Code::kNotApplicable);
    CHECK(answer.error().message.find("chase has no dry run") == 0);
  }
  CHECK(tool.arguments.empty());
  CHECK(jobs->run_now("nosuch", true).error().code == Code::kNotFound);
  CHECK(jobs->run_now("nosuch", false).error().code == Code::kNotFound);
}
