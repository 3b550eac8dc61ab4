// Sessions, turns, messages: what one commit changes, and what it refuses.
#include <catch2/catch.hpp>

#include "store_fixture.hpp"

using dugout::Code;
using dugout::test::FakeClock;
using dugout::test::StoreFixture;

TEST_CASE("StoreTurnsTest.UnknownSessionIsNothing") {
  StoreFixture f;

  const auto found = f.store->session("ses_1");

  REQUIRE(found);
  CHECK_FALSE(found->has_value());
}

TEST_CASE("StoreTurnsTest.AcceptOfNewMessageIsFreshAndUnanswered") {
  StoreFixture f;

  const auto turn = f.store->accept("ses_1", "m1", R"({"text":"hello"})");

  REQUIRE(turn);
  CHECK(turn->fresh);
  CHECK_FALSE(turn->id.empty());
  CHECK(turn->session == "ses_1");
  CHECK(turn->request == R"({"text":"hello"})");
  CHECK(turn->reply.empty());
}

TEST_CASE("StoreTurnsTest.AcceptOfRepeatGivesFirstTurnBack") {
  StoreFixture f;
  const auto first = f.store->accept("ses_1", "m1", "first");

  const auto repeat = f.store->accept("ses_1", "m1", "second");
  const auto other_session = f.store->accept("ses_2", "m1", "other");

  REQUIRE(repeat);
  CHECK_FALSE(repeat->fresh);
  CHECK(repeat->id == first->id);
  CHECK(repeat->request == "first");
  REQUIRE(other_session);
  CHECK(other_session->fresh);
}

TEST_CASE("StoreTurnsTest.TheFirstTurnIsKnownFromItsAcceptOn") {
  StoreFixture f;
  const auto none = f.store->first_turn("ses_1");
  REQUIRE(none);
  CHECK_FALSE(none->has_value());

  const auto turn = f.accepted("ses_1", "m1");
  const auto first = f.store->first_turn("ses_1");
  f.accepted("ses_2");
  f.accepted("ses_1", "m2");
  const auto later = f.store->first_turn("ses_1");

  REQUIRE(first->has_value());
  CHECK((*first)->turn == turn);
  CHECK((*first)->message == "m1");
  CHECK((*first)->alone);
  CHECK((*later)->turn == turn);
  CHECK_FALSE((*later)->alone);
  CHECK((*f.store->first_turn("ses_2"))->message.empty());
}

TEST_CASE("StoreTurnsTest.AcceptOfRepeatAfterCommitCarriesReply") {
  StoreFixture f;
  const auto turn = f.accepted("ses_1", "m1");
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, turn)));
  f.reopen();

  const auto repeat = f.store->accept("ses_1", "m1", "again");

  REQUIRE(repeat);
  CHECK_FALSE(repeat->fresh);
  CHECK(repeat->reply == R"({"reply":")" + turn + "\"}");
}

TEST_CASE("StoreTurnsTest.AcceptWithoutMessageIdIsAlwaysNew") {
  StoreFixture f;

  const auto first = f.store->accept("ses_1", "", "same");
  const auto second = f.store->accept("ses_1", "", "same");

  REQUIRE(second);
  CHECK(second->fresh);
  CHECK(first->id != second->id);
}

TEST_CASE("StoreTurnsTest.CommitStoresSessionAndCountsVersions") {
  StoreFixture f;
  auto commit = StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"));
  commit.session.agent = "new_registration";
  commit.session.routine = 7;
  commit.session.record = R"({"postcode":{"value":"M1 1AE"}})";
  commit.session.state = R"({"refusals":1})";
  REQUIRE(f.store->commit(commit));
  f.clock.advance(std::chrono::seconds(5));
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 1, f.accepted("ses_1"))));
  f.reopen();

  const auto found = f.store->session("ses_1");

  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->version == 2);
  CHECK((*found)->agent.empty());
  CHECK((*found)->record == "{}");
  CHECK((*found)->created_ms == FakeClock::kStartMs + 3'600'000);
  CHECK((*found)->updated_ms == FakeClock::kStartMs + 3'605'000);
}

TEST_CASE("StoreTurnsTest.CommittedSessionReadsBackAsWritten") {
  StoreFixture f;
  auto commit = StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"));
  commit.session.agent = "new_registration";
  commit.session.routine = 7;
  commit.session.record = R"({"name":{"value":"Zoë O'Neil"}})";
  commit.session.state = R"({"refusals":1})";

  REQUIRE(f.store->commit(commit));

  const auto found = *f.store->session("ses_1");
  REQUIRE(found);
  CHECK(found->agent == "new_registration");
  CHECK(found->routine == 7);
  CHECK(found->record == commit.session.record);
  CHECK(found->state == commit.session.state);
  CHECK(found->version == 1);
}

