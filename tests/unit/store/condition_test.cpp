// A store in trouble: a word for it, advice, one line in the log, and recovery where there is one.
#include "store/condition.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

#include <sys/resource.h>

#include "store/sqlite.hpp"
#include "store_fixture.hpp"

namespace {

using namespace dugout;
using store::Trouble;
using test::StoreFixture;

// A store whose log is looked at.
struct Watched : StoreFixture {
  std::vector<std::string> lines;
  observability::Log log{clock, {}, [this](std::string_view line) { lines.emplace_back(line); }};

  Watched() {
    store.reset();
    store = watched();
  }
  ~Watched() { store.reset(); }
  std::unique_ptr<store::Store> watched() {
    store::SqliteOptions options;
    options.busy_timeout = std::chrono::milliseconds(1);
    options.log = &log;
    return open(options);
  }
  std::size_t said(const std::string& words) const {
    std::size_t count = 0;
    for (const auto& line : lines) count += line.find(words) != std::string::npos ? 1 : 0;
    return count;
  }
  Trouble probed() {
    const auto outcome = store->probe();
    return outcome ? Trouble::kNone : store::trouble_of(outcome.error());
  }
};

// No file of this process grows beyond it.
class Limit {
 public:
  explicit Limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~Limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("ConditionTest.EveryTroubleHasAWordAndAdviceThatSurviveTheWayUp") {
  for (const auto trouble : {Trouble::kFull, Trouble::kReadOnly, Trouble::kLocked,
                             Trouble::kDamaged, Trouble::kGone, Trouble::kBroken}) {
    const auto error = store::error_of(trouble, "why");
    CHECK(error.code == Code::kUnavailable);
    CHECK(store::trouble_of(error) == trouble);
    CHECK_FALSE(store::advice_for(trouble).empty());
    CHECK(error.detail.find("retry_after_s") != std::string::npos);
  }
  CHECK(store::trouble_of({Code::kUnavailable, "no model", R"({"retry_after_s":3})"}) ==
        Trouble::kNone);
  CHECK(store::advice_for(Trouble::kNone).empty());
}

TEST_CASE("ConditionTest.ALockedStoreIsSaidOnceAndGoesOnByItself") {
  Watched f;
  const auto other = std::move(*store::Database::open(f.path, {}));
  REQUIRE(other->run("BEGIN IMMEDIATE"));

  for (int n = 0; n < 5; ++n) CHECK(f.probed() == Trouble::kLocked);
  CHECK(store::trouble_of(f.store->accept("ses_1", "m1", "{}").error()) == Trouble::kLocked);
  CHECK(f.said("store.trouble") == 1);
  REQUIRE(other->run("ROLLBACK"));
  f.clock.advance(std::chrono::seconds(3));

  CHECK(f.probed() == Trouble::kNone);
  CHECK(f.store->accept("ses_1", "m1", "{}")->fresh);
  CHECK(f.said("store.well_again") == 1);
}

TEST_CASE("ConditionTest.AFullDiskLosesNothingAndGoesOnWhenThereIsSpace") {
  Watched f;
  const auto turn = f.accepted("ses_1", "m1");
  auto commit = StoreFixture::commit_of("ses_1", 0, turn);
  commit.messages[1].content = std::string(2U << 20, 'x');

  {
    const Limit limit(512U << 10);
    for (int n = 0; n < 3; ++n) {
      const auto refused = f.store->commit(commit);
      REQUIRE_FALSE(refused);
      CHECK(store::trouble_of(refused.error()) != Trouble::kNone);
    }
  }
  f.clock.advance(std::chrono::seconds(3));

  CHECK(f.said("store.trouble") == 1);
  CHECK(f.store->unanswered()->size() == 1);
  CHECK(f.store->commit(commit));
  CHECK(f.said("store.well_again") == 1);
}

TEST_CASE("ConditionTest.ADatabaseThatMayNotGrowIsFull") {
  Watched f;
  auto database = std::move(*store::Database::open(f.path, {}));
  std::int64_t pages = 0;
  {
    store::Query row(*database, "PRAGMA page_count");
    REQUIRE(row.next());
    pages = row.integer(0);
  }
  const auto limit = "PRAGMA max_page_count = " + std::to_string(pages);
  REQUIRE(database->run(limit));

  const auto refused =
      database->run("INSERT INTO turns(id, session, request, accepted_ms) VALUES('t', 's', ?1, 1)",
                    {std::string_view(std::string(100'000, 'x'))});

  REQUIRE_FALSE(refused);
  CHECK(store::trouble_of(refused.error()) == Trouble::kFull);
}

TEST_CASE("ConditionTest.AReadOnlyConnectionSaysSo") {
  Watched f;
  const auto database = std::move(*store::Database::open(f.path, {true, {}}));

  const auto refused = database->run("UPDATE probe SET checked_ms = 1");

  REQUIRE_FALSE(refused);
  CHECK(store::trouble_of(refused.error()) == Trouble::kReadOnly);
}

TEST_CASE("ConditionTest.NothingIsWrittenToAFileThatIsGone") {
  Watched f;
  REQUIRE(f.accepted("ses_1", "m1").size() > 1);
  SECTION("removed") {
    std::filesystem::remove(f.path);
  }
  SECTION("its log removed") {
    std::filesystem::remove(f.path + "-wal");
  }
  SECTION("replaced") {
    std::filesystem::copy_file(f.path, f.path + ".copy");
    std::filesystem::rename(f.path + ".copy", f.path);
  }

  for (int n = 0; n < 3; ++n) CHECK(f.probed() == Trouble::kGone);

  const auto refused = f.store->accept("ses_1", "m2", "{}");
  REQUIRE_FALSE(refused);
  CHECK(store::trouble_of(refused.error()) == Trouble::kGone);
  CHECK(f.said("store.trouble") == 1);
}

TEST_CASE("ConditionTest.NothingIsBuiltOnDamagedPages") {
  Watched f;
  for (int n = 0; n < 200; ++n) {
    REQUIRE(f.store->insert_row("t", "", R"({"text":")" + std::string(500, 'x') + "\"}"));
  }
  f.store.reset();
  {
    const std::string garbage(std::filesystem::file_size(f.path) - 8192, '\xa5');
    std::fstream file(f.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);
    file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
  }
  auto opened = store::open_sqlite_store(
      f.path, f.clock, {std::chrono::milliseconds(1), 1, std::chrono::seconds(30), 0, &f.log});
  if (!opened) {  // the page of the schema's own needs was hit: refused at the start
    CHECK(store::trouble_of(opened.error()) == Trouble::kDamaged);
    return;
  }
  f.store = std::move(*opened);

  CHECK_FALSE(f.store->find_rows("t", "{}"));

  CHECK(f.probed() == Trouble::kDamaged);
  CHECK(store::trouble_of(f.store->accept("ses_1", "m1", "{}").error()) == Trouble::kDamaged);
  CHECK(f.said("store.trouble") == 1);
}

TEST_CASE("ConditionTest.AHalfCopiedFileAtThePlaceIsNoDamage") {
  Watched f;
  std::filesystem::rename(f.path, f.path + ".moved");
  std::ofstream(f.path) << std::string(9000, 'x');

  const auto read = f.store->session("ses_1");  // no reader has been opened before

  REQUIRE_FALSE(read);
  CHECK(store::trouble_of(read.error()) == Trouble::kGone);
  CHECK(f.probed() == Trouble::kGone);
  std::filesystem::rename(f.path + ".moved", f.path);
  f.clock.advance(std::chrono::seconds(3));
  CHECK(f.probed() == Trouble::kNone);
  CHECK(f.said("store.well_again") == 1);
}

TEST_CASE("ConditionTest.WhatAReaderFindsWhileTheFileIsGoneIsNoDamage") {
  StoreFixture f;
  store::Condition condition(f.clock, nullptr);
  condition.wrote(store::error_of(Trouble::kGone, "gone"));

  condition.read(store::error_of(Trouble::kDamaged, "not a database"));

  CHECK(condition.admit());
}

TEST_CASE("ConditionTest.ATransactionThatWroteNothingSaysNothing") {
  Watched f;
  const auto turn = f.accepted("ses_1", "m1");
  auto commit = StoreFixture::commit_of("ses_1", 0, turn);
  commit.messages[1].content = std::string(2U << 20, 'x');
  {
    const Limit limit(512U << 10);
    CHECK_FALSE(f.store->commit(commit));
    f.clock.advance(std::chrono::seconds(3));

    CHECK(f.store->release("turn_of_nobody"));
    CHECK(f.store->take_unanswered(false)->empty());

    CHECK(f.said("store.well_again") == 0);
  }
  CHECK(f.probed() == Trouble::kNone);
  CHECK(f.said("store.well_again") == 1);
}

TEST_CASE("ConditionTest.AWriteBetweenFailuresIsNoEnd") {
  StoreFixture f;
  std::vector<std::string> lines;
  observability::Log log(f.clock, {}, [&](std::string_view line) { lines.emplace_back(line); });
  store::Condition condition(f.clock, &log);
  const Status full = store::error_of(Trouble::kFull, "no space");

  for (int n = 0; n < 5; ++n) {
    condition.wrote(full);
    condition.wrote(Done{});
  }

  CHECK(lines.size() == 1);
  f.clock.advance(std::chrono::seconds(3));
  condition.wrote(Done{});
  CHECK(lines.size() == 2);
  condition.wrote(full);
  CHECK(lines.size() == 3);
}
