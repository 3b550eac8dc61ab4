// Where sessions go and stop: what is counted with a commit, and what stays when people go.
#include "store/traffic.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "store/migrations.hpp"
#include "store/retention.hpp"
#include "store/subject.hpp"
#include "store_fixture.hpp"

using dugout::test::FakeClock;
using dugout::test::StoreFixture;
using dugout::test::TempFolder;
using namespace dugout::store;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

struct Ways : StoreFixture {
  std::map<std::string, std::int64_t> versions;

  std::int64_t now() const { return clock.wall_now().time_since_epoch().count(); }

  // One turn of `session` along these edges.
  void go(const std::string& session, const std::vector<std::pair<int, int>>& edges) {
    auto commit = commit_of(session, versions[session], accepted(session));
    commit.session.agent = "registrar";
    commit.session.routine = edges.empty() ? 0 : edges.back().second;
    commit.flow = "join";
    commit.path = edges;
    REQUIRE(store->commit(commit));
    ++versions[session];
  }
  std::int64_t taken(int from, int to, std::int64_t since_ms = 0) {
    std::int64_t count = 0;
    const auto traffic = store->traffic("join", since_ms);
    REQUIRE(traffic);
    for (const auto& edge : traffic->edges) {
      if (edge.from == from && edge.to == to) count += edge.taken;
    }
    return count;
  }
  RoutineCount routine(int number) {
    const auto traffic = store->traffic("join", 0);
    REQUIRE(traffic);
    for (const auto& count : traffic->routines) {
      if (count.routine == number) return count;
    }
    return {};
  }
  // fresh, stopped
  std::pair<std::int64_t, std::int64_t> standing(int number) {
    const auto counts = store->standing(now() - kDayMs);
    REQUIRE(counts);
    for (const auto& count : *counts) {
      if (count.agent == "registrar" && count.routine == number) {
        return {count.fresh, count.stopped};
      }
    }
    return {0, 0};
  }
};

using Pair = std::pair<std::int64_t, std::int64_t>;

}  // namespace

TEST_CASE("TrafficTest.NothingIsCountedBeforeAnybodyComes") {
  Ways f;

  const auto traffic = f.store->traffic("join", 0);

  REQUIRE(traffic);
  CHECK(traffic->edges.empty());
  CHECK(traffic->routines.empty());
  CHECK(f.store->standing(0)->empty());
}

TEST_CASE("TrafficTest.EveryEdgeOfATurnCountsAndEachSessionReachesARoutineOnce") {
  Ways f;
  f.go("ses_one", {{0, 1}});
  f.go("ses_one", {{1, 2}, {2, 3}});
  f.go("ses_one", {{3, 2}});
  f.go("ses_one", {{2, 3}});
  f.go("ses_two", {{0, 1}});
  f.go("ses_two", {});

  CHECK(f.taken(0, 1) == 2);
  CHECK(f.taken(1, 2) == 1);
  CHECK(f.taken(2, 3) == 2);
  CHECK(f.taken(3, 2) == 1);
  CHECK(f.routine(1).reached == 2);
  CHECK(f.routine(2).reached == 1);
  CHECK(f.routine(3).reached == 1);
}

TEST_CASE("TrafficTest.AnotherChildInTheSameSessionIsAnotherWayThroughTheFlow") {
  Ways f;
  for (int child = 0; child < 2; ++child) {
    f.go("ses_one", {{0, 1}});
    f.go("ses_one", {{1, 2}});
  }

  CHECK(f.routine(2).reached == 2);
}

TEST_CASE("TrafficTest.ARepeatedCommitCountsOnce") {
  Ways f;
  f.go("ses_one", {{0, 1}});
  auto commit = StoreFixture::commit_of("ses_one", 1, f.accepted("ses_one"));
  commit.flow = "join";
  commit.path = {{1, 2}};
  REQUIRE(f.store->commit(commit));

  CHECK_FALSE(f.store->commit(commit));

  CHECK(f.taken(1, 2) == 1);
}

TEST_CASE("TrafficTest.EdgesAreAskedForByDay") {
  Ways f;
  f.go("ses_one", {{0, 1}});
  f.clock.advance(72h);
  f.go("ses_two", {{0, 1}});

  CHECK(f.taken(0, 1) == 2);
  CHECK(f.taken(0, 1, f.now()) == 1);
  CHECK(f.taken(0, 1, f.now() - 3 * kDayMs) == 2);
  CHECK(f.taken(0, 1, f.now() + kDayMs) == 0);
}

