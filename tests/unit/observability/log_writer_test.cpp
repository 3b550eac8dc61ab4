// The log behind a queue: what it drops is counted and said, and no output stands in anybody's way.
#include "observability/log_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "observability/log.hpp"
#include "support/fake_clock.hpp"
#include "support/own_file.hpp"

using namespace dugout;
using namespace dugout::observability;
using Json = nlohmann::json;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// A reader who does not read until told.
class Gate {
 public:
  Log::Sink sink() {
    return [this](std::string_view line) {
      if (lines_.empty()) {
        arrived_.set_value();
        opened_.get_future().wait();
      }
      lines_.emplace_back(line);
    };
  }
  void wait_for_writer() { arrived_.get_future().wait(); }
  void open() { opened_.set_value(); }
  const std::vector<std::string>& lines() const { return lines_; }  // when the log is gone

 private:
  std::promise<void> arrived_, opened_;
  std::vector<std::string> lines_;
};

struct Folder {
  explicit Folder(const std::string& name) : path(test::own_file(name)) {
    std::filesystem::remove_all(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return path + "/" + name; }
  const std::string path;
};

LogOptions to_file(const std::string& path, std::size_t queue = 0) {
  LogOptions options;
  options.file.path = path;
  options.queue.lines = queue;
  return options;
}

}  // namespace

TEST_CASE("LogWriterTest.LinesThatFindNoRoomAreCountedAndTheLogSaysSo") {
  const test::FakeClock clock;
  Gate gate;
  LogCounts full;
  {
    Log log(clock, {LogOptions::Format::kJson, Level::kInfo, {}, {4, 1 << 20}}, gate.sink());
    log.info("first", {});
    gate.wait_for_writer();  // it holds the first, and the reader does not read

    for (int n = 0; n < 10; ++n) log.info("more", {{"n", n}});
    full = log.counts();
    gate.open();
  }

  CHECK(full.dropped == 7);  // of four places one is taken by the line in the writer's hand
  std::vector<std::string> events;
  for (const auto& line : gate.lines()) events.push_back(Json::parse(line)["event"]);
  CHECK(std::count(events.begin(), events.end(), "more") == 3);
  const auto lost = std::find_if(gate.lines().begin(), gate.lines().end(), [](const auto& line) {
    return Json::parse(line)["event"] == "log.lost";
  });
  REQUIRE(lost != gate.lines().end());
  CHECK(Json::parse(*lost)["dropped"] == 7);
}

TEST_CASE("LogWriterTest.BytesAreBoundedToo") {
  const test::FakeClock clock;
  Gate gate;
  LogCounts full;
  {
    Log log(clock, {LogOptions::Format::kJson, Level::kInfo, {}, {1'000'000, 2000}}, gate.sink());
    log.info("first", {});
    gate.wait_for_writer();

    for (int n = 0; n < 100; ++n) log.info("more", {Field::safe("v", std::string(400, 'x'))});
    full = log.counts();
    gate.open();
  }

  CHECK(full.dropped >= 96);
  CHECK(gate.lines().size() < 8);
}

TEST_CASE("LogWriterTest.EveryLineOfManyThreadsIsWrittenBeforeTheLogIsGone") {
  const Folder folder("log_many");
  const test::FakeClock clock;
  {
    Log log(clock, to_file(folder.file("dugout.log"), 100'000));
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n) {
      threads.emplace_back([&log, n] {
        for (int line = 0; line < 500; ++line) log.info("e", {{"n", n}, {"line", line}});
      });
    }
    for (auto& thread : threads) thread.join();
  }

  const auto lines = lines_of(read_file(folder.file("dugout.log")));
  CHECK(lines.size() == 2000);
  for (const auto& line : lines) CHECK(Json::accept(line));
}

TEST_CASE("LogWriterTest.AFullDiskFailsNobodyAndIsCounted") {
  const auto queue = GENERATE(std::size_t{0}, std::size_t{100});
  const test::FakeClock clock;
  LogCounts counts;
  {
    Log log(clock, to_file("/dev/full", queue));
    for (int n = 0; n < 50; ++n) log.info("e", {{"n", n}});
    if (queue == 0) counts = log.counts();
  }

  if (queue == 0) {
    CHECK(counts.failed == 50);
    CHECK(counts.written == 0);
    CHECK(counts.failing);
  }
}

TEST_CASE("LogWriterTest.AFolderThatCannotBeMadeFailsNobody") {
  const test::FakeClock clock;
  Log log(clock, to_file("/dev/null/nowhere/dugout.log"));

  log.info("e", {});

  CHECK(log.counts().failed == 1);
}

TEST_CASE("LogWriterTest.APipeWithoutAReaderIsAnError") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  std::signal(SIGPIPE, SIG_IGN);
  const auto output = stream_output(ends[1]);

  CHECK(output->write("a line\n") == 0);
  CHECK(output->why() == EPIPE);
  ::close(ends[1]);
}

TEST_CASE("LogWriterTest.APipeThatNobodyReadsHoldsUpNobodyNotEvenTheEnd") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  LogCounts counts;
  {
    LogWriter writer(stream_output(ends[1]), {10'000, 1 << 20}, {});
    const std::string line(1000, 'x');
    for (int n = 0; n < 5000; ++n) writer.add(line);  // 5 MB into a pipe of 64 KiB
    counts = writer.counts();
  }

  CHECK(counts.dropped > 3000);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("LogWriterTest.FilesAreTurnedOverAndTheOldestGoes") {
  const Folder folder("log_turned");
  const test::FakeClock clock;
  auto options = to_file(folder.file("deep/dugout.log"));
  options.file.bytes = 1000;
  options.file.files = 3;
  {
    Log log(clock, options);
    for (int n = 0; n < 100; ++n) log.info("e", {{"n", n}});
  }

  const auto base = folder.file("deep/dugout.log");
  CHECK(std::filesystem::file_size(base) <= 1000);
  CHECK(std::filesystem::file_size(base + ".1") <= 1000);
  CHECK(std::filesystem::exists(base + ".2"));
  CHECK_FALSE(std::filesystem::exists(base + ".3"));
  CHECK(Json::parse(lines_of(read_file(base)).back())["n"] == 99);
  struct stat mode {};
  REQUIRE(::stat(base.c_str(), &mode) == 0);
  CHECK((mode.st_mode & 0777) == 0600);
}

TEST_CASE("LogWriterTest.AFileThatWasMovedAwayIsBegunAnew") {
  const Folder folder("log_moved");
  const test::FakeClock clock;
  Log log(clock, to_file(folder.file("dugout.log")));
  log.info("before", {});

  std::filesystem::rename(folder.file("dugout.log"), folder.file("elsewhere"));
  log.info("after", {});

  CHECK(lines_of(read_file(folder.file("elsewhere"))).size() == 1);
  CHECK(Json::parse(read_file(folder.file("dugout.log")))["event"] == "after");
}

TEST_CASE("LogWriterTest.ATornLineIsEndedFirst") {
  const Folder folder("log_torn");
  std::filesystem::create_directories(folder.path);
  std::ofstream(folder.file("dugout.log")) << R"({"event":"cut o)";
  const test::FakeClock clock;

  Log(clock, to_file(folder.file("dugout.log"))).info("whole", {});

  const auto lines = lines_of(read_file(folder.file("dugout.log")));
  REQUIRE(lines.size() == 2);
  CHECK(Json::parse(lines[1])["event"] == "whole");
}
