// Jobs in the store: leases, lanes, tries, and events that make a job once.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "store/migrations.hpp"
#include "store_fixture.hpp"
#include "support/faulty_store.hpp"

using dugout::Code;
using dugout::store::Database;
using dugout::store::Job;
using dugout::store::JobState;
using dugout::store::NewEvent;
using dugout::store::NewJob;
using dugout::test::FakeClock;
using dugout::test::FaultyStore;
using dugout::test::kPatient;
using dugout::test::StoreFixture;
using namespace std::chrono_literals;

namespace {

constexpr auto kLease = 120s;

NewJob job(const std::string& kind, const std::string& lane = "", const std::string& unique = "",
           std::int64_t due_ms = 0) {
  return {kind, R"({"a":1})", unique, lane, due_ms};
}

NewEvent event(const std::string& id, const std::string& lane = "") {
  return {id, job("payment_events", lane)};
}

struct JobFixture : StoreFixture {
  std::string added(const NewJob& fresh) {
    auto id = store->enqueue(fresh);
    REQUIRE(id);
    return *id;
  }
  // The kind of the job that `owner` gets; empty = none.
  std::string leased(const std::string& owner) {
    auto taken = store->lease_job(owner, kLease);
    REQUIRE(taken);
    return *taken ? (*taken)->kind : "";
  }
  Job read(const std::string& id) {
    auto found = store->job(id);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }
  std::int64_t now() const { return clock.wall_now().time_since_epoch().count(); }
};

}  // namespace

TEST_CASE("StoreJobTest.EnqueuedJobIsKeptWholeAndSurvivesReopening") {
  JobFixture f;

  const auto id = f.added(job("chase", "lane", "once", FakeClock::kStartMs + 7'200'000));
  f.reopen();

  const auto kept = f.read(id);
  CHECK(id.size() == std::string("job_").size() + 32);
  CHECK(kept.kind == "chase");
  CHECK(kept.arguments == R"({"a":1})");
  CHECK(kept.unique == "once");
  CHECK(kept.lane == "lane");
  CHECK(kept.state == JobState::kWaiting);
  CHECK(kept.tries == 0);
  CHECK(kept.due_ms == FakeClock::kStartMs + 7'200'000);
  CHECK(kept.lease_ms == 0);
  CHECK(kept.created_ms == f.now());
  CHECK_FALSE(*f.store->job("job_unknown"));
}

TEST_CASE("StoreJobTest.JobWithoutKindOrWithBadArgumentsIsInvalid") {
  JobFixture f;

  CHECK(f.store->enqueue({}).error().code == Code::kInvalid);
  CHECK(f.store->enqueue({"k", "[]", "", "", 0}).error().code == Code::kInvalid);
  CHECK_FALSE(f.store->enqueue({"k", "{", "", "", 0}));
  CHECK(f.store->jobs({})->empty());
}

TEST_CASE("StoreJobTest.KnownUniqueGivesTheFirstJobAlsoWhenItIsDone") {
  JobFixture f;
  const auto first = f.added(job("chase", "", "chase|2025-10-01"));
  CHECK(f.added(job("chase", "", "chase|2025-10-01")) == first);
  REQUIRE(f.leased("a") == "chase");
  REQUIRE(f.store->finish_job(first, "a", "{}"));

  CHECK(f.added(job("chase", "", "chase|2025-10-01")) == first);

  CHECK(f.leased("a").empty());
  CHECK(f.added(job("chase", "", "chase|2025-10-02")) != first);
}

