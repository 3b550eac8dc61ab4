// How a job ends: done, tried again with growing waits, given up, cut off by a crash.
#include <catch2/catch.hpp>

#include "jobs_fixture.hpp"

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using dugout::core::CancelToken;
using dugout::jobs::Worked;
using dugout::store::Job;
using dugout::store::JobState;
using dugout::test::JobsFixture;
using dugout::test::Json;
using dugout::test::refusal;
using namespace std::chrono_literals;

TEST_CASE("JobsTest.ToolRunsWithItsArgumentsAndItsDataIsKept") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("chase"));

  CHECK(jobs->work_once());
  CHECK_FALSE(jobs->work_once());

  CHECK(tool.arguments == std::vector<Json>{{{"a", 1}}});
  CHECK(tool.contexts[0]["session"] == "job-" + id);
  CHECK(f.read(id).state == JobState::kDone);
  CHECK(f.read(id).result == R"({"done":1})");
  CHECK((*jobs->find(id))->state == JobState::kDone);
}

TEST_CASE("JobsTest.RetryableRefusalIsTriedEightTimesWithGrowingWaitsThenGivenUp") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  tool.run = [](const Json&) { return refusal("unavailable", true, "call 07700 900123"); };
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("chase"));

  std::vector<long> waits;
  while (f.read(id).state != JobState::kFailed) {
    REQUIRE(jobs->work_once());
    if (f.read(id).state == JobState::kFailed) break;
    CHECK_FALSE(jobs->work_once());
    const auto wait = f.read(id).due_ms - f.clock.wall_now().time_since_epoch().count();
    waits.push_back(wait / 1000);
    f.clock.advance(std::chrono::milliseconds(wait - 1));
    CHECK_FALSE(jobs->work_once());
    f.clock.advance(1ms);
  }

  CHECK(waits == std::vector<long>{5, 15, 45, 135, 405, 1215, 3600});
  CHECK(tool.arguments.size() == 8);
  CHECK(f.read(id).tries == 8);
  CHECK(f.read(id).error == "unavailable: call 07*** ******");
  f.clock.advance(24h);
  CHECK_FALSE(jobs->work_once());
}

TEST_CASE("JobsTest.IdempotencyKeyStaysTheSameOverTheTriesOfAJobAndDiffersBetweenJobs") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  tool.run = [](const Json&) { return refusal("unavailable", true); };
  const auto jobs = f.make();
  REQUIRE(jobs->enqueue(f.job("chase")));
  for (int n = 0; n < 8; ++n) {
    REQUIRE(jobs->work_once());
    f.clock.advance(1h);
  }
  REQUIRE(jobs->enqueue(f.job("chase")));
  REQUIRE(jobs->work_once());

  REQUIRE(tool.contexts.size() == 9);
  for (int n = 1; n < 8; ++n) {
    const auto at = static_cast<std::size_t>(n);
    CHECK(tool.contexts[at]["idempotency_key"] == tool.contexts[0]["idempotency_key"]);
    CHECK(tool.contexts[at]["turn"] != tool.contexts[0]["turn"]);
  }
  CHECK(tool.contexts[8]["idempotency_key"] != tool.contexts[0]["idempotency_key"]);
}

TEST_CASE("JobsTest.FinalRefusalIsGivenUpAtOnceWithOneLineThatHoldsNoArguments") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  tool.run = [](const Json&) { return refusal("bad_number", false, "Helen Barlow has none"); };
  const auto jobs = f.make();
  const auto id = *jobs->enqueue({"chase", R"({"phone":"07700900123"})", "", "", 0});

  CHECK(jobs->work_once());

  CHECK(f.read(id).state == JobState::kFailed);
  REQUIRE(f.logged("jobs.given_up") == 1);
  for (const auto& line : f.lines) {
    CHECK(line.find("07700") == std::string::npos);
    CHECK(line.find("Barlow") == std::string::npos);
    if (line.find("jobs.given_up") == std::string::npos) continue;
    CHECK(line.find("chase") != std::string::npos);
    CHECK(line.find(id.substr(0, 12)) != std::string::npos);
    CHECK(line.find(id) == std::string::npos);  // an upload's id is the key to its answer
    CHECK(line.find("bad_number") != std::string::npos);
  }
}

TEST_CASE("JobsTest.BrokenToolIsTriedAgain") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("chase"));

  for (const auto code : {Code::kTimeout, Code::kInternal, Code::kUnavailable}) {
    tool.run = [code](const Json&) { return Outcome<std::string>(Error{code, "broken"}); };
    REQUIRE(jobs->work_once());
    CHECK(f.read(id).state == JobState::kWaiting);
    f.clock.advance(1h);
  }
  tool.run = dugout::test::ToolScript{}.run;
  REQUIRE(jobs->work_once());

  CHECK(f.read(id).state == JobState::kDone);
}

