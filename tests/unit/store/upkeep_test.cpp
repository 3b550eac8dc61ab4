// `dugout store` below the command line: check, backup, restore.
#include "store/upkeep.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "store/owner.hpp"
#include "store/trouble.hpp"
#include "store_fixture.hpp"

namespace {

using namespace dugout;
using test::StoreFixture;
using Lines = std::vector<std::string>;

struct Upkeep : StoreFixture {
  std::string backup = folder.file("backup.db");

  std::int64_t now() { return clock.wall_now().time_since_epoch().count(); }
  store::CheckUp check() {
    const auto found = store::check_store(path, now());
    REQUIRE(found);
    return *found;
  }
  // A commit of a turn of its own, so that there is something to keep.
  void said(const std::string& session) {
    REQUIRE(store->commit(commit_of(session, 0, accepted(session))));
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.file(""))) {
      (void)entry;
      ++count;
    }
    return count;
  }
};

// The log that an open database has beside it, as a crash leaves it.
struct Crashed : Upkeep {
  std::string log = path + "-wal";

  Crashed() {
    said("ses_1");
    REQUIRE(store::backup_store(path, backup, {}));
    said("ses_2");
    std::filesystem::copy_file(path, folder.file("crashed.db"));
    std::filesystem::copy_file(log, folder.file("crashed.db-wal"));
    store.reset();
    std::filesystem::remove(path);
  }
};

bool has(const Lines& lines, const std::string& words) {
  for (const auto& line : lines) {
    if (line.find(words) != std::string::npos) return true;
  }
  return false;
}

void damage(const std::string& path) {
  const std::string garbage(std::filesystem::file_size(path) - 4096, '\xa5');
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
}

}  // namespace

TEST_CASE("UpkeepTest.AStoreInUseIsCheckedAndGood") {
  Upkeep f;
  f.said("ses_1");

  const auto found = f.check();

  CHECK(found.findings.empty());
  CHECK(has(found.notes, "schema "));
}

TEST_CASE("UpkeepTest.WhatNobodyWillFinishIsFound") {
  Upkeep f;
  const auto open = f.accepted("ses_1", "m1");
  CHECK(f.check().findings.empty());  // in work
  const auto turn = f.accepted("ses_2", "m1");
  REQUIRE(f.store->intend(
      {"k1", "ses_2", turn, "tool.pay", "{}", "", store::CallState::kIntended, false}));
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_2", 0, turn)));
  const auto job = f.store->begin_job({"chase", "{}", "", "", 0}, "own", std::chrono::seconds(5));
  REQUIRE(f.store->fail_job(job->id, "own", "no", std::nullopt));
  REQUIRE(f.store->release(open));

  const auto found = f.check();

  CHECK(found.findings.size() == 3);
  CHECK(has(found.findings, "turn " + open));
  CHECK(has(found.findings, "tool.pay"));
  CHECK(has(found.findings, "1 jobs were given up"));
}

TEST_CASE("UpkeepTest.ABackupOfAStoreInUseHasItAllAndIsForItsOwnerAlone") {
  Upkeep f;
  f.said("ses_1");
  int last = 0, all = -1;

  REQUIRE(store::backup_store(f.path, f.backup, [&](int done, int of) {
    last = done;
    all = of;
    return true;
  }));
  f.said("ses_2");

  CHECK(last == all);
  CHECK((std::filesystem::status(f.backup).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK_FALSE(std::filesystem::exists(f.backup + "-wal"));
  f.store.reset();
  REQUIRE(store::restore_store(f.path, f.backup, f.now()));
  f.store = f.open();
  CHECK(f.store->session("ses_1")->has_value());
  CHECK_FALSE(f.store->session("ses_2")->has_value());
  CHECK(f.check().findings.empty());
}

TEST_CASE("UpkeepTest.ARestoreKeepsWhatWasThere") {
  Upkeep f;
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  f.said("ses_1");
  f.store.reset();

  const auto aside = store::restore_store(f.path, f.backup, f.now());

  REQUIRE(aside);
  CHECK(aside->find(".before-20251001T") != std::string::npos);
  REQUIRE(std::filesystem::exists(*aside));
  f.path = *aside;
  f.store = f.open();
  CHECK(f.store->session("ses_1")->has_value());
}

TEST_CASE("UpkeepTest.NothingIsRestoredOverAStoreInUse") {
  Upkeep f;
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  const auto before = f.files();

  const auto refused = store::restore_store(f.path, f.backup, f.now());

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kConflict);
  CHECK(f.files() == before);
  CHECK(f.store->probe());
}

TEST_CASE("UpkeepTest.OnlyAGoodBackupIsRestored") {
  Upkeep f;
  f.said("ses_1");
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  f.store.reset();
  SECTION("damaged") {
    damage(f.backup);
  }
  SECTION("of nothing") {
    std::ofstream(f.backup, std::ios::trunc);
  }
  SECTION("no database") {
    std::ofstream(f.backup, std::ios::trunc) << std::string(9000, 'x');
  }
  SECTION("not there") {
    std::filesystem::remove(f.backup);
  }
  SECTION("the store itself") {
    f.backup = f.path;
  }

  const auto refused = store::restore_store(f.path, f.backup, f.now());

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kInvalid);
  f.store = f.open();
  CHECK(f.store->session("ses_1")->has_value());
}

