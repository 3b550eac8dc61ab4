// The file of the attempt log: modes, rotation, many writers, disks that refuse.
#include "attempts/file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <set>
#include <thread>

#include "attempts_fixture.hpp"
#include "support/fake_clock.hpp"

using namespace dugout;
using attempts::AttemptFile;
using attempts::FileOptions;
using test::LogFolder;

namespace {

struct FileFixture {
  LogFolder folder;
  test::FakeClock clock;
  std::vector<std::string> lines;
  observability::Log log{clock, {}, [this](std::string_view line) { lines.emplace_back(line); }};

  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
      out.insert(entry.path().filename().string());
    }
    return out;
  }
  std::size_t logged(const std::string& event) const {
    std::size_t count = 0;
    for (const auto& one : lines) {
      if (one.find("\"" + event + "\"") != std::string::npos) ++count;
    }
    return count;
  }
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

// Writes beyond `bytes` of any file fail while it lives.
class DiskLimit {
 public:
  explicit DiskLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now{bytes, before_.rlim_max};
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~DiskLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  DiskLimit(const DiskLimit&) = delete;
  DiskLimit& operator=(const DiskLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("AttemptFileTest.LinesStandWholeInAPrivateFile") {
  FileFixture f;
  AttemptFile file(f.folder.path / "attempts", {}, f.log);

  file.write({"one", "two"});
  file.write({});
  file.write({"three"});

  CHECK(f.folder.text("attempts/attempts.jsonl") == "one\ntwo\nthree\n");
  CHECK(mode_of(f.folder.path / "attempts") == 0700);
  CHECK(mode_of(f.folder.path / "attempts/attempts.jsonl") == 0600);
  CHECK(f.lines.empty());
}

TEST_CASE("AttemptFileTest.AFullFileMovesOnAndTheOldestGoes") {
  FileFixture f;
  AttemptFile file(f.folder.path, FileOptions{10, 3}, f.log);

  for (const auto* text : {"aaaaaaa", "bbbbbbb", "ccccccc", "ddddddd"}) file.write({text});

  CHECK(f.names() ==
        std::set<std::string>{"attempts.jsonl", "attempts.1.jsonl", "attempts.2.jsonl"});
  CHECK(f.folder.text() == "ddddddd\n");
  CHECK(f.folder.text("attempts.1.jsonl") == "ccccccc\n");
  CHECK(f.folder.text("attempts.2.jsonl") == "bbbbbbb\n");
}

TEST_CASE("AttemptFileTest.FewerFilesAreKeptAfterTheSettingChanged") {
  FileFixture f;
  for (const auto* name : {"attempts.5.jsonl", "attempts.2.jsonl", "attempts.1.jsonl"}) {
    f.folder.write(name, "old\n");
  }
  f.folder.write("attempts.jsonl", "full full full\n");
  f.folder.write("attempts.notes.jsonl", "mine\n");

  AttemptFile(f.folder.path, FileOptions{10, 2}, f.log).write({"new"});

  CHECK(f.names() ==
        std::set<std::string>{"attempts.jsonl", "attempts.1.jsonl", "attempts.notes.jsonl"});
  CHECK(f.folder.text("attempts.1.jsonl") == "full full full\n");
}

TEST_CASE("AttemptFileTest.OneFileAloneStartsAnew") {
  FileFixture f;
  AttemptFile file(f.folder.path, FileOptions{10, 1}, f.log);

  file.write({"aaaaaaa"});
  file.write({"bbbbbbb"});

  CHECK(f.names() == std::set<std::string>{"attempts.jsonl"});
  CHECK(f.folder.text() == "bbbbbbb\n");
}

TEST_CASE("AttemptFileTest.ATurnsLinesAreNeverPartedNorALongOneRefused") {
  FileFixture f;
  AttemptFile file(f.folder.path, FileOptions{10, 8}, f.log);

  file.write({"short"});
  file.write({std::string(50, 'x'), "and its second"});

  CHECK(f.folder.text("attempts.1.jsonl") == "short\n");
  CHECK(f.folder.text() == std::string(50, 'x') + "\nand its second\n");
}

TEST_CASE("AttemptFileTest.ManyThreadsAndTwoWritersLoseAndTearNothing") {
  FileFixture f;
  AttemptFile one(f.folder.path, FileOptions{4096, 900}, f.log),
      other(f.folder.path, FileOptions{4096, 900}, f.log);
  constexpr int kThreads = 6, kLines = 200;

  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      auto& file = thread % 2 == 0 ? one : other;
      for (int at = 0; at < kLines; ++at) {
        file.write({"<" + std::to_string(thread) + "." + std::to_string(at) + ">"});
      }
    });
  }
  for (auto& thread : threads) thread.join();

  std::set<std::string> seen;
  for (const auto& path : attempts::log_files(f.folder.path)) {
    std::istringstream in(f.folder.text(path.filename().string()));
    for (std::string line; std::getline(in, line);) {
      INFO(line);
      CHECK((line.front() == '<' && line.back() == '>'));
      CHECK(seen.insert(line).second);
    }
  }
  CHECK(seen.size() == kThreads * kLines);
  CHECK(f.lines.empty());
}