TEST_CASE("JobsTest.ToolWithoutEffectsIsTriedAgainToo") {
  JobsFixture f;
  auto& tool = f.tools->add("look", dugout::host::Effects::kNone);
  int runs = 0;
  tool.run = [&](const Json&) {
    return ++runs == 1 ? refusal("unavailable", true) : Outcome<std::string>(R"({"ok":true})");
  };
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("look"));
  REQUIRE(jobs->work_once());
  f.clock.advance(5s);
  REQUIRE(jobs->work_once());

  CHECK(f.read(id).state == JobState::kDone);
}

TEST_CASE("JobsTest.EventOfAToolThatIsNotThereWaitsForItsReturn") {
  JobsFixture f;
  const auto jobs = f.make();
  REQUIRE(*jobs->take("gocardless", {{"EV1", "payment_events", "{}", ""}}) == 1);
  REQUIRE(jobs->work_once());
  CHECK(f.only().state == JobState::kWaiting);
  CHECK(f.only().error.find("unknown_tool") == 0);

  f.tools->add("payment_events");
  f.clock.advance(5s);
  REQUIRE(jobs->work_once());

  CHECK(f.only().state == JobState::kDone);
}

TEST_CASE("JobsTest.RetriedJobGetsAllItsTriesAnewAndReallyRuns") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  tool.run = [](const Json&) { return refusal("unavailable", true); };
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("chase"));
  for (int round = 1; round <= 4; ++round) {
    for (int n = 0; n < 8; ++n) {
      CHECK(jobs->retry(id).error().code == Code::kConflict);
      REQUIRE(jobs->work_once());
      f.clock.advance(1h);
    }
    REQUIRE(f.read(id).state == JobState::kFailed);
    CHECK(tool.arguments.size() == static_cast<std::size_t>(8 * round));
    REQUIRE(jobs->retry(id));
  }

  tool.run = dugout::test::ToolScript{}.run;
  REQUIRE(jobs->work_once());

  CHECK(f.read(id).state == JobState::kDone);
  CHECK(jobs->retry("job_none").error().code == Code::kNotFound);
}

TEST_CASE("JobsTest.OwnKindOfWorkIsDoneInsteadOfATool") {
  JobsFixture f;
  std::vector<Job> seen;
  f.work["photo"] = [&](const Job& job, const CancelToken&) {
    seen.push_back(job);
    return Worked{true, false, R"({"kept":true})", ""};
  };
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("photo"));

  CHECK(jobs->work_once());

  REQUIRE(seen.size() == 1);
  CHECK(seen[0].id == id);
  CHECK(seen[0].arguments == R"({"a":1})");
  CHECK(f.read(id).result == R"({"kept":true})");
}

TEST_CASE("JobsTest.WorkThatThrowsIsTriedAgainAndThenGivenUp") {
  JobsFixture f;
  int runs = 0;
  f.work["photo"] = [&](const Job&, const CancelToken&) -> Worked {
    if (++runs % 2 == 0) throw 7;
    throw std::runtime_error("at 07700 900123");
  };
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("photo"));

  for (int n = 0; n < 8; ++n) {
    REQUIRE(jobs->work_once());
    f.clock.advance(1h);
  }

  CHECK(runs == 8);
  CHECK(f.read(id).state == JobState::kFailed);
  CHECK(f.read(id).error == "internal");
  CHECK(f.logged("07700") == 0);
}

TEST_CASE("JobsTest.JobCutOffByACrashIsTakenUpByTheNextProcess") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  const auto id = *f.store->enqueue(f.job("chase"));
  REQUIRE(f.store->lease_job("crashed", 2min));
  f.reopen();
  const auto jobs = f.make_on(*f.store);

  CHECK_FALSE(jobs->work_once());
  f.clock.advance(2min);
  CHECK(jobs->work_once());

  CHECK(tool.arguments.size() == 1);
  CHECK(f.read(id).state == JobState::kDone);
  CHECK(f.read(id).tries == 2);
}

TEST_CASE("JobsTest.JobThatEndsTheProcessEachTimeIsGivenUpUnrun") {
  JobsFixture f;
  auto& tool = f.tools->add("chase");
  const auto id = *f.store->enqueue(f.job("chase"));
  for (int n = 0; n < 8; ++n) {
    REQUIRE(*f.store->lease_job("crashed", 2min));
    f.clock.advance(2min);
  }
  const auto jobs = f.make();

  CHECK(jobs->work_once());

  CHECK(tool.arguments.empty());
  CHECK(f.read(id).state == JobState::kFailed);
  CHECK(f.read(id).error.find("crashed") == 0);
}
