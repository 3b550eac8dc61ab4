// How long things are kept: what is past its time goes, what hangs on it too, and nothing else.
#include "store/retention.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "store_fixture.hpp"

using dugout::test::FakeClock;
using dugout::test::StoreFixture;
using namespace dugout::store;
using Json = nlohmann::json;

namespace {

struct Kept : StoreFixture {
  std::int64_t now() const { return clock.wall_now().time_since_epoch().count(); }
  void days(int count) { clock.advance(std::chrono::hours(24) * count); }

  // A conversation of one turn with all that hangs on it.
  void talk(const std::string& session, const Json& record) {
    const auto turn = accepted(session);
    TurnCommit commit;
    commit.session.id = session;
    commit.session.record = record.dump();
    commit.session.state = "{}";
    commit.turn = turn;
    commit.reply = R"({"response":"Hello"})";
    commit.messages = {{0, turn, "user", "hello", false}, {0, turn, "assistant", "Hello", false}};
    commit.attempts = {R"({"n":1})"};
    REQUIRE(store->commit(commit));
    JournalEntry entry;
    entry.key = "key " + session;
    entry.session = session;
    entry.turn = turn;
    entry.tool = "look";
    entry.arguments = "{}";
    REQUIRE(store->intend(entry));
  }
  std::unique_ptr<Database> open_database() {
    auto opened = Database::open(path, {});
    REQUIRE(opened);
    return std::move(*opened);
  }
  Counts retain(bool dry_run = false, RetentionRule rule = {}) {
    const auto database = open_database();
    const auto counts = apply_retention(*database, rule, now(), dry_run);
    if (!counts) throw std::runtime_error(counts.error().message);
    return *counts;
  }
  std::int64_t count(const std::string& sql) {
    const auto database = open_database();
    Query row(*database, "SELECT count(*) FROM " + sql);
    REQUIRE(row.next());
    return row.integer(0);
  }
};

const Json kUnfinished = {{"parent_first_name", {{"value", "Helen"}}}};
const Json kFinished = {{"record_id", {{"value", "rec_1"}}}};

}  // namespace

TEST_CASE("RetentionTest.NothingGoesBeforeItsTime") {
  Kept f;
  f.talk("open", kUnfinished);
  f.talk("done", kFinished);
  f.days(90);

  CHECK(f.retain().empty());

  CHECK(f.count("sessions") == 2);
}

TEST_CASE("RetentionTest.AConversationWithoutARegistrationGoesFirstWithAllThatHangsOnIt") {
  Kept f;
  f.talk("open", kUnfinished);
  f.talk("done", kFinished);
  f.days(91);
  f.talk("fresh", kUnfinished);

  const auto counts = f.retain();

  CHECK(counts == Counts{{"conversations", 1}, {"messages", 2}, {"tool calls", 1}, {"turns", 1}});
  CHECK(f.count("sessions WHERE id = 'open'") == 0);
  CHECK(f.count("sessions") == 2);
  CHECK(f.count("turns") == 2);
  CHECK(f.count("attempts") == 2);
  CHECK(f.count("messages") == 4);
  CHECK(f.count("journal") == 2);
}

TEST_CASE("RetentionTest.AFinishedOneGoesAfterItsOwnTime") {
  Kept f;
  f.talk("done", kFinished);
  f.days(401);

  CHECK(f.retain()["conversations"] == 1);

  for (const auto* table : {"sessions", "turns", "messages", "attempts", "journal"}) {
    CHECK(f.count(table) == 0);
  }
}

TEST_CASE("RetentionTest.ATurnThatNeverBecameAConversationGoesToo") {
  Kept f;
  f.accepted("cut-off");
  f.days(91);
  f.accepted("young");

  CHECK(f.retain()["turns"] == 1);

  CHECK(f.count("turns WHERE session = 'young'") == 1);
}

TEST_CASE("RetentionTest.TheConversationOnARowIsTakenOffAndTheRowStays") {
  Kept f;
  const auto add = [&](const std::string& id) {
    const Json row{{"id", id}, {"team", "Lions"}, {"conversation_history", "[1]"}};
    REQUIRE(f.store->insert_row("registrations", "", row.dump()));
  };
  add("rec_old");
  f.days(401);
  add("rec_young");

  CHECK(f.retain()["conversations on rows"] == 1);

  const auto rows = Json::parse(*f.store->find_rows("registrations", "{}"));
  CHECK(rows[0] == Json{{"id", "rec_old"}, {"team", "Lions"}});
  CHECK(rows[1].contains("conversation_history"));
}

