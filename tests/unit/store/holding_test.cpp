// Two stores over one file, as two processes have them: who works on which session, and what
// becomes of the turns of one that is no more.
#include <catch2/catch.hpp>

#include <set>

#include "store/owner.hpp"
#include "store/sqlite.hpp"
#include "store/sqlite_store.hpp"
#include "store/upkeep.hpp"
#include "store_fixture.hpp"

namespace {

using namespace dugout;
using test::StoreFixture;

// A second process, as far as the store can tell. What was left by one that crashed: its row and
// its turns, without a lock.
struct Two : StoreFixture {
  std::unique_ptr<store::Store> other = open();

  // Both with a lease of ten minutes. A busy store gives a sign of life every third of its lease by
  // real time, with the clock of the test: none of these may come while that is moved on.
  void lease_for_long() {
    const store::SqliteOptions options{std::chrono::seconds(5), 4, std::chrono::minutes(10)};
    other.reset();
    reopen(options);
    other = open(options);
  }

  // The other process is killed: its lock goes, its turns and its row stay.
  void kill_other() {
    const auto turns = *other->unanswered();
    other.reset();
    auto database = std::move(*store::Database::open(path, {}));
    REQUIRE(database->run("INSERT OR REPLACE INTO owners VALUES(4711, ?1, 1)",
                          {clock.wall_now().time_since_epoch().count() + 30000}));
    for (const auto& turn : turns) {
      REQUIRE(database->run("UPDATE turns SET owner = 4711 WHERE id = ?1 AND owner IS NULL",
                            {turn.id}));
    }
  }
};

}  // namespace

TEST_CASE("HoldingTest.ASessionInWorkIsRefusedToAnotherProcess") {
  Two f;
  const auto turn = f.accepted("ses_1", "m1");

  const auto same = f.other->accept("ses_1", "m1", "{}");
  const auto next = f.other->accept("ses_1", "m2", "{}");
  const auto elsewhere = f.other->accept("ses_2", "m1", "{}");

  REQUIRE_FALSE(same);
  CHECK(same.error().code == Code::kConflict);
  REQUIRE_FALSE(next);
  CHECK(next.error().code == Code::kConflict);
  CHECK(elsewhere);
  CHECK(f.store->unanswered()->size() == 2);  // a refused message leaves nothing behind
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, turn)));
  CHECK_FALSE(f.other->accept("ses_1", "m1", "{}")->reply.empty());
  CHECK(f.other->accept("ses_1", "m2", "{}")->fresh);
}

TEST_CASE("HoldingTest.AnAnswerIsGivenToARepeatWhileAnotherProcessHasTheSession") {
  Two f;
  const auto first = f.accepted("ses_1", "m1");
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, first)));
  f.accepted("ses_1", "m2");

  const auto repeat = f.other->accept("ses_1", "m1", "{}");

  REQUIRE(repeat);
  CHECK(repeat->id == first);
  CHECK_FALSE(repeat->reply.empty());
}

TEST_CASE("HoldingTest.TurnsOfAProcessThatDiedAreTakenOverAtOnceInOrder") {
  Two f;
  REQUIRE(f.other->accept("ses_1", "m1", "{}"));
  REQUIRE(f.other->accept("ses_2", "m1", "{}"));
  REQUIRE(f.other->accept("ses_1", "m2", "{}"));
  CHECK(f.store->take_unanswered(true)->empty());

  f.kill_other();
  const auto taken = f.store->take_unanswered(false);

  REQUIRE(taken);
  REQUIRE(taken->size() == 3);
  CHECK((*taken)[0].session + (*taken)[0].client_message_id == "ses_1m1");
  CHECK((*taken)[2].session + (*taken)[2].client_message_id == "ses_1m2");
  CHECK(f.store->take_unanswered(true)->empty());  // they are ours now
  CHECK(f.store->commit(StoreFixture::commit_of("ses_1", 0, (*taken)[0].id)));
}

TEST_CASE("HoldingTest.AProcessThatHangsLosesItsTurnsWhenItsTimeIsOver") {
  Two f;
  f.lease_for_long();
  const auto turn = f.accepted("ses_1", "m1");
  // It has its lock, so that it may only seem to hang: five leases are its time.
  f.clock.advance(std::chrono::seconds(2999));
  CHECK(f.other->take_unanswered(true)->empty());
  CHECK_FALSE(f.other->accept("ses_1", "m2", "{}"));

  f.clock.advance(std::chrono::seconds(2));
  const auto taken = f.other->take_unanswered(false);

  REQUIRE(taken->size() == 1);
  // The first one wakes up: it may neither answer nor begin an effect.
  const auto late = f.store->commit(StoreFixture::commit_of("ses_1", 0, turn));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Code::kConflict);
  const auto intent = f.store->intend(
      {"key", "ses_1", turn, "tool.pay", "{}", "", store::CallState::kIntended, false});
  REQUIRE_FALSE(intent);
  CHECK(intent.error().code == Code::kConflict);
  CHECK(f.other->commit(StoreFixture::commit_of("ses_1", 0, turn)));
}

