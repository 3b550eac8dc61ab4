// The file itself: opening, modes, migrations, files that are not for us, and failing disks.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "store/migrations.hpp"
#include "store_fixture.hpp"
#include "support/faulty_store.hpp"

using dugout::Code;
using dugout::store::Database;
using dugout::store::latest_migration;
using dugout::store::migrate;
using dugout::store::open_sqlite_store;
using dugout::store::Query;
using dugout::test::FakeClock;
using dugout::test::FaultyStore;
using dugout::test::StoreFixture;
using dugout::test::TempFolder;

namespace {

std::unique_ptr<Database> raw(const std::string& path) {
  auto opened = Database::open(path, {});
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

std::int64_t number(Database& database, const std::string& sql) {
  Query query(database, sql);
  if (!query.next()) throw std::runtime_error("no row: " + sql);
  return query.integer(0);
}

unsigned mode_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) throw std::runtime_error("no file " + path);
  return found.st_mode & 0777U;
}

// Files may not grow past `bytes` while it lives: what a full disk looks like.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace

TEST_CASE("SqliteStoreTest.OpenCreatesFolderAndPrivateFile") {
  TempFolder folder;
  FakeClock clock;
  const auto path = folder.file("a/b/dugout.db");

  const auto store = open_sqlite_store(path, clock);

  REQUIRE(store);
  CHECK((*store)->probe());
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(path + "-wal") == 0600);
}

TEST_CASE("SqliteStoreTest.OpenTakesOthersRightsToTheFileAway") {
  StoreFixture f;
  f.store.reset();
  ::chmod(f.path.c_str(), 0666);

  f.store = f.open();

  CHECK(mode_of(f.path) == 0600);
}

TEST_CASE("SqliteStoreTest.PathThatIsNoFileIsRefused") {
  FakeClock clock;

  CHECK(open_sqlite_store("", clock).error().code == Code::kInvalid);
  CHECK(open_sqlite_store(":memory:", clock).error().code == Code::kInvalid);
}

TEST_CASE("SqliteStoreTest.FolderThatCannotBeWrittenIsUnavailableAndNamed") {
  FakeClock clock;
  TempFolder folder;
  std::filesystem::create_directory(folder.file("closed"));
  ::chmod(folder.file("closed").c_str(), 0500);
  // Permissions do not stop root; the kernel's own tree does.
  const auto path = ::geteuid() == 0 ? std::string("/proc/dugout.db") : folder.file("closed/d.db");

  const auto store = open_sqlite_store(path, clock);

  ::chmod(folder.file("closed").c_str(), 0700);
  REQUIRE_FALSE(store);
  CHECK(store.error().code == Code::kUnavailable);
  CHECK(store.error().message.find(path) != std::string::npos);
}

TEST_CASE("SqliteStoreTest.FolderThatCannotBeMadeIsUnavailable") {
  FakeClock clock;
  TempFolder folder;
  std::ofstream(folder.file("file")) << "in the way";

  const auto store = open_sqlite_store(folder.file("file/sub/dugout.db"), clock);

  REQUIRE_FALSE(store);
  CHECK(store.error().code == Code::kUnavailable);
}

TEST_CASE("SqliteStoreTest.FileThatIsNoDatabaseIsUnavailableAndLeftAlone") {
  FakeClock clock;
  TempFolder folder;
  const std::string text(5000, 'x');
  std::ofstream(folder.file("notes.txt")) << text;

  const auto store = open_sqlite_store(folder.file("notes.txt"), clock);

  REQUIRE_FALSE(store);
  CHECK(store.error().code == Code::kUnavailable);
  CHECK(store.error().message.find("not a database") != std::string::npos);
  std::ifstream file(folder.file("notes.txt"));
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == text);
}

TEST_CASE("SqliteStoreTest.DatabaseOfAnotherProgramIsRefused") {
  FakeClock clock;
  TempFolder folder;
  REQUIRE(raw(folder.file("other.db"))->script("CREATE TABLE sessions(mine TEXT)"));

  const auto store = open_sqlite_store(folder.file("other.db"), clock);

  REQUIRE_FALSE(store);
  CHECK(store.error().code == Code::kInvalid);
}

TEST_CASE("SqliteStoreTest.DatabaseFromTheFutureIsRefusedWithBothVersions") {
  StoreFixture f;
  f.store.reset();
  REQUIRE(raw(f.path)->script("PRAGMA user_version = 99"));

  const auto store = open_sqlite_store(f.path, f.clock);

  REQUIRE_FALSE(store);
  CHECK(store.error().code == Code::kInvalid);
  CHECK(store.error().message.find("version 99") != std::string::npos);
  CHECK(store.error().message.find(std::to_string(latest_migration())) != std::string::npos);
  CHECK(number(*raw(f.path), "PRAGMA user_version") == 99);
}

TEST_CASE("MigrationsTest.EachStepTakesADatabaseOneVersionOn") {
  TempFolder folder;
  const auto database = raw(folder.file("d.db"));

  for (int step = 0; step <= latest_migration(); ++step) {
    REQUIRE(migrate(*database, step));
    CHECK(number(*database, "PRAGMA user_version") == step);
  }
  CHECK(migrate(*database));
}