TEST_CASE("UpkeepTest.ABackupThatCannotBeWrittenLeavesTheEarlierOne") {
  Upkeep f;
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  const auto before = f.files();

  CHECK(store::backup_store(f.path, f.path, {}).error().code == Code::kInvalid);
  CHECK_FALSE(store::backup_store(f.path, f.folder.file("no/such/folder.db"), {}));
  CHECK_FALSE(store::backup_store(f.folder.file("none.db"), f.backup, {}));

  CHECK(f.files() == before);
  CHECK(store::backup_store(f.path, f.backup, {}));  // replaces it
  CHECK(f.files() == before);
}

TEST_CASE("UpkeepTest.ADamagedStoreIsFoundAndRestored") {
  Upkeep f;
  for (int n = 0; n < 100; ++n) {
    REQUIRE(f.store->insert_row("t", "", R"({"text":")" + std::string(500, 'x') + "\"}"));
  }
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  f.store.reset();
  damage(f.path);

  const auto found = f.check();
  CHECK(has(found.findings, "damaged"));
  CHECK(has(found.findings, "dugout store restore"));
  store::SqliteOptions careful;
  careful.check_bytes = 1U << 30;
  const auto refused = store::open_sqlite_store(f.path, f.clock, careful);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("dugout store restore FILE") != std::string::npos);

  REQUIRE(store::restore_store(f.path, f.backup, f.now()));
  CHECK(f.check().findings.empty());
}

TEST_CASE("UpkeepTest.ALogWithoutItsDatabaseIsNotPlayedIntoTheBackup") {
  Crashed f;
  std::filesystem::rename(f.folder.file("crashed.db-wal"), f.log);
  std::ofstream(f.path + "-shm") << "stale";
  std::ofstream(f.path + "-journal") << "stale";

  const auto aside = store::restore_store(f.path, f.backup, f.now());

  REQUIRE(aside);
  CHECK(aside->ends_with("-wal"));
  CHECK(std::filesystem::file_size(*aside) > 0);
  CHECK_FALSE(std::filesystem::exists(f.log));
  CHECK_FALSE(std::filesystem::exists(f.path + "-shm"));
  CHECK_FALSE(std::filesystem::exists(f.path + "-journal"));
  f.store = f.open();
  CHECK(f.store->session("ses_1")->has_value());
  CHECK_FALSE(f.store->session("ses_2")->has_value());
}

TEST_CASE("UpkeepTest.WhatIsInTheLogBesideABackupIsRestoredToo") {
  Crashed f;

  REQUIRE(store::restore_store(f.path, f.folder.file("crashed.db"), f.now()));

  CHECK(std::filesystem::exists(f.folder.file("crashed.db-wal")));  // it is only read
  f.store = f.open();
  CHECK(f.store->session("ses_1")->has_value());
  CHECK(f.store->session("ses_2")->has_value());
}

TEST_CASE("UpkeepTest.AnotherStoreInUseIsNoBackup") {
  Upkeep f;
  f.said("ses_1");

  const auto refused = store::restore_store(f.folder.file("other.db"), f.path, f.now());

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kInvalid);
  CHECK(refused.error().message.find("dugout store backup") != std::string::npos);
}

TEST_CASE("UpkeepTest.WithoutItsLocksNothingIsOpenedOrRestored") {
  Upkeep f;
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  f.store.reset();
  const auto owners = store::owners_file(f.path);
  std::filesystem::remove(owners);
  std::filesystem::create_directory(owners);

  const auto opened = store::open_sqlite_store(f.path, f.clock);

  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::kUnavailable);
  CHECK(opened.error().message.find(owners) != std::string::npos);
  CHECK_FALSE(store::restore_store(f.path, f.backup, f.now()));
}