TEST_CASE("HoldingTest.AcceptingRenewsTheLease") {
  Two f;
  f.accepted("ses_1", "m1");
  f.clock.advance(std::chrono::seconds(20));
  f.accepted("ses_2", "m1");
  f.clock.advance(std::chrono::seconds(20));

  CHECK(f.other->take_unanswered(true)->empty());
}

TEST_CASE("HoldingTest.WhoIsBusyForLongRenewsByItself") {
  StoreFixture f;
  f.reopen({std::chrono::seconds(5), 2, std::chrono::milliseconds(3)});
  f.accepted("ses_1", "m1");
  const auto database = std::move(*store::Database::open(f.path, {true, std::chrono::seconds(30)}));
  const auto until = [&] {
    store::Query row(*database, "SELECT until_ms FROM owners");
    return row.next() ? row.integer(0) : 0;
  };
  const auto before = until();
  f.clock.advance(std::chrono::hours(1));

  auto seen = before;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (seen == before && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
    seen = until();
  }

  CHECK(seen > before);
}

TEST_CASE("HoldingTest.ATurnThatWasLetGoIsTakenByTheNextThatComes") {
  Two f;
  const auto turn = f.accepted("ses_1", "m1");
  REQUIRE(f.store->release(turn));

  CHECK(f.other->take_unanswered(false)->empty());
  const auto repeat = f.other->accept("ses_1", "m1", "{}");
  REQUIRE(repeat);
  CHECK(repeat->id == turn);
  CHECK_FALSE(f.store->accept("ses_1", "m1", "{}"));
  REQUIRE(f.other->release(turn));
  CHECK(f.store->take_unanswered(true)->size() == 1);
}

TEST_CASE("HoldingTest.ATurnThatTheSessionHasPassedIsLeftAlone") {
  StoreFixture f;
  const auto first = f.accepted("ses_1", "m1");
  REQUIRE(f.store->release(first));
  const auto second = f.accepted("ses_1", "m2");
  CHECK(f.store->take_unanswered_turn(first)->has_value());
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, second)));

  f.reopen();

  CHECK(f.store->take_unanswered(true)->empty());
  CHECK_FALSE(f.store->take_unanswered_turn(first)->has_value());
  CHECK(f.store->accept("ses_1", "m1", "{}")->id == first);  // its client may still repeat it
}

TEST_CASE("HoldingTest.AStoreThatIsClosedLeavesItsTurnsToAnybody") {
  Two f;
  const auto turn = f.accepted("ses_1", "m1");
  f.store.reset();

  CHECK(f.other->take_unanswered(false)->empty());
  REQUIRE(f.other->take_unanswered(true)->size() == 1);
  CHECK(f.other->commit(StoreFixture::commit_of("ses_1", 0, turn)));
}

TEST_CASE("HoldingTest.NobodyHasADatabaseForItselfThatIsInUse") {
  StoreFixture f;

  const auto refused = store::Exclusive::take(f.path);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kConflict);
  f.store.reset();
  {
    const auto taken = store::Exclusive::take(f.path);
    REQUIRE(taken);
    CHECK_FALSE(store::open_sqlite_store(f.path, f.clock));
  }
  CHECK(store::open_sqlite_store(f.path, f.clock));
}

TEST_CASE("HoldingTest.OpenIntentsAreThoseOfATurnOrOfAnsweredOnes") {
  StoreFixture f;
  const auto turn = f.accepted("ses_1", "m1");
  REQUIRE(f.store->intend(
      {"k1", "ses_1", turn, "tool.pay", "{}", "", store::CallState::kIntended, false, "told"}));
  REQUIRE(f.store->intend(
      {"k2", "ses_1", turn, "tool.sms", "{}", "", store::CallState::kIntended, false}));
  REQUIRE(f.store->settle("k2", "{}"));

  const auto mine = *f.store->open_intents(turn);
  REQUIRE(mine.size() == 1);
  CHECK(mine[0].key == "k1");
  CHECK(mine[0].idempotency == "told");
  CHECK(f.store->open_intents("")->empty());
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, turn)));
  CHECK(f.store->open_intents("")->size() == 1);
}

TEST_CASE("HoldingTest.WithoutLocksTimeAloneDecides") {
  Two f;
  f.lease_for_long();
  f.accepted("ses_1", "m1");
  const auto database = std::move(*store::Database::open(f.path, {}));
  REQUIRE(database->run("UPDATE owners SET locked = 0"));
  CHECK(f.other->take_unanswered(true)->empty());

  f.clock.advance(std::chrono::seconds(601));

  CHECK(f.other->take_unanswered(true)->size() == 1);
}

TEST_CASE("HoldingTest.ATurnThatTheSessionHasPassedHoldsNothing") {
  Two f;
  f.accepted("ses_1", "m1");  // its process could neither answer nor release it
  const auto second = f.accepted("ses_1", "m2");
  CHECK_FALSE(f.other->accept("ses_1", "m3", "{}"));

  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, second)));

  CHECK(f.other->accept("ses_1", "m3", "{}"));
}