TEST_CASE("StoreJobTest.JobIsLeasedWhenItIsDueTheLongestDueFirst") {
  JobFixture f;
  f.added(job("late", "", "", f.now() + 60'000));
  f.added(job("first"));
  f.added(job("second"));

  CHECK(f.leased("a") == "first");
  CHECK(f.leased("b") == "second");
  CHECK(f.leased("a").empty());

  f.clock.advance(60s);
  CHECK(f.leased("a") == "late");
}

TEST_CASE("StoreJobTest.LeaseKeepsOthersAwayUntilItRunsOut") {
  JobFixture f;
  const auto id = f.added(job("photo"));
  REQUIRE(f.leased("a") == "photo");
  const auto held = f.read(id);
  CHECK(held.state == JobState::kRunning);
  CHECK(held.owner == "a");
  CHECK(held.lease_ms == f.now() + 120'000);

  f.clock.advance(119s);
  CHECK(f.leased("b").empty());
  f.clock.advance(1s);
  CHECK(f.leased("b") == "photo");

  // The first owner, who was only slow, has nothing to say any more.
  CHECK(f.store->renew_job(id, "a", kLease).error().code == Code::kConflict);
  CHECK(f.store->finish_job(id, "a", "{}").error().code == Code::kConflict);
  CHECK(f.store->fail_job(id, "a", "slow", {}).error().code == Code::kConflict);
  CHECK(f.read(id).owner == "b");
  CHECK(f.read(id).tries == 2);
}

TEST_CASE("StoreJobTest.RenewedLeaseLastsLonger") {
  JobFixture f;
  const auto id = f.added(job("photo"));
  REQUIRE(f.leased("a") == "photo");
  f.clock.advance(100s);

  REQUIRE(f.store->renew_job(id, "a", kLease));

  f.clock.advance(100s);
  CHECK(f.leased("b").empty());
  CHECK(f.store->finish_job(id, "a", R"({"ok":true})"));
}

TEST_CASE("StoreJobTest.LeaseOutlivesTheProcessThatHeldIt") {
  JobFixture f;
  f.added(job("photo"));
  REQUIRE(f.leased("a") == "photo");
  f.reopen();

  CHECK(f.leased("b").empty());
  f.clock.advance(kLease);
  CHECK(f.leased("b") == "photo");
}

TEST_CASE("StoreJobTest.JobsOfALaneRunOneAfterTheOther") {
  JobFixture f;
  const auto one = f.added(job("one", "family"));
  f.added(job("two", "family"));
  f.added(job("other", "neighbours"));
  REQUIRE(f.leased("a") == "one");

  CHECK(f.leased("b") == "other");
  CHECK(f.leased("b").empty());
  REQUIRE(f.store->finish_job(one, "a", "{}"));
  CHECK(f.leased("b") == "two");
}

TEST_CASE("StoreJobTest.LaneOfACrashedOwnerIsFreeWhenItsLeaseHasRunOut") {
  JobFixture f;
  f.added(job("one", "family"));
  f.clock.advance(1s);
  f.added(job("two", "family"));
  REQUIRE(f.leased("crashed") == "one");
  f.clock.advance(kLease);

  CHECK(f.leased("b") == "two");  // due for longer than the lease that ran out
  CHECK(f.leased("b").empty());   // and now holds the lane
}

TEST_CASE("StoreJobTest.JobThatWaitsForItsRetryHoldsNoLane") {
  JobFixture f;
  const auto one = f.added(job("one", "family"));
  f.added(job("two", "family"));
  REQUIRE(f.leased("a") == "one");

  REQUIRE(f.store->fail_job(one, "a", "unavailable", f.now() + 5'000));

  CHECK(f.leased("a") == "two");
}

TEST_CASE("StoreJobTest.FailedTryWaitsAndThenRunsAgain") {
  JobFixture f;
  const auto id = f.added(job("sms"));
  REQUIRE(f.leased("a") == "sms");

  REQUIRE(f.store->fail_job(id, "a", "unavailable", f.now() + 5'000));

  CHECK(f.read(id).state == JobState::kWaiting);
  CHECK(f.read(id).error == "unavailable");
  CHECK(f.read(id).owner.empty());
  CHECK(f.leased("a").empty());
  f.clock.advance(5s);
  CHECK(f.leased("b") == "sms");
  CHECK(f.read(id).tries == 2);
}

TEST_CASE("StoreJobTest.FinishedJobIsDoneWithItsResultAndForgetsTheError") {
  JobFixture f;
  const auto id = f.added(job("sms"));
  REQUIRE(f.leased("a") == "sms");
  REQUIRE(f.store->fail_job(id, "a", "unavailable", f.now()));
  REQUIRE(f.leased("a") == "sms");

  REQUIRE(f.store->finish_job(id, "a", R"({"sent":1})"));

  const auto done = f.read(id);
  CHECK(done.state == JobState::kDone);
  CHECK(done.result == R"({"sent":1})");
  CHECK(done.error.empty());
  CHECK(f.store->finish_job(id, "a", "{}").error().code == Code::kConflict);
  f.clock.advance(kLease);
  CHECK(f.leased("a").empty());
}

TEST_CASE("StoreJobTest.GivenUpJobWaitsAgainOnlyWhenItIsRetried") {
  JobFixture f;
  const auto id = f.added(job("sms"));
  REQUIRE(f.leased("a") == "sms");
  CHECK(f.store->retry_job(id).error().code == Code::kConflict);
  REQUIRE(f.store->fail_job(id, "a", "bad_number", {}));
  CHECK(f.read(id).state == JobState::kFailed);
  f.clock.advance(kLease);
  CHECK(f.leased("a").empty());

  REQUIRE(f.store->retry_job(id));

  CHECK(f.read(id).state == JobState::kWaiting);
  CHECK(f.read(id).tries == 1);
  CHECK(f.read(id).forgiven == 1);
  CHECK(f.leased("a") == "sms");
  CHECK(f.store->retry_job("job_unknown").error().code == Code::kNotFound);
}

TEST_CASE("StoreJobTest.BegunJobRunsAtOnceUnlessItsLaneIsBusy") {
  JobFixture f;

  const auto begun = f.store->begin_job(job("chase", "tool:chase"), "cli", kLease);

  REQUIRE(begun);
  CHECK(begun->state == JobState::kRunning);
  CHECK(begun->owner == "cli");
  CHECK(begun->tries == 1);
  CHECK(f.leased("a").empty());
  CHECK(f.store->begin_job(job("chase", "tool:chase"), "b", kLease).error().code ==
        Code::kConflict);
  CHECK(f.store->jobs({})->size() == 1);
  REQUIRE(f.store->finish_job(begun->id, "cli", "{}"));
  CHECK(f.store->begin_job(job("chase", "tool:chase"), "b", kLease));
}

TEST_CASE("StoreJobTest.ListShowsTheLatestFirstAndFilters") {
  JobFixture f;
  f.added(job("chase"));
  f.added(job("sms"));
  f.added(job("sms"));
  REQUIRE(f.leased("a") == "chase");

  CHECK(f.store->jobs({})->size() == 3);
  CHECK(f.store->jobs({})->back().kind == "chase");
  CHECK(f.store->jobs({"sms", "", 50})->size() == 2);
  CHECK(f.store->jobs({"", "running", 50})->size() == 1);
  CHECK(f.store->jobs({"sms", "running", 50})->empty());
  CHECK(f.store->jobs({"", "", 1})->front().kind == "sms");
}

TEST_CASE("StoreJobTest.EventMakesItsJobOnceForItsSource") {
  JobFixture f;

  CHECK(*f.store->take_events("gocardless", {event("EV1"), event("EV2"), event("EV1")}) == 2);
  f.reopen();
  CHECK(*f.store->take_events("gocardless", {event("EV2"), event("EV3")}) == 1);
  CHECK(*f.store->take_events("twilio", {event("EV1")}) == 1);
  CHECK(*f.store->take_events("twilio", {}) == 0);

  CHECK(f.store->jobs({})->size() == 4);
}

TEST_CASE("StoreJobTest.EventsAreTakenAllOrNone") {
  JobFixture f;

  auto broken = event("EV2");
  broken.job.arguments = "no json";
  CHECK_FALSE(f.store->take_events("gocardless", {event("EV1"), broken}));
  CHECK_FALSE(f.store->take_events("gocardless", {event("EV1"), event("")}));

  CHECK(f.store->jobs({})->empty());
  CHECK(*f.store->take_events("gocardless", {event("EV1")}) == 1);
}

TEST_CASE("StoreJobTest.EventsSentInParallelByTwoProcessesMakeOneJobEach") {
  JobFixture f;
  f.reopen(kPatient);
  const auto other = f.open(kPatient);
  std::atomic<int> added = 0, failed = 0;
  std::vector<NewEvent> events;
  for (int n = 0; n < 10; ++n) events.push_back(event("EV" + std::to_string(n)));

  std::vector<std::thread> threads;
  for (int n = 0; n < 16; ++n) {
    threads.emplace_back([&, n] {
      auto& mine = n % 2 == 0 ? *f.store : *other;
      const auto count = mine.take_events("gocardless", events);
      if (count) added += *count;
      if (!count) ++failed;
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(failed == 0);
  CHECK(added == 10);
  CHECK(f.store->jobs({})->size() == 10);
}

TEST_CASE("StoreJobTest.OwnersInParallelNeverShareAJobOrALane") {
  JobFixture f;
  f.reopen(kPatient);
  const auto other = f.open(kPatient);
  for (int n = 0; n < 40; ++n) f.added(job("k", "lane" + std::to_string(n % 5)));
  std::atomic<int> ran = 0, overlapped = 0, failed = 0;
  std::array<std::atomic<int>, 5> inside{};

  std::vector<std::thread> threads;
  for (int n = 0; n < 8; ++n) {
    threads.emplace_back([&, n] {
      auto& mine = n % 2 == 0 ? *f.store : *other;
      const auto owner = "owner" + std::to_string(n);
      while (ran < 40 && failed == 0) {
        const auto taken = mine.lease_job(owner, kLease);
        if (!taken) ++failed;
        if (!taken || !*taken) continue;
        auto& lane = inside[static_cast<unsigned>((*taken)->lane.back() - '0')];
        if (++lane != 1) ++overlapped;
        --lane;
        if (!mine.finish_job((*taken)->id, owner, "{}")) ++failed;
        ++ran;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(failed == 0);
  CHECK(overlapped == 0);
  CHECK(ran == 40);
  const auto all = f.store->jobs({});
  REQUIRE(all);
  for (const auto& done : *all) CHECK(done.tries == 1);
}

TEST_CASE("StoreJobTest.EveryCallPassesAFailureOn") {
  JobFixture f;
  FaultyStore faulty(*f.store);
  faulty.fail_from(1);

  CHECK_FALSE(faulty.take_events("s", {event("EV1")}));
  CHECK_FALSE(faulty.enqueue(job("k")));
  CHECK_FALSE(faulty.begin_job(job("k"), "a", kLease));
  CHECK_FALSE(faulty.lease_job("a", kLease));
  CHECK_FALSE(faulty.renew_job("j", "a", kLease));
  CHECK_FALSE(faulty.finish_job("j", "a", "{}"));
  CHECK_FALSE(faulty.fail_job("j", "a", "e", {}));
  CHECK_FALSE(faulty.job("j"));
  CHECK_FALSE(faulty.jobs({}));
  CHECK_FALSE(faulty.retry_job("j"));

  CHECK(faulty.failures() == 10);
  CHECK(f.store->jobs({})->empty());
}

TEST_CASE("StoreJobTest.JobsAreCountedByState") {
  JobFixture f;
  const auto done = f.added(job("first"));
  f.leased("me");
  REQUIRE(f.store->finish_job(done, "me", "{}"));
  const auto given_up = f.added(job("second"));
  f.leased("me");
  REQUIRE(f.store->fail_job(given_up, "me", "no", std::nullopt));
  f.added(job("third"));
  f.leased("me");
  f.added(job("fourth"));
  f.added(job("fifth"));

  const auto counts = f.store->job_counts();

  REQUIRE(counts);
  CHECK(counts->done == 1);
  CHECK(counts->failed == 1);
  CHECK(counts->running == 1);
  CHECK(counts->waiting == 2);
  FaultyStore faulty(*f.store);
  faulty.fail_from(1);
  CHECK_FALSE(faulty.job_counts());
}

TEST_CASE("StoreJobTest.DatabaseOfTheStepBeforeGetsItsTables") {
  dugout::test::TempFolder folder;
  FakeClock clock;
  const auto path = folder.file("old.db");
  {
    auto database = std::move(*Database::open(path, {}));
    REQUIRE(dugout::store::migrate(*database, 2));
  }

  auto store = dugout::store::open_sqlite_store(path, clock);

  REQUIRE(store);
  CHECK((*store)->enqueue(job("k")));
}
