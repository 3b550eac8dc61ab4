// Events, lanes, leases, threads, and a store that fails.
#include "jobs/jobs.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "jobs/leases.hpp"
#include "jobs_fixture.hpp"

using dugout::core::CancelToken;
using dugout::jobs::Event;
using dugout::jobs::Leases;
using dugout::jobs::Worked;
using dugout::store::Job;
using dugout::store::JobState;
using dugout::test::JobsFixture;
using dugout::test::Json;
using namespace std::chrono_literals;

namespace {

Event event(const std::string& id, const std::string& lane = "") {
  return {id, "payment_events", R"({"event":")" + id + "\"}", lane};
}

}  // namespace

TEST_CASE("JobsTest.EventRunsItsToolOnceHoweverOftenItIsSent") {
  JobsFixture f;
  auto& tool = f.tools->add("payment_events");
  const auto jobs = f.make();

  CHECK(*jobs->take("gocardless", {event("EV1", "BRQ1"), event("EV1", "BRQ1")}) == 1);
  while (jobs->work_once()) {
  }
  CHECK(*jobs->take("gocardless", {event("EV1", "BRQ1")}) == 0);
  CHECK_FALSE(jobs->work_once());

  CHECK(tool.arguments == std::vector<Json>{{{"event", "EV1"}}});
  CHECK(f.only().lane == "BRQ1");
}

