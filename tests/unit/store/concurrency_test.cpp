// Many threads at once, and processes that end in the middle.
#include <sys/wait.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "store/migrations.hpp"
#include "store/writer.hpp"
#include "store_fixture.hpp"

using dugout::Code;
using dugout::Done;
using dugout::Error;
using dugout::Status;
using dugout::store::Database;
using dugout::store::Query;
using dugout::store::Writer;
using dugout::test::kPatient;
using dugout::test::StoreFixture;
using dugout::test::TempFolder;

namespace {

constexpr int kThreads = 64;

template <typename Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int n = 0; n < count; ++n) threads.emplace_back([n, &work] { work(n); });
  for (auto& thread : threads) thread.join();
}

std::unique_ptr<Database> counters(const std::string& path) {
  auto database = std::move(*Database::open(path, {}));
  if (!database->script("CREATE TABLE seen(n INTEGER PRIMARY KEY)")) return nullptr;
  return database;
}

std::int64_t count(Database& database) {
  Query query(database, "SELECT count(*) FROM seen");
  return query.next() ? query.integer(0) : -1;
}

Writer::Write add(std::int64_t n) {
  return [n](Database& database) { return database.run("INSERT INTO seen VALUES(?1)", {n}); };
}

}  // namespace

TEST_CASE("StoreConcurrencyTest.ThreadsOnOwnSessionsAllCommit") {
  StoreFixture f;
  constexpr int kTurns = 5;
  std::atomic<int> failed = 0;

  on_threads(kThreads, [&](int n) {
    const auto session = "ses_" + std::to_string(n);
    for (int turn = 0; turn < kTurns; ++turn) {
      const auto accepted = f.store->accept(session, std::to_string(turn), "{}");
      if (!accepted || !f.store->commit(StoreFixture::commit_of(session, turn, accepted->id))) {
        ++failed;
      }
      const auto read = f.store->session(session);
      if (!read || !*read || (*read)->version != turn + 1) ++failed;
    }
  });

  CHECK(failed == 0);
  CHECK(f.store->unanswered()->empty());
  for (int n = 0; n < kThreads; ++n) {
    CHECK(f.store->messages("ses_" + std::to_string(n), 100)->size() == 2 * kTurns);
  }
}

TEST_CASE("StoreConcurrencyTest.OneOfManyCommitsOfAVersionWins") {
  StoreFixture f;
  std::atomic<int> won = 0, conflicts = 0;

  on_threads(kThreads, [&](int) {
    const auto turn = f.store->accept("ses_1", "", "{}");
    const auto done = f.store->commit(StoreFixture::commit_of("ses_1", 0, turn->id));
    if (done) {
      ++won;
    } else if (done.error().code == Code::kConflict) {
      ++conflicts;
    }
  });

  CHECK(won == 1);
  CHECK(conflicts == kThreads - 1);
  CHECK(f.store->messages("ses_1", 100)->size() == 2);
}

TEST_CASE("StoreConcurrencyTest.OneOfManyRepeatsIsFresh") {
  StoreFixture f;
  std::atomic<int> fresh = 0;
  std::vector<std::string> ids(kThreads);

  on_threads(kThreads, [&](int n) {
    const auto turn = f.store->accept("ses_1", "m1", "{}");
    if (turn && turn->fresh) ++fresh;
    if (turn) ids[static_cast<std::size_t>(n)] = turn->id;
  });

  CHECK(fresh == 1);
  for (const auto& id : ids) CHECK(id == ids[0]);
}

TEST_CASE("StoreConcurrencyTest.OneOfManyTakesAShirt") {
  StoreFixture f;
  std::atomic<int> won = 0, conflicts = 0;

  on_threads(kThreads, [&](int n) {
    const auto row = R"({"player":")" + std::to_string(n) + "\"}";
    const auto taken = f.store->insert_row("shirts", "2526|Lions|u9|7", row);
    if (taken) {
      ++won;
    } else if (taken.error().code == Code::kConflict && !taken.error().detail.empty()) {
      ++conflicts;
    }
  });

  CHECK(won == 1);
  CHECK(conflicts == kThreads - 1);
}

TEST_CASE("StoreConcurrencyTest.OneOfManyIntentsIsFresh") {
  StoreFixture f;
  std::atomic<int> fresh = 0;

  on_threads(kThreads, [&](int) {
    dugout::store::JournalEntry entry;
    entry.key = "k1";
    const auto written = f.store->intend(entry);
    if (written && written->fresh) ++fresh;
  });

  CHECK(fresh == 1);
}

TEST_CASE("StoreConcurrencyTest.TwoStoresOnOneFileSeeEachOther") {
  StoreFixture f;
  f.reopen(kPatient);
  const auto other = f.open(kPatient);
  std::atomic<int> failed = 0;

  on_threads(8, [&](int n) {
    auto& mine = n % 2 == 0 ? *f.store : *other;
    for (int row = 0; row < 10; ++row) {
      if (!mine.insert_row("t", "", "{}")) ++failed;
    }
  });

  CHECK(failed == 0);
  const auto rows = *other->find_rows("t", "{}");
  CHECK(std::count(rows.begin(), rows.end(), '{') == 80);
}

