// The tool journal: one intent, one result, for ever.
#include <catch2/catch.hpp>

#include "store_fixture.hpp"

using dugout::Code;
using dugout::store::CallState;
using dugout::store::JournalEntry;
using dugout::test::StoreFixture;

namespace {

JournalEntry entry(const std::string& arguments = "{}") {
  JournalEntry made;
  made.key = "k1";
  made.session = "ses_1";
  made.turn = "turn_1";
  made.tool = "send_sms_payment_link";
  made.arguments = arguments;
  return made;
}

}  // namespace

TEST_CASE("StoreJournalTest.FirstIntentIsFresh") {
  StoreFixture f;

  const auto written = f.store->intend(entry());

  REQUIRE(written);
  CHECK(written->fresh);
  CHECK(written->state == CallState::kIntended);
  CHECK(written->result.empty());
}

TEST_CASE("StoreJournalTest.SecondIntentGivesTheFirstBack") {
  StoreFixture f;
  REQUIRE(f.store->intend(entry(R"({"a":1})")));
  f.reopen();

  const auto again = f.store->intend(entry(R"({"a":2})"));

  REQUIRE(again);
  CHECK_FALSE(again->fresh);
  CHECK(again->state == CallState::kIntended);
  CHECK(again->arguments == R"({"a":1})");
}

TEST_CASE("StoreJournalTest.IntentAfterResultCarriesIt") {
  StoreFixture f;
  REQUIRE(f.store->intend(entry()));
  REQUIRE(f.store->settle("k1", R"({"ok":true})"));

  const auto again = f.store->intend(entry());

  REQUIRE(again);
  CHECK_FALSE(again->fresh);
  CHECK(again->state == CallState::kDone);
  CHECK(again->result == R"({"ok":true})");
}

TEST_CASE("StoreJournalTest.ResultIsWrittenOnce") {
  StoreFixture f;
  REQUIRE(f.store->intend(entry()));
  REQUIRE(f.store->settle("k1", "1"));

  CHECK(f.store->settle("k1", "1"));
  CHECK(f.store->settle("k1", "2").error().code == Code::kConflict);
  CHECK(f.store->intend(entry())->result == "1");
}

TEST_CASE("StoreJournalTest.SettleWithoutIntentIsNotFound") {
  StoreFixture f;

  CHECK(f.store->settle("k9", "1").error().code == Code::kNotFound);
}

TEST_CASE("StoreJournalTest.EmptyKeyAndEmptyResultAreInvalid") {
  StoreFixture f;
  REQUIRE(f.store->intend(entry()));

  CHECK(f.store->intend({}).error().code == Code::kInvalid);
  CHECK(f.store->settle("k1", "").error().code == Code::kInvalid);
}