TEST_CASE("HoldingTest.ATurnAtWhichProcessesEndIsLeftAfterThreeTries") {
  Two f;
  const auto turn = f.other->accept("ses_1", "m1", "{}")->id;
  f.kill_other();
  const auto died = [&] {
    f.other = std::exchange(f.store, nullptr);
    f.kill_other();
    f.store = f.open();
  };
  for (int start = 1; start <= 2; ++start) {  // the one that accepted it was the first
    INFO(start);
    REQUIRE(f.store->take_unanswered(true)->size() == 1);
    REQUIRE(f.store->take_unanswered_turn(turn)->has_value());
    REQUIRE(f.store->take_unanswered_turn(turn)->has_value());  // one process is one try
    died();
  }

  CHECK(f.store->take_unanswered(true)->empty());
  CHECK_FALSE(f.store->take_unanswered_turn(turn)->has_value());
  // Nobody waits behind it.
  const auto next = f.store->accept("ses_1", "m2", "{}");
  REQUIRE(next);
  CHECK_FALSE(next->behind);
  CHECK(f.store->accept("ses_1", "m1", "{}")->id == turn);  // its client may repeat it
  REQUIRE(f.store->release(turn));
  CHECK(f.store->take_unanswered(true)->size() == 1);  // a try that ended well counts for all
}

TEST_CASE("HoldingTest.ADroppedTurnIsNobodysToWrite") {
  StoreFixture f;
  f.store.reset();
  f.store = f.open({std::chrono::seconds(5), 4, std::chrono::minutes(10)});
  const auto turn = f.accepted("ses_1", "m1");
  f.clock.advance(std::chrono::hours(2));  // it was paused, and wakes up after the drop
  REQUIRE(store::drop_from_store(f.path, turn, f.clock.wall_now().time_since_epoch().count()));

  store::JournalEntry intent;
  intent.turn = turn;
  intent.key = "key_1";
  intent.tool = "create_payment_token";
  CHECK(f.store->intend(intent).error().code == Code::kConflict);
  CHECK(f.store->commit(StoreFixture::commit_of("ses_1", 0, turn)).error().code == Code::kConflict);
}

TEST_CASE("HoldingTest.WhatWaitedWhileAProcessEndedWasNotTried") {
  Two f;
  REQUIRE(f.other->accept("ses_1", "m1", "{}"));
  for (int start = 1; start <= 5; ++start) {
    f.kill_other();
    f.other = f.open();
    REQUIRE(f.other->take_unanswered(true)->size() == 1);
  }
}

TEST_CASE("HoldingTest.ARepeatThatEndsEveryProcessIsRefusedInTheEnd") {
  Two f;
  REQUIRE(f.other->accept("ses_1", "m1", "{}"));
  int starts = 0;
  Outcome<store::AcceptedTurn> repeat = Error{};
  do {
    f.kill_other();
    f.other = f.open();
    repeat = f.other->accept("ses_1", "m1", "{}");
  } while (repeat && ++starts < 20);

  CHECK(starts == 9);  // and the one that accepted it
  CHECK(repeat.error().code == Code::kInvalid);
  f.clock.advance(std::chrono::minutes(1));  // it may not have been the turn's own doing: once more
  CHECK(f.other->accept("ses_1", "m1", "{}"));
  f.kill_other();
  f.other = f.open();
  CHECK_FALSE(f.other->accept("ses_1", "m1", "{}"));
  CHECK(f.other->accept("ses_1", "m2", "{}"));
}

TEST_CASE("HoldingTest.WhatIsADayOldIsLeftToItsClient") {
  StoreFixture f;
  const auto turn = f.accepted("ses_1", "m1");
  f.reopen();
  f.clock.advance(std::chrono::hours(25));

  CHECK(f.store->take_unanswered(true)->empty());
  CHECK_FALSE(f.store->take_unanswered_turn(turn)->has_value());
  CHECK(f.store->accept("ses_1", "m1", "{}")->id == turn);
}

TEST_CASE("HoldingTest.AMessageBehindOneThatADeadProcessLeftSaysSo") {
  Two f;
  REQUIRE(f.other->accept("ses_1", "m1", "{}"));
  f.kill_other();

  CHECK(f.store->accept("ses_1", "m2", "{}")->behind);
  CHECK(f.store->accept("ses_1", "m2", "{}")->behind);
  CHECK_FALSE(f.store->accept("ses_1", "m1", "{}")->behind);  // taken by its repeat
  CHECK_FALSE(f.store->accept("ses_1", "m2", "{}")->behind);
}

TEST_CASE("HoldingTest.WhoIsToldOfATurnIsToldBeforeAnybodyIsBehindIt") {
  Two f;
  REQUIRE(f.other->accept("ses_1", "m1", "{}"));
  f.kill_other();
  std::vector<std::string> told;

  const auto taken = f.store->take_unanswered(
      false, [&](const store::AcceptedTurn& turn) { told.push_back(turn.client_message_id); });

  CHECK(told == std::vector<std::string>{"m1"});
  CHECK(taken->size() == 1);
}