TEST_CASE("RetentionTest.EventsAndJobsThatAreOverGoAndThoseThatWaitStay") {
  Kept f;
  REQUIRE(f.store->take_events("pay", {{"EV1", {"tool", "{}", "", "", 0}}}));
  const auto job = f.store->lease_job("me", std::chrono::minutes(1));
  REQUIRE(job);
  REQUIRE(f.store->finish_job((*job)->id, "me", "{}"));
  REQUIRE(f.store->enqueue({"tool", "{}", "", "", 0}));
  f.days(91);
  REQUIRE(f.store->take_events("pay", {{"EV2", {"tool", "{}", "", "", 0}}}));

  const auto counts = f.retain();

  CHECK(counts == Counts{{"events", 1}, {"jobs", 1}});
  CHECK(f.count("events") == 1);
  CHECK(f.count("jobs") == 2);
}

TEST_CASE("RetentionTest.SentMessagesProofsAndCallsOfJobsGoAfterTheirTimes") {
  Kept f;
  const auto add = [&](const char* table, const std::string& id) {
    REQUIRE(f.store->insert_row(table, "", Json{{"id", id}}.dump()));
  };
  const auto call = [&](const std::string& key) {
    REQUIRE(f.store->intend({key, "job-" + key, "job-" + key + ".1", "tool.chase", "{}", "",
                             CallState::kIntended, false}));
  };
  add("sms_messages", "old");
  add("verification_attempts", "old");
  add("shirts", "old");
  call("old");
  f.days(91);
  add("verification_attempts", "young");
  call("young");

  CHECK(f.retain() == Counts{{"counts of failed proofs", 1}, {"tool calls", 1}});
  CHECK(f.count("records WHERE table_name = 'verification_attempts' AND id = 'young'") == 1);
  CHECK(f.count("journal WHERE key = 'young'") == 1);
  CHECK(f.count("journal") == 1);
  CHECK(f.count("records WHERE table_name = 'sms_messages'") == 1);

  f.days(310);
  add("sms_messages", "young");

  CHECK(f.retain() ==
        Counts{{"counts of failed proofs", 1}, {"messages sent", 1}, {"tool calls", 1}});
  CHECK(f.count("records WHERE table_name = 'sms_messages' AND id = 'young'") == 1);
  CHECK(f.count("records WHERE table_name = 'sms_messages'") == 1);
  CHECK(f.count("records WHERE table_name = 'shirts'") == 1);
}

TEST_CASE("RetentionTest.ADryRunCountsAndChangesNothing") {
  Kept f;
  f.talk("open", kUnfinished);
  f.days(91);

  const auto counted = f.retain(true);

  CHECK(f.count("sessions") == 1);
  CHECK(f.count("messages") == 2);
  CHECK(counted == f.retain());
  CHECK(f.count("sessions") == 0);
  CHECK(f.retain().empty());
}

TEST_CASE("RetentionTest.TheTimesAreThoseOfTheRule") {
  Kept f;
  f.talk("open", kUnfinished);
  f.talk("done", kFinished);
  f.days(11);

  CHECK(f.retain(true, {10, 20, 30})["conversations"] == 1);
  CHECK(f.retain(true, {20, 10, 30})["conversations"] == 1);
  CHECK(f.retain(true, {10, 10, 30})["conversations"] == 2);
}

TEST_CASE("RetentionTest.AFailureInTheMiddleChangesNothing") {
  Kept f;
  f.talk("open", kUnfinished);
  f.days(91);
  {
    const auto database = f.open_database();
    REQUIRE(
        database->script("CREATE TRIGGER stop BEFORE DELETE ON sessions BEGIN "
                         "SELECT RAISE(ABORT, 'no'); END"));
    CHECK_FALSE(apply_retention(*database, {}, f.now(), false));
  }

  CHECK(f.count("messages") == 2);
  CHECK(f.count("sessions") == 1);
}