TEST_CASE("AttemptFileTest.AFolderThatCannotBeMadeIsOneWarningUntilItCan") {
  FileFixture f;
  f.folder.write("attempts", "a file where the folder should be");
  AttemptFile file(f.folder.path / "attempts", {}, f.log);

  for (int at = 0; at < 5; ++at) file.write({"lost", "too"});

  CHECK(f.lines.size() == 1);
  CHECK(f.logged("attempts.not_written") == 1);

  std::filesystem::remove(f.folder.path / "attempts");
  file.write({"kept"});

  CHECK(f.folder.text("attempts/attempts.jsonl") == "kept\n");
  CHECK(f.logged("attempts.written_again") == 1);
  CHECK(f.lines.back().find("\"lost\":10") != std::string::npos);
}

TEST_CASE("AttemptFileTest.AFullDiskIsOneWarningAndTheTornLineStandsAlone") {
  FileFixture f;
  AttemptFile file(f.folder.path, {}, f.log);
  file.write({"first"});
  {
    const DiskLimit limit(10);
    file.write({"second"});
    file.write({"third"});
  }
  file.write({"fourth"});

  CHECK(f.logged("attempts.not_written") == 1);
  CHECK(f.folder.text() == "first\nseco\nfourth\n");
}

TEST_CASE("AttemptFileTest.ALineThatAnEarlierProcessTornIsEndedFirst") {
  FileFixture f;
  f.folder.write("attempts.jsonl", "first\nseco");

  AttemptFile(f.folder.path, {}, f.log).write({"third"});

  CHECK(f.folder.text() == "first\nseco\nthird\n");
}

TEST_CASE("AttemptFileTest.ARemovedFileIsMadeAgain") {
  FileFixture f;
  AttemptFile file(f.folder.path, {}, f.log);
  file.write({"one"});

  std::filesystem::remove(f.folder.path / "attempts.jsonl");
  file.write({"two"});

  CHECK(f.folder.text() == "two\n");
}

TEST_CASE("AttemptFileTest.ALinkOrAPipeIsNotWrittenTo") {
  FileFixture f;
  f.folder.write("precious", "mine\n");
  SECTION("link") {
    std::filesystem::create_symlink(f.folder.path / "precious", f.folder.path / "attempts.jsonl");
  }
  SECTION("pipe") {
    REQUIRE(::mkfifo((f.folder.path / "attempts.jsonl").c_str(), 0600) == 0);
  }

  AttemptFile(f.folder.path, {}, f.log).write({"line"});

  CHECK(f.folder.text("precious") == "mine\n");
  CHECK(f.logged("attempts.not_written") == 1);
}