TEST_CASE("StoreTurnsTest.CommitOfOldVersionIsConflictAndChangesNothing") {
  StoreFixture f;
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"))));
  const auto late = f.accepted("ses_1", "late");

  const auto creating = f.store->commit(StoreFixture::commit_of("ses_1", 0, late));
  const auto ahead = f.store->commit(StoreFixture::commit_of("ses_1", 2, late));

  REQUIRE_FALSE(creating);
  CHECK(creating.error().code == Code::kConflict);
  REQUIRE_FALSE(ahead);
  CHECK(ahead.error().code == Code::kConflict);
  CHECK(f.store->messages("ses_1", 100)->size() == 2);
  CHECK(f.store->accept("ses_1", "late", "")->reply.empty());
}

TEST_CASE("StoreTurnsTest.CommitOfAnsweredTurnIsConflict") {
  StoreFixture f;
  const auto turn = f.accepted("ses_1");
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, turn)));

  const auto again = f.store->commit(StoreFixture::commit_of("ses_1", 1, turn));

  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::kConflict);
  CHECK((*f.store->session("ses_1"))->version == 1);
}

TEST_CASE("StoreTurnsTest.CommitOfTurnNeverAcceptedIsNotFound") {
  StoreFixture f;
  const auto elsewhere = f.accepted("ses_2");

  const auto unknown = f.store->commit(StoreFixture::commit_of("ses_1", 0, "turn_x"));
  const auto foreign = f.store->commit(StoreFixture::commit_of("ses_1", 0, elsewhere));

  CHECK(unknown.error().code == Code::kNotFound);
  CHECK(foreign.error().code == Code::kNotFound);
  CHECK_FALSE(f.store->session("ses_1")->has_value());
}

TEST_CASE("StoreTurnsTest.CommitWithoutReplyIsInvalid") {
  StoreFixture f;
  auto commit = StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"));
  commit.reply.clear();

  CHECK(f.store->commit(commit).error().code == Code::kInvalid);
}

TEST_CASE("StoreTurnsTest.CommitThatFailsLateLeavesNothing") {
  StoreFixture f;
  const auto turn = f.accepted("ses_1", "m1");
  auto commit = StoreFixture::commit_of("ses_1", 0, turn);
  commit.attempts = {"{}"};
  commit.messages.back().turn = "turn_of_nobody";  // breaks a foreign key, after other rows

  const auto outcome = f.store->commit(commit);

  REQUIRE_FALSE(outcome);
  CHECK_FALSE(f.store->session("ses_1")->has_value());
  CHECK(f.store->messages("ses_1", 10)->empty());
  CHECK(f.store->accept("ses_1", "m1", "")->reply.empty());
  commit.messages.back().turn = turn;
  CHECK(f.store->commit(commit));
}

TEST_CASE("StoreTurnsTest.MessagesAreNumberedInOrderAcrossTurns") {
  StoreFixture f;
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"))));
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_2", 0, f.accepted("ses_2"))));
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 1, f.accepted("ses_1"))));

  const auto all = *f.store->messages("ses_1", 1000);
  const auto last = *f.store->messages("ses_1", 1);

  REQUIRE(all.size() == 4);
  for (std::size_t at = 0; at < all.size(); ++at) {
    CHECK(all[at].sequence == static_cast<std::int64_t>(at + 1));
  }
  REQUIRE(last.size() == 1);
  CHECK(last[0].sequence == 4);
  CHECK(last[0].role == "assistant");
}

TEST_CASE("StoreTurnsTest.PinnedMessagesAreAmongTheLastAlways") {
  StoreFixture f;
  auto commit = StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"));
  commit.messages[0].pinned = true;
  REQUIRE(f.store->commit(commit));
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 1, f.accepted("ses_1"))));

  const auto last = *f.store->messages("ses_1", 1);

  REQUIRE(last.size() == 2);
  CHECK(last[0].sequence == 1);
  CHECK(last[0].pinned);
  CHECK(last[1].sequence == 4);
}

TEST_CASE("StoreTurnsTest.AnyBytesInMessageReadBackAsWritten") {
  StoreFixture f;
  std::string content = "'); DROP TABLE messages; -- \xf0\x9f\x98\x80 \xff\xfe";
  content += '\0';
  content += "after";
  auto commit = StoreFixture::commit_of("ses_1", 0, f.accepted("ses_1"));
  commit.messages[0].content = content;

  REQUIRE(f.store->commit(commit));

  CHECK((*f.store->messages("ses_1", 10))[0].content == content);
}

TEST_CASE("StoreTurnsTest.UnansweredAreOldestFirstAndSurviveReopening") {
  StoreFixture f;
  const auto first = f.accepted("ses_b");
  const auto answered = f.accepted("ses_a");
  const auto last = f.accepted("ses_a");
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_a", 0, answered)));
  f.reopen();

  const auto open = *f.store->unanswered();

  REQUIRE(open.size() == 2);
  CHECK(open[0].id == first);
  CHECK(open[1].id == last);
  CHECK(open[1].request == R"({"text":"hello"})");
}