TEST_CASE("MigrationsTest.DatabaseOfVersionOneKeepsItsRowsAndGainsRecords") {
  TempFolder folder;
  FakeClock clock;
  {
    const auto old = raw(folder.file("d.db"));
    REQUIRE(migrate(*old, 1));
    REQUIRE(
        old->script("INSERT INTO turns(id, session, request, accepted_ms) "
                    "VALUES('turn_1', 'ses_1', 'hello', 1)"));
  }

  const auto store = open_sqlite_store(folder.file("d.db"), clock);

  REQUIRE(store);
  CHECK((*store)->unanswered()->size() == 1);
  CHECK((*store)->insert_row("t", "", "{}"));
}

TEST_CASE("MigrationsTest.StepThatFailsLeavesTheVersionBefore") {
  TempFolder folder;
  const auto database = raw(folder.file("d.db"));
  REQUIRE(migrate(*database, 1));
  REQUIRE(database->script("CREATE TABLE records(in_the_way TEXT)"));

  CHECK_FALSE(migrate(*database));

  CHECK(number(*database, "PRAGMA user_version") == 1);
  CHECK_FALSE(database->in_transaction());
}

TEST_CASE("SqliteStoreTest.FileLockedByAnotherIsUnavailableThenWorks") {
  StoreFixture f;
  f.store.reset();
  f.store = f.open({std::chrono::milliseconds(1), 2});
  const auto other = raw(f.path);
  REQUIRE(other->run("BEGIN IMMEDIATE"));

  const auto accepted = f.store->accept("ses_1", "m1", "{}");
  const auto probed = f.store->probe();
  const auto read = f.store->session("ses_1");

  REQUIRE_FALSE(accepted);
  CHECK(accepted.error().code == Code::kUnavailable);
  CHECK_FALSE(probed);
  CHECK(read);
  REQUIRE(other->run("ROLLBACK"));
  CHECK(f.store->probe());
  CHECK(f.store->accept("ses_1", "m1", "{}")->fresh);
}

TEST_CASE("SqliteStoreTest.FullDiskIsUnavailableAndLeavesNothingHalfWritten") {
  StoreFixture f;
  const auto turn = f.accepted("ses_1", "m1");
  auto commit = StoreFixture::commit_of("ses_1", 0, turn);
  commit.messages[1].content = std::string(2U << 20, 'x');

  {
    const FileSizeLimit limit(512U << 10);
    const auto outcome = f.store->commit(commit);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::kUnavailable);
  }

  CHECK_FALSE(f.store->session("ses_1")->has_value());
  CHECK(f.store->messages("ses_1", 10)->empty());
  CHECK(f.store->commit(commit));
  f.reopen();
  CHECK(f.store->messages("ses_1", 10)->size() == 2);
}

TEST_CASE("SqliteStoreTest.DamagedFileIsUnavailableAndNoCrash") {
  StoreFixture f;
  for (int n = 0; n < 200; ++n) {
    REQUIRE(f.store->insert_row("t", "", R"({"text":")" + std::string(500, 'x') + "\"}"));
  }
  f.store.reset();
  {
    const std::string garbage(std::filesystem::file_size(f.path) - 4096, '\xa5');
    std::fstream file(f.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);  // the first page, with the schema, stays
    file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
  }

  const auto store = open_sqlite_store(f.path, f.clock);

  const auto outcome = store ? (*store)->find_rows("t", "{}") : store.error();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kUnavailable);
}

TEST_CASE("FaultyStoreTest.ChosenCallsFailAndChangeNothing") {
  StoreFixture f;
  FaultyStore faulty(*f.store);

  faulty.fail_call(2);
  CHECK(faulty.accept("ses_1", "m1", "{}"));
  CHECK(faulty.accept("ses_1", "m2", "{}").error().code == Code::kUnavailable);
  CHECK(faulty.probe());
  CHECK(faulty.calls() == 3);
  CHECK(faulty.failures() == 1);
  faulty.fail_from(1);
  CHECK_FALSE(faulty.probe());
  CHECK_FALSE(faulty.unanswered());
  faulty.heal();
  CHECK(faulty.unanswered()->size() == 1);
}

TEST_CASE("MigrationsTest.TurnsOfVersionSevenAreUntried") {
  dugout::test::TempFolder folder;
  dugout::test::FakeClock clock;
  const auto path = folder.file("d.db");
  const auto now = clock.wall_now().time_since_epoch().count();
  {
    const auto old = std::move(*dugout::store::Database::open(path, {}));
    REQUIRE(migrate(*old, 7));
    REQUIRE(
        old->run("INSERT INTO turns(id, session, request, accepted_ms, owner) "
                 "VALUES('turn_1', 'ses_1', '{}', ?1, 4711)",
                 {now}));
  }

  const auto store = dugout::store::open_sqlite_store(path, clock);

  REQUIRE(store);
  const auto taken = (*store)->take_unanswered(true);
  REQUIRE(taken->size() == 1);
  CHECK(taken->front().tries == 0);
  CHECK((*store)->take_unanswered_turn("turn_1")->has_value());
}
