// The list of sessions and the story of one: order, pages, and that nobody's id is shown.
#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "core/random.hpp"
#include "store/sqlite.hpp"
#include "store_fixture.hpp"

using dugout::core::stable_hash;
using dugout::test::StoreFixture;
using namespace dugout::store;
using namespace std::chrono_literals;

namespace {

struct Listed : StoreFixture {
  std::int64_t now() const { return clock.wall_now().time_since_epoch().count(); }

  void talk(const std::string& session, int routine, const std::string& record = "{}") {
    const auto stored = store->session(session);
    auto commit =
        commit_of(session, stored->has_value() ? (*stored)->version : 0, accepted(session));
    commit.session.agent = "registrar";
    commit.session.routine = routine;
    commit.session.record = record;
    commit.reply = R"({"routine_number":)" + std::to_string(routine) + "}";
    REQUIRE(store->commit(commit));
    clock.advance(1s);
  }
  SessionPage page(const SessionQuery& query) {
    auto read = store->sessions(query);
    REQUIRE(read);
    return *read;
  }
  // So many sessions at once, straight into the file.
  void fill(int count) {
    const auto database = Database::open(path, {});
    REQUIRE(database);
    REQUIRE((*database)->run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
        "INSERT INTO sessions(id, agent, routine, record, state, version, created_ms, updated_ms, "
        "short) SELECT 'ses_' || i, 'registrar', i % 35 + 1, '{}', '{}', 1, 1, i / 3, "
        "short_form('ses_' || i) FROM n",
        {std::int64_t{count}}));
  }
};

}  // namespace

TEST_CASE("OverviewsTest.TheOneThatChangedLastComesFirst") {
  Listed f;
  f.talk("ses_one", 1);
  f.talk("ses_two", 2);
  f.talk("ses_one", 3, R"({"record_id":{"value":"rec_1"}})");

  const auto page = f.page({});

  REQUIRE(page.sessions.size() == 2);
  CHECK_FALSE(page.more);
  CHECK(page.sessions[0].short_form == stable_hash("ses_one"));
  CHECK(page.sessions[0].routine == 3);
  CHECK(page.sessions[0].turns == 2);
  CHECK(page.sessions[0].registered);
  CHECK(page.sessions[1].short_form == stable_hash("ses_two"));
  CHECK_FALSE(page.sessions[1].registered);
}

TEST_CASE("OverviewsTest.PagesShowEverySessionOnceAlsoOfOneInstant") {
  Listed f;
  f.fill(1000);
  std::set<std::string> seen;
  SessionQuery query;
  query.limit = 7;

  bool more = true;
  while (more) {
    const auto page = f.page(query);
    for (const auto& line : page.sessions) CHECK(seen.insert(line.short_form).second);
    more = page.more;
    REQUIRE_FALSE(page.sessions.empty());
    query.before = SessionMark{page.sessions.back().updated_ms, page.sessions.back().short_form};
  }

  CHECK(seen.size() == 1000);
}

TEST_CASE("OverviewsTest.StoppedAreThoseThatStandSomewhereForLongButNotAtTheEnd") {
  Listed f;
  f.talk("ses_stuck", 8);
  f.talk("ses_done", 35);
  f.talk("ses_talks", 0);
  f.clock.advance(25h);
  f.talk("ses_fresh", 8);
  SessionQuery query;
  query.stopped_before_ms = f.now() - 86'400'000;
  query.ends = {{"registrar", 35}};

  const auto page = f.page(query);

  REQUIRE(page.sessions.size() == 1);
  CHECK(page.sessions[0].short_form == stable_hash("ses_stuck"));
}

TEST_CASE("OverviewsTest.AStoryIsFoundByShortFormAndByIdAndHasTheLatestTurns") {
  Listed f;
  for (int turn = 1; turn <= 3; ++turn) f.talk("ses_one", turn);
  (void)f.accepted("ses_one");

  for (const auto& id : {std::string("ses_one"), stable_hash("ses_one")}) {
    const auto story = f.store->story(id, 2);
    REQUIRE(story);
    REQUIRE(story->has_value());
    CHECK((*story)->session.turns == 4);
    REQUIRE((*story)->turns.size() == 2);
    CHECK((*story)->turns[0].routine == 3);
    CHECK((*story)->turns[0].answered_ms);
    CHECK((*story)->turns[1].routine == 0);
    CHECK_FALSE((*story)->turns[1].answered_ms);
  }
  CHECK_FALSE(f.store->story("ses_two", 2)->has_value());
  CHECK_FALSE(f.store->story("", 2)->has_value());
}

TEST_CASE("OverviewsTest.TheListGoesAlongAnIndex") {
  Listed f;
  f.fill(100);
  const auto database = Database::open(f.path, {});
  REQUIRE(database);
  Query plan(**database,
             "EXPLAIN QUERY PLAN SELECT short FROM sessions WHERE (updated_ms, short) < (50, 'x') "
             "ORDER BY updated_ms DESC, short DESC LIMIT 10");
  REQUIRE(plan.next());
  CHECK(plan.text(3).find("SEARCH sessions USING COVERING INDEX sessions_changed") == 0);
  CHECK_FALSE(plan.next());  // nothing is sorted
}
