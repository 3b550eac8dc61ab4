// The audit log: its chain, what breaks it, and what a crash leaves.
#include "observability/audit.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/fake_clock.hpp"
#include "support/own_file.hpp"

using namespace dugout;
using observability::AuditLog, observability::check_audit;
namespace fs = std::filesystem;

namespace {

struct AuditFolder {
  explicit AuditFolder(const std::string& name) : path(test::own_file("audit_" + name)) {
    fs::remove_all(path);  // of an earlier process with our number
  }
  ~AuditFolder() { fs::remove_all(path); }
  fs::path file(int number) const {
    return path / ("audit-00000" + std::to_string(number) + ".jsonl");
  }
  std::string text(int number = 1) const {
    std::ifstream stream(file(number), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void put(const std::string& text, int number = 1) const {
    std::ofstream(file(number), std::ios::binary) << text;
  }
  void write(int lines, std::size_t file_bytes = AuditLog::kFileBytes) {
    AuditLog log(path, clock, file_bytes);
    for (int n = 0; n < lines; ++n) REQUIRE(log.write("anna", "session.viewed", "s1", "ok"));
  }
  test::FakeClock clock;
  const fs::path path;
};

std::string change(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("AuditTest.LinesFollowEachOtherAndTheirOwnerAloneReadsThem") {
  AuditFolder folder("whole");
  folder.write(3);

  std::vector<std::string> who;
  const auto check = check_audit(folder.path, "", [&](const auto& line) {
    who.push_back(line.who + " " + line.what + " " + line.target + " " + line.outcome);
  });

  REQUIRE(check);
  CHECK(check->broken.empty());
  CHECK(check->notes.empty());
  CHECK(check->lines == 3);
  CHECK(who == std::vector<std::string>(3, "anna session.viewed s1 ok"));
  CHECK(check_audit(folder.path, check->head)->meets);
  CHECK_FALSE(check_audit(folder.path, std::string(64, 'a'))->meets);
  struct stat status {};
  REQUIRE(::stat(folder.file(1).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("AuditTest.AChangedOrMissingLineIsNamed") {
  AuditFolder folder("changed");
  folder.write(4);
  const auto whole = folder.text();
  const auto second = whole.find('\n') + 1, third = whole.find('\n', second) + 1;

  folder.put(change(whole, "anna", "bert"));
  CHECK_THAT(check_audit(folder.path)->broken, Catch::StartsWith("audit-000001.jsonl:2: "));
  folder.put(whole.substr(0, second) + whole.substr(third));
  CHECK_THAT(check_audit(folder.path)->broken, Catch::StartsWith("audit-000001.jsonl:2: "));
  folder.put(whole.substr(0, second) + "nonsense\n" + whole.substr(third));
  CHECK_THAT(check_audit(folder.path)->broken, Catch::StartsWith("audit-000001.jsonl:3: "));
}

TEST_CASE("AuditTest.ALineThatACrashCutIsANoteAndTheChainGoesOn") {
  AuditFolder folder("cut");
  folder.write(3);
  const auto whole = folder.text();
  folder.put(whole.substr(0, whole.size() - 30));

  const auto cut = check_audit(folder.path);
  CHECK(cut->broken.empty());
  REQUIRE(cut->notes.size() == 1);
  CHECK_THAT(cut->notes[0], Catch::Contains("audit-000001.jsonl:3: the last line was cut off"));

  folder.write(2);
  const auto after = check_audit(folder.path);
  CHECK(after->broken.empty());
  CHECK(after->lines == 5);
  REQUIRE(after->notes.size() == 1);
  CHECK_THAT(after->notes[0], Catch::Contains(":3: a line was cut off"));
}

TEST_CASE("AuditTest.TheChainGoesOverFilesAndEarlierOnesMayBeKeptElsewhere") {
  AuditFolder folder("files");
  folder.write(7, 500);

  REQUIRE(fs::exists(folder.file(3)));
  CHECK(check_audit(folder.path)->broken.empty());
  CHECK(check_audit(folder.path)->lines == 7);

  fs::remove(folder.file(1));
  const auto later = check_audit(folder.path);
  CHECK(later->broken.empty());
  CHECK(later->first > 1);
  CHECK(later->notes.size() == 1);

  folder.write(4, 500);
  REQUIRE(fs::exists(folder.file(4)));
  fs::remove(folder.file(3));
  CHECK_FALSE(check_audit(folder.path)->broken.empty());
}

TEST_CASE("AuditTest.ManyWritersMakeOneChain") {
  AuditFolder folder("many");
  std::vector<std::thread> writers;
  for (int n = 0; n < 4; ++n)
    writers.emplace_back([&] {
      AuditLog log(folder.path, folder.clock, 2000);
      for (int line = 0; line < 10; ++line) (void)log.write("anna", "session.viewed", "s1", "ok");
    });
  for (auto& writer : writers) writer.join();

  const auto check = check_audit(folder.path);
  CHECK(check->broken.empty());
  CHECK(check->lines == 40);
}

TEST_CASE("AuditTest.WhatCannotBeWrittenIsSaidAndWithoutALogThereIsNone") {
  AuditFolder folder("none");
  CHECK(check_audit(folder.path).error().code == Code::kNotFound);

  std::ofstream(folder.path) << "a file where the folder should be";
  AuditLog log(folder.path, folder.clock);
  CHECK(log.write("anna", "reload", "", "ok").error().code == Code::kUnavailable);
}

TEST_CASE("AuditTest.WhatRootWritesFirstTheServerCanGoOnWith") {
  if (::geteuid() != 0) return;
  constexpr uid_t kServer = 4711;
  AuditFolder data("root");
  fs::create_directories(data.path);
  REQUIRE(::chown(data.path.c_str(), kServer, kServer) == 0);
  const auto folder = data.path / "audit";

  REQUIRE(AuditLog(folder, data.clock).write("root", "store.backup", "monday.db", "ok"));

  for (const auto& made : {folder, folder / "lock", folder / "audit-000001.jsonl"}) {
    struct stat found {};
    REQUIRE(::lstat(made.c_str(), &found) == 0);
    CHECK(found.st_uid == kServer);
    CHECK((found.st_mode & 077) == 0);
  }
}

TEST_CASE("AuditTest.ALinkInTheFilesPlaceIsNotWrittenTo") {
  AuditFolder folder("link");
  folder.write(1);
  const auto other = folder.path / "other";
  fs::rename(folder.file(1), other);
  fs::create_symlink(other, folder.file(1));

  CHECK_FALSE(AuditLog(folder.path, folder.clock).write("anna", "session.viewed", "s1", "ok"));

  std::ifstream stream(other);
  CHECK(std::count(std::istreambuf_iterator<char>(stream), {}, '\n') == 1);
}