TEST_CASE("UpkeepTest.ALinkIsNoFileOfLocks") {
  Upkeep f;
  f.store.reset();
  const auto owners = store::owners_file(f.path), other = f.folder.file("other");
  std::filesystem::remove(owners);
  std::filesystem::create_symlink(other, owners);

  CHECK(store::check_store(f.path, f.now()).error().code == Code::kUnavailable);
  CHECK_FALSE(std::filesystem::exists(other));
}

TEST_CASE("UpkeepTest.WhatRootMakesBelongsToTheOwnerOfTheStore") {
  Upkeep f;
  constexpr uid_t kServer = 4711;
  REQUIRE(store::backup_store(f.path, f.backup, {}));
  f.store.reset();
  if (::geteuid() != 0) return;
  const auto owner_of = [](const std::string& file) {
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return found.st_uid;
  };
  const auto owners = store::owners_file(f.path);
  std::filesystem::remove(owners);
  SECTION("there is a store") {
    REQUIRE(::chown(f.path.c_str(), kServer, kServer) == 0);
  }
  SECTION("there is its folder only") {
    std::filesystem::remove(f.path);
    REQUIRE(::chown(f.folder.file("").c_str(), kServer, kServer) == 0);
  }

  REQUIRE(store::restore_store(f.path, f.backup, f.now()));

  CHECK(owner_of(f.path) == kServer);
  CHECK(owner_of(owners) == kServer);
  REQUIRE(store::check_store(f.path, f.now()));
  CHECK(owner_of(owners) == kServer);
}

// No start settles it any more, so somebody has to look.
TEST_CASE("UpkeepTest.AnEffectOfATurnThatNobodyAnswersAnyMoreIsFound") {
  Upkeep f;
  const auto turn = f.accepted("ses_1", "m1");
  REQUIRE(f.store->intend(
      {"k1", "ses_1", turn, "tool.pay", "{}", "", store::CallState::kIntended, false}));
  CHECK_FALSE(has(f.check().findings, "tool.pay"));  // in work
  SECTION("old") {
    f.store.reset();
    f.clock.advance(std::chrono::hours(25));
  }
  SECTION("tried") {
    f.store.reset();
    const auto database = std::move(*store::Database::open(f.path, {}));
    REQUIRE(database->run("UPDATE turns SET tries = 3"));
  }
  SECTION("dropped") {
    f.store.reset();
    REQUIRE(store::drop_from_store(f.path, turn, f.now()));
  }
  SECTION("passed") {
    const auto next = f.accepted("ses_1", "m2");
    REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, next)));
  }

  CHECK(has(f.check().findings, "tool.pay"));
}

TEST_CASE("UpkeepTest.ABackupLeavesNoOldLogBesideIt") {
  Upkeep f;
  f.said("ses_1");
  std::ofstream(f.backup + "-wal") << "of another store that was tried there";

  const auto refused = store::backup_store(f.path, f.backup, {});

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kInvalid);
  CHECK(refused.error().message.find(f.backup + "-wal") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(f.backup));
}

TEST_CASE("UpkeepTest.ABackupThatIsNotWantedAnyMoreLeavesNothing") {
  Upkeep f;
  f.said("ses_1");
  const auto before = f.files();

  const auto ended = store::backup_store(f.path, f.backup, [](int, int) { return false; });

  CHECK(ended.error().code == Code::kCancelled);
  CHECK(f.files() == before);
}

TEST_CASE("UpkeepTest.ATurnThatNoServerAnswersAnyMoreIsFoundAndCanBeDropped") {
  Upkeep f;
  const auto turn = f.accepted("ses_1", "m1");
  CHECK(store::drop_from_store(f.path, turn, f.now()).error().code == Code::kConflict);  // in work
  f.store.reset();
  SECTION("old") {
    f.clock.advance(std::chrono::hours(25));
  }
  SECTION("tried") {
    const auto database = std::move(*store::Database::open(f.path, {}));
    REQUIRE(database->run("UPDATE turns SET tries = 3"));
  }
  CHECK(has(f.check().findings, "`dugout store drop " + turn + "`"));

  REQUIRE(store::drop_from_store(f.path, turn, f.now()));

  CHECK(f.check().findings.empty());
  CHECK(has(f.check().notes, "1 turns were dropped"));
  f.store = f.open();
  CHECK(f.store->take_unanswered(true)->empty());
  CHECK(f.store->accept("ses_1", "m1", "{}").error().code == Code::kInvalid);
  const auto next = f.accepted("ses_1", "m2");
  REQUIRE(f.store->commit(StoreFixture::commit_of("ses_1", 0, next)));
  CHECK(store::drop_from_store(f.path, next, f.now()).error().code == Code::kConflict);
  CHECK(store::drop_from_store(f.path, "turn_none", f.now()).error().code == Code::kNotFound);
}