TEST_CASE("JobsTest.EventsSentInParallelRunOnceEach") {
  JobsFixture f;
  auto& tool = f.tools->add("payment_events");
  const auto jobs = f.make();
  std::atomic<int> added = 0;

  std::vector<std::thread> threads;
  for (int n = 0; n < 16; ++n) {
    threads.emplace_back([&] {
      const auto count = jobs->take("gocardless", {event("EV1"), event("EV2"), event("EV3")});
      if (count) added += *count;
      while (jobs->work_once()) {
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(added == 3);
  CHECK(tool.arguments.size() == 3);
}

TEST_CASE("JobsTest.JobsOfALaneNeverRunAtTheSameTime") {
  JobsFixture f;
  std::atomic<int> inside = 0, overlapped = 0, ran = 0;
  f.work["k"] = [&](const Job&, const CancelToken&) {
    if (++inside != 1) ++overlapped;
    std::this_thread::yield();
    --inside;
    ++ran;
    return Worked{true, false, "{}", ""};
  };
  const auto one = f.make(), two = f.make();
  for (int n = 0; n < 30; ++n) REQUIRE(one->enqueue(f.job("k", "lane")));

  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&, n] {
      while (ran < 30) (n % 2 == 0 ? one : two)->work_once();
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(ran == 30);
  CHECK(overlapped == 0);
}

TEST_CASE("JobsTest.LeaseIsRenewedWhileTheWorkRuns") {
  JobsFixture f;
  f.tools->add("chase");
  f.options.lease = 2min;
  std::unique_ptr<dugout::jobs::Jobs> jobs;
  bool stolen = false;
  f.work["long"] = [&](const Job&, const CancelToken&) {
    for (int n = 0; n < 20; ++n) {  // 20 minutes, ten leases
      f.clock.advance(1min);
      stolen = jobs->work_once() || stolen;  // as the clock thread does: it renews first
      stolen = f.store->lease_job("other", 2min)->has_value() || stolen;
    }
    return Worked{true, false, "{}", ""};
  };
  jobs = f.make();
  const auto id = *jobs->enqueue(f.job("long"));

  CHECK(jobs->work_once());

  CHECK_FALSE(stolen);
  CHECK(f.read(id).state == JobState::kDone);
  CHECK(f.read(id).tries == 1);
}

TEST_CASE("LeasesTest.RenewalStartsAfterAThirdAndEndsWithTheJob") {
  JobsFixture f;
  Leases leases(f.faulty, f.clock, f.log, 120s);
  const auto id = *f.store->enqueue(f.job("k"));
  const auto job = **leases.next();
  const auto first = f.read(id).lease_ms;

  f.clock.advance(39s);
  leases.renew();
  CHECK(f.read(id).lease_ms == first);
  f.clock.advance(1s);
  leases.renew();
  CHECK(f.read(id).lease_ms == first + 40'000);

  REQUIRE(leases.finish(job, "{}"));
  f.clock.advance(60s);
  f.faulty.heal();
  leases.renew();
  CHECK(f.faulty.calls() == 0);
}

TEST_CASE("LeasesTest.FailedRenewalIsTriedAgainAndALostLeaseIsSaidOnce") {
  JobsFixture f;
  Leases leases(f.faulty, f.clock, f.log, 120s);
  const auto id = *f.store->enqueue(f.job("k"));
  REQUIRE(*leases.next());
  const auto first = f.read(id).lease_ms;
  f.clock.advance(60s);
  f.faulty.fail_call(1);
  leases.renew();
  CHECK(f.read(id).lease_ms == first);
  leases.renew();
  CHECK(f.read(id).lease_ms == first + 60'000);

  f.clock.advance(120s);
  REQUIRE(*f.store->lease_job("other", 120s));
  leases.renew();
  leases.renew();

  CHECK(f.logged("jobs.lease_lost") == 1);
  CHECK(f.read(id).owner == "other");
}

TEST_CASE("JobsTest.StoreThatFailsAtAnyCallLosesNoJobAndRepeatsNoSuccess") {
  for (int n = 1;; ++n) {
    JobsFixture f;
    auto& tool = f.tools->add("chase");
    tool.declaration.schedule.every_s = 31 * 86'400;
    const auto jobs = f.make();
    f.faulty.fail_call(n);

    auto id = jobs->enqueue(f.job("chase"));
    if (!id) id = jobs->enqueue(f.job("chase"));
    REQUIRE(id);
    for (int round = 0; round < 6; ++round) {
      jobs->work_once();
      f.clock.advance(10min);
    }

    INFO("call " << n);
    CHECK(f.count("chase") == 2);  // it, and the one by the clock
    const auto all = f.store->jobs({});
    REQUIRE(all);
    for (const auto& job : *all) CHECK(job.state == JobState::kDone);
    // A result that could not be settled is asked for again, with the same key.
    CHECK(tool.arguments.size() <= 3);
    if (f.faulty.failures() == 0) break;
    REQUIRE(n < 40);
  }
}

TEST_CASE("JobsTest.StoreThatIsGoneIsSaidOnceAndItsReturnToo") {
  JobsFixture f;
  f.tools->add("chase");
  const auto jobs = f.make();
  REQUIRE(jobs->enqueue(f.job("chase")));
  f.faulty.fail_from(1);

  for (int n = 0; n < 5; ++n) CHECK_FALSE(jobs->work_once());
  CHECK_FALSE(jobs->enqueue(f.job("chase")));
  CHECK_FALSE(jobs->take("s", {event("EV1")}));
  CHECK(f.logged("jobs.store_fails") == 1);

  f.faulty.heal();
  CHECK(jobs->work_once());
  CHECK(f.logged("jobs.store_serves") == 1);
}

TEST_CASE("JobsTest.ThreadsTakeUpWhatIsEnqueuedAndStopWaitsForIt") {
  JobsFixture f;
  f.options.workers = 2;
  std::promise<void> begun, may_end;
  std::atomic<bool> ended = false;
  f.work["k"] = [&](const Job&, const CancelToken&) {
    begun.set_value();
    may_end.get_future().wait();
    ended = true;
    return Worked{true, false, "{}", ""};
  };
  const auto jobs = f.make();
  jobs->start();
  const auto id = *jobs->enqueue(f.job("k"));
  begun.get_future().wait();

  std::thread stopping([&] { jobs->stop(); });
  CHECK(f.read(id).state == JobState::kRunning);
  may_end.set_value();
  stopping.join();

  CHECK(ended);
  CHECK(f.read(id).state == JobState::kDone);
}

TEST_CASE("JobsTest.WorkThatTakesLongHearsOfTheStop") {
  JobsFixture f;
  std::promise<void> begun;
  f.work["k"] = [&](const Job&, const CancelToken& stop) {
    std::promise<void> stopped;
    const CancelToken::Hook hook(stop, [&] { stopped.set_value(); });
    begun.set_value();
    stopped.get_future().wait();
    return Worked{false, true, "", "cancelled"};
  };
  const auto jobs = f.make();
  jobs->start();
  const auto id = *jobs->enqueue(f.job("k"));
  begun.get_future().wait();

  jobs->stop();

  CHECK(f.read(id).state == JobState::kWaiting);  // for another try
}

TEST_CASE("JobsTest.ThreadsMakeWhatIsDueByTheClock") {
  JobsFixture f;
  std::promise<void> ran;
  auto& tool = f.tools->add("chase");
  tool.declaration.schedule.at = "10:00";
  tool.run = [&](const Json&) {
    ran.set_value();
    return dugout::Outcome<std::string>(R"({"ok":true,"data":{}})");
  };
  const auto jobs = f.make();

  jobs->start();
  ran.get_future().wait();
  jobs->stop();

  CHECK(f.only().unique == "chase|2025-10-01");
}

TEST_CASE("JobsTest.StoppedJobsMayStartAgainAndNoWorkersMeansNoThreads") {
  JobsFixture f;
  std::promise<void> ran;
  f.work["k"] = [&](const Job&, const CancelToken&) {
    ran.set_value();
    return Worked{true, false, "{}", ""};
  };
  auto& tool = f.tools->add("chase");
  tool.declaration.schedule.at = "10:00";
  f.options.workers = 0;
  f.make()->start();
  CHECK(f.store->jobs({})->empty());

  f.options.workers = 1;
  const auto jobs = f.make();
  jobs->start();
  jobs->stop();
  jobs->start();
  REQUIRE(jobs->enqueue(f.job("k")));
  ran.get_future().wait();
  jobs->stop();
  jobs->stop();
}

TEST_CASE("JobsTest.ListAndFindShowWhatTheStoreHas") {
  JobsFixture f;
  const auto jobs = f.make();
  const auto id = *jobs->enqueue(f.job("a"));
  REQUIRE(jobs->enqueue(f.job("b")));

  CHECK(jobs->list({})->size() == 2);
  CHECK(jobs->list({"a", "waiting", 50})->at(0).id == id);
  CHECK((*jobs->find(id))->kind == "a");
  CHECK_FALSE(*jobs->find("job_none"));
}