TEST_CASE("TrafficTest.TheMedianStayIsWithinATenthAndOnlyWhoLeftCounts") {
  Ways f;
  for (const auto seconds : {10, 60, 3600}) {
    const auto session = "ses_" + std::to_string(seconds);
    f.go(session, {{0, 1}});
    f.clock.advance(std::chrono::seconds(seconds / 2));
    f.go(session, {{1, 1}});  // a refused answer is no new stay
    f.clock.advance(std::chrono::seconds(seconds / 2));
    f.go(session, {{1, 2}});
  }

  REQUIRE(f.routine(1).median_s);
  CHECK(*f.routine(1).median_s == Approx(60.0).epsilon(0.1));
  CHECK_FALSE(f.routine(2).median_s);
}

TEST_CASE("TrafficTest.AClockThatGoesBackIsAShortStay") {
  Ways f;
  f.go("ses_one", {{0, 1}});
  f.clock.advance(-48h);
  f.go("ses_one", {{1, 2}});

  CHECK(*f.routine(1).median_s == Approx(1.0).epsilon(0.1));
}

TEST_CASE("TrafficTest.WhoHasNotMovedForADayHasStopped") {
  Ways f;
  f.go("ses_old", {{0, 1}});
  f.clock.advance(25h);
  f.go("ses_new", {{0, 1}});

  CHECK(f.standing(1) == Pair{1, 1});
  CHECK(f.store->standing(f.now() - 2 * kDayMs)->front().stopped == 0);
}

TEST_CASE("TrafficTest.RetentionKeepsTheCountsAndNothingOfWhom") {
  Ways f;
  f.go("ses_old", {{0, 1}});
  f.go("ses_old", {{1, 2}});
  f.clock.advance(std::chrono::hours(24) * 91);
  f.go("ses_new", {{0, 1}});
  const auto database = Database::open(f.path, {});
  REQUIRE(database);

  REQUIRE(apply_retention(**database, {}, f.now(), true));
  CHECK(f.standing(2) == Pair{0, 1});
  REQUIRE(apply_retention(**database, {}, f.now(), false));

  CHECK_FALSE(f.store->session("ses_old")->has_value());
  CHECK(f.standing(2) == Pair{0, 1});
  CHECK(f.routine(2).reached == 1);
  CHECK(f.taken(1, 2) == 1);
}

TEST_CASE("TrafficTest.AnErasedFamilyLeavesCountsOnly") {
  Ways f;
  f.go("ses_family", {{0, 1}});
  f.go("ses_family", {{1, 2}});
  const auto database = Database::open(f.path, {});
  REQUIRE(database);
  const SubjectQuery query{"", "", "ses_family"};
  SubjectMarks marks(query);

  REQUIRE(erase_subject(**database, marks, query, f.now()));

  CHECK(f.standing(2) == Pair{0, 1});
  CHECK(f.routine(2).reached == 1);
  for (const auto* table : {"traffic", "reached", "stays", "gone"}) {
    Query row(**database, std::string("SELECT * FROM ") + table);
    while (row.next()) {
      for (int column = 0; column < 3; ++column) {
        CHECK(row.text(column).find("ses_") == std::string::npos);
      }
    }
  }
}

TEST_CASE("TrafficTest.ADatabaseOfBeforeIsCountedFromItsNextTurn") {
  TempFolder folder;
  FakeClock clock;
  {
    const auto old = Database::open(folder.file("d.db"), {});
    REQUIRE(old);
    REQUIRE(migrate(**old, 4));
    REQUIRE((*old)->script(
        "INSERT INTO sessions VALUES('ses_old', 'registrar', 8, '{}', '{}', 3, 1, 1);"
        "INSERT INTO turns(id, session, request, accepted_ms) VALUES('turn_1', 'ses_old', '', 1)"));
  }
  const auto store = open_sqlite_store(folder.file("d.db"), clock);
  REQUIRE(store);
  CHECK((*store)->sessions({})->sessions.size() == 1);
  CHECK((*store)->story("ses_old", 5)->value().session.short_form.size() == 16);
  CHECK((*store)->standing(1'000)->front().stopped == 1);

  auto commit = StoreFixture::commit_of("ses_old", 3, "turn_1");
  commit.session.agent = "registrar";
  commit.session.routine = 9;
  commit.flow = "join";
  commit.path = {{8, 9}};
  REQUIRE((*store)->commit(commit));

  const auto traffic = (*store)->traffic("join", 0);
  REQUIRE(traffic->routines.size() == 2);
  CHECK(traffic->routines[0].routine == 8);
  CHECK_FALSE(traffic->routines[0].median_s);
  CHECK(traffic->edges.size() == 1);
}