TEST_CASE("WriterTest.FailingWriteTakesNoOtherWithIt") {
  TempFolder folder;
  Writer writer(counters(folder.file("d.db")));
  std::atomic<int> done = 0, refused = 0, thrown = 0;

  on_threads(kThreads, [&](int n) {
    const auto outcome = writer.run([n](Database& database) -> Status {
      if (auto inserted = add(n)(database); !inserted) return inserted;
      if (n % 4 == 1) return Error{Code::kConflict, "no"};
      if (n % 4 == 2) throw std::runtime_error("oops");
      return Done{};
    });
    if (outcome) {
      ++done;
    } else if (outcome.error().code == Code::kConflict) {
      ++refused;
    } else if (outcome.error().message.find("oops") != std::string::npos) {
      ++thrown;
    }
  });

  CHECK(done == kThreads / 2);
  CHECK(refused == kThreads / 4);
  CHECK(thrown == kThreads / 4);
  CHECK(count(*std::move(*Database::open(folder.file("d.db"), {}))) == kThreads / 2);
}

TEST_CASE("WriterTest.WriteThatEndsTheTransactionTakesNoOtherWithIt") {
  TempFolder folder;
  Writer writer(counters(folder.file("d.db")));
  std::atomic<int> done = 0;

  on_threads(kThreads, [&](int n) {
    const auto outcome = writer.run([n](Database& database) -> Status {
      if (n != 5) return add(n)(database);
      (void)database.run("ROLLBACK");  // as SQLite does by itself when the disk is full
      return Error{Code::kUnavailable, "the disk is full"};
    });
    if (outcome) ++done;
  });

  CHECK(done == kThreads - 1);
  CHECK(count(*std::move(*Database::open(folder.file("d.db"), {}))) == kThreads - 1);
}

TEST_CASE("WriterTest.DestructorFinishesWhatWasHandedIn") {
  TempFolder folder;
  std::atomic<int> done = 0;
  {
    Writer writer(counters(folder.file("d.db")));
    on_threads(kThreads, [&](int n) {
      if (writer.run(add(n))) ++done;
    });
  }

  CHECK(done == kThreads);
  CHECK(count(*std::move(*Database::open(folder.file("d.db"), {}))) == kThreads);
}

// The child tells each commit after it returned, and ends without any cleaning up while other
// threads of it are still committing. What it told must be there.
TEST_CASE("StoreCrashTest.AcknowledgedCommitsSurviveTheEndOfTheProcess") {
  StoreFixture f;
  f.store.reset();
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto store = f.open();
    std::atomic<int> told = 0;
    on_threads(8, [&](int n) {
      for (int turn = 0;; ++turn) {
        const auto session = "ses_" + std::to_string(n);
        const auto accepted = store->accept(session, std::to_string(turn), "{}");
        if (!accepted) ::_exit(1);
        if (!store->commit(StoreFixture::commit_of(session, turn, accepted->id))) ::_exit(2);
        const char byte = static_cast<char>(n);
        if (::write(ends[1], &byte, 1) != 1) ::_exit(3);
        if (++told == 100) ::_exit(9);
      }
    });
  }
  ::close(ends[1]);
  std::vector<int> acknowledged(8, 0);
  for (char byte = 0; ::read(ends[0], &byte, 1) == 1;) ++acknowledged[static_cast<unsigned>(byte)];
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);

  f.store = f.open();

  CHECK(WEXITSTATUS(status) == 9);
  int total = 0;
  for (int n = 0; n < 8; ++n) {
    const auto session = "ses_" + std::to_string(n);
    const auto stored = *f.store->session(session);
    const auto version = stored ? stored->version : 0;
    total += acknowledged[static_cast<unsigned>(n)];
    CHECK(version >= acknowledged[static_cast<unsigned>(n)]);
    CHECK(f.store->messages(session, 1000)->size() == static_cast<std::size_t>(2 * version));
  }
  CHECK(total >= 100);
}

TEST_CASE("WriterTest.AWriteThatCannotBeUndoneTakesItsTransactionWithIt") {
  TempFolder folder;
  auto database = counters(folder.file("d.db"));
  REQUIRE(database);
  Writer writer(std::move(database));

  const auto failed = writer.run([](Database& written) -> Status {
    (void)written.run("INSERT INTO seen VALUES(1)");
    (void)written.run("RELEASE one");  // its savepoint is gone, as after some failures of a disk
    return Error{Code::kInternal, "no"};
  });
  const auto unkept = writer.run([](Database& written) -> Status {
    (void)written.run("INSERT INTO seen VALUES(2)");
    return written.run("RELEASE one");
  });

  CHECK_FALSE(failed);
  CHECK_FALSE(unkept);
  REQUIRE(writer.run([](Database& written) { return written.run("INSERT INTO seen VALUES(3)"); }));
  const auto reader = std::move(*Database::open(folder.file("d.db"), {}));
  CHECK(count(*reader) == 1);
}
