// Plugins in a process of their own: what one does there ends its own call, and nothing else.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/sanitized.hpp"
#include "host/host.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

constexpr auto kId = "parser.moody_child";

// The processes that this one has begun and not waited for.
std::vector<pid_t> processes() {
  std::vector<pid_t> all;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "children");
    for (pid_t process = 0; in >> process;) all.push_back(process);
  }
  return all;
}

int children() {
  return static_cast<int>(processes().size());
}

// Whoever asks for the time is under way.
class AskedClock final : public core::Clock {
 public:
  core::MonoTime now() const override { return inner_.now(); }
  core::WallTime wall_now() const override {
    asked = true;
    while (stands) ::poll(nullptr, 0, 1);
    return inner_.wall_now();
  }
  bool sleep(core::Duration pause, const core::CancelToken& cancel) override {
    return inner_.sleep(pause, cancel);
  }
  void advance(core::Duration by) { inner_.advance(by); }

  mutable std::atomic<bool> asked{false};
  std::atomic<bool> stands{false};  // nobody is told the time

 private:
  FakeClock inner_;
};

class Rows final : public host::RecordService {
 public:
  Outcome<std::string> find(std::string_view table, std::string_view where) override {
    // A slow store: whoever asks on meanwhile is heard by the host all the same.
    while (table == "always" && children() == 2) ::poll(nullptr, 0, 1);
    return "[{\"table\":\"" + std::string(table) + "\",\"where\":" + std::string(where) + "}]";
  }
  Outcome<std::string> insert(std::string_view, std::string_view, std::string_view) override {
    return Error{Code::kUnavailable, "no"};
  }
  Outcome<std::string> update(std::string_view, std::string_view, std::string_view) override {
    return Error{Code::kUnavailable, "no"};
  }
};

struct Stand {
  explicit Stand(std::map<std::string, bool> chosen = {}) {
    host::install_services({.clock = &clock, .records = &rows});
    host::LoadOptions options;
    options.folders = {ISOLATION_ROOT};
    options.isolation = {ISOLATION_CHILD, std::move(chosen)};
    options.trust_writable = true;
    core::Findings findings;
    generation = host::load(options, findings);
    for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
    REQUIRE_FALSE(core::has_errors(findings));
    parser = generation->parser("moody_child");
    tool = generation->tool("moody_child");
  }
  ~Stand() {
    parser.reset();
    tool.reset();
    generation.reset();
    host::install_services({});
  }
  Stand(const Stand&) = delete;
  Stand& operator=(const Stand&) = delete;

  Outcome<std::string> say(const std::string& text) const { return parser->parse(text, "{}"); }
  std::string said(const std::string& text) const {
    const auto outcome = say(text);
    return outcome ? *outcome : "error: " + outcome.error().message;
  }
  Outcome<std::string> run(const std::string& mode, int deadline_ms = 20'000) const {
    return tool->run(R"({"mode":")" + mode + "\"}",
                     R"({"deadline_ms":)" + std::to_string(deadline_ms) + "}");
  }

  AskedClock clock;
  Rows rows;
  std::shared_ptr<const host::Generation> generation;
  std::shared_ptr<const host::ParserHandle> parser;
  std::shared_ptr<const host::ToolHandle> tool;
};

}  // namespace

TEST_CASE("IsolationTest.AnswersAsItWouldInThisProcess") {
  const Stand stand;

  CHECK(stand.said("hello") == R"({"agent_final_response":"hello"})");
  CHECK(children() == 2);
  CHECK(stand.generation->health(kId) == "ready");
}

TEST_CASE("IsolationTest.TheSettingsHaveTheLastWord") {
  const Stand stand({{kId, false}, {"tool.moody_child", false}});

  CHECK(stand.said("hello") == R"({"agent_final_response":"hello"})");
  CHECK(children() == 0);
}

TEST_CASE("IsolationTest.NoProcessIsLeft") {
  { const Stand stand; }

  CHECK(children() == 0);
}

TEST_CASE("IsolationTest.ACrashIsOneFailedCallAndTheNextIsAnswered") {
  const std::string misdeed = GENERATE("segfault", "abort", "leave");
  const Stand stand;

  const auto outcome = stand.say(misdeed);

  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kInternal);
  CHECK_THAT(outcome.error().message, Contains("parser.moody_child: its process"));
  CHECK(stand.said("hello") == R"({"agent_final_response":"hello"})");
  CHECK(children() == 2);
  CHECK(stand.generation->health(kId) == "degraded");
  CHECK(stand.generation->counts(kId).restarts == 1);
}

TEST_CASE("IsolationTest.HowItEndedIsSaid") {
  const Stand stand;

  CHECK_THAT(stand.said("leave"), Contains("its process ended with code 7"));
  if (!core::kSanitized) {
    CHECK_THAT(stand.said("segfault"), Contains("its process was ended by SIGSEGV"));
  }
}

TEST_CASE("IsolationTest.ALoopIsEndedAndCallsBesideItAreNot") {
  const Stand stand;
  Outcome<std::string> looped = std::string{};

  std::thread beside([&] { looped = stand.say("loop"); });
  const auto begun = std::chrono::steady_clock::now();
  int answered = 0;
  while (std::chrono::steady_clock::now() - begun < 500ms) answered += stand.say("hello") ? 1 : 0;
  beside.join();

  CHECK(answered > 0);
  REQUIRE_FALSE(looped);
  CHECK_THAT(looped.error().message, Contains("did not answer within"));
  CHECK(stand.said("hello") == R"({"agent_final_response":"hello"})");
  CHECK(children() == 2);
}

TEST_CASE("IsolationTest.WhoWasUnderWayBesideACrashIsAnswered") {
  Stand stand;
  const auto begin = stand.clock.wall_now().time_since_epoch().count();
  const auto text = "pause " + std::to_string(begin + 1'000);
  stand.clock.asked = false;
  Outcome<std::string> innocent = std::string{}, guilty = std::string{};

  std::thread beside([&] { innocent = stand.say(text); });
  while (!stand.clock.asked) ::poll(nullptr, 0, 1);
  std::thread crash([&] { guilty = stand.say("segfault"); });
  // The pause lasts until the crash is over and one of the two is being made once more.
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (stand.generation->counts(kId).restarts == 0 && std::chrono::steady_clock::now() < end) {
    ::poll(nullptr, 0, 1);
  }
  stand.clock.advance(2s);
  crash.join();
  beside.join();

  CHECK_FALSE(guilty);
  REQUIRE(innocent);
  CHECK(*innocent == R"({"agent_final_response":")" + text + "\"}");
  CHECK(stand.generation->counts(kId).restarts >= 2);  // both were made once more
  CHECK(children() <= 2);
}

TEST_CASE("IsolationTest.MemoryHasABound") {
  const Stand stand;

  const auto outcome = stand.say("eat");

  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kInternal);
  CHECK(stand.said("hello") == R"({"agent_final_response":"hello"})");
}

TEST_CASE("IsolationTest.WhoAsksWithoutEndIsEnded") {
  const Stand stand;

  const auto outcome = stand.run("ask_much");

  REQUIRE_FALSE(outcome);
  CHECK_THAT(outcome.error().message, Contains("it asks too much at once"));
  CHECK(stand.run("answer"));
}

TEST_CASE("IsolationTest.AFloodIsCutOff") {
  const Stand stand;

  const auto outcome = stand.say("flood");

  REQUIRE_FALSE(outcome);
  CHECK_THAT(outcome.error().message, Contains("its answer is larger than 16 MiB"));
}

TEST_CASE("IsolationTest.WhatItThrowsStaysThere") {
  const Stand stand;

  const auto outcome = stand.say("throw");

  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kInternal);
}

TEST_CASE("IsolationTest.WhatTheSandboxForbids") {
  if (core::kSanitized) return;  // it is open there: the runtimes need what it forbids
  const Stand stand;
  const auto file = (std::filesystem::temp_directory_path() / core::new_id("dugout_iso_")).string();

  CHECK_THAT(stand.said("socket"), Contains("refused"));
  CHECK_THAT(stand.said("write " + file), Contains("refused"));
  CHECK_THAT(stand.said("read /etc/passwd"), Contains("refused"));
  CHECK_THAT(stand.said("read /usr/include/stdio.h"), Contains("refused"));
  CHECK_THAT(stand.said("fork"), Contains("refused"));
  CHECK_THAT(stand.said("kill"), Contains("refused"));
  CHECK_THAT(stand.said("owner"), Contains("refused"));
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(stand.generation->counts(kId).restarts == 0);
}

TEST_CASE("IsolationTest.NetworkMeansTheInternetAndNoOtherSocket") {
  if (core::kSanitized) return;
  const Stand stand;
  const auto said = [&](const std::string& mode) {
    const auto outcome = stand.run(mode);
    return outcome ? *outcome : outcome.error().message;
  };

  CHECK_THAT(said("inet"), Contains("done"));
  CHECK_THAT(said("unix"), Contains("refused"));
  CHECK_THAT(said("packet"), Contains("refused"));
  CHECK_THAT(said("owner"), Contains("refused"));
}

TEST_CASE("IsolationTest.ItInheritsNothing") {
  const Stand stand;

  CHECK(stand.said("numbers") == R"({"agent_final_response":"0 1 2 3 4 "})");
  if (!core::kSanitized) {
    CHECK(stand.said("environment") == R"({"agent_final_response":"[] in /"})");
  }
}

TEST_CASE("IsolationTest.ServicesAreThoseOfTheHost") {
  Stand stand;
  stand.clock.advance(3s);

  const auto now = stand.clock.wall_now().time_since_epoch().count();
  CHECK(stand.said("clock") == R"({"agent_final_response":")" + std::to_string(now) + "\"}");
  const auto fits = stand.parser->parse("schema", R"({"required":["b"]})");
  REQUIRE(fits);
  CHECK_THAT(*fits, Contains("does not fit"));
  const auto rows = stand.run("rows");
  REQUIRE(rows);
  CHECK_THAT(*rows, Contains(R"("where":{"age":"u9"})"));
}

TEST_CASE("IsolationTest.ThreeCrashesQuarantineAndOneGoodCallEndsIt") {
  Stand stand;

  for (int crash = 0; crash < 3; ++crash) {
    // The third start waits a tenth of a second for its turn.
    while (stand.say("leave").error().code == Code::kUnavailable) std::this_thread::yield();
  }
  CHECK(stand.generation->health(kId) == "quarantined");
  CHECK_THAT(stand.said("hello"), Contains("is quarantined"));
  stand.clock.advance(61s);
  CHECK(stand.generation->health(kId) == "degraded");

  while (!stand.say("hello")) std::this_thread::yield();

  CHECK(stand.generation->health(kId) == "ready");
  CHECK(stand.generation->counts(kId).errors == 3);
}

TEST_CASE("IsolationTest.AToolThatCrashesIsAFailedToolAndTheNextRuns") {
  const Stand stand;

  const auto crashed = stand.run("segfault");

  REQUIRE_FALSE(crashed);
  CHECK(crashed.error().code == Code::kInternal);
  CHECK(stand.run("answer"));
}

TEST_CASE("IsolationTest.AToolThatLoopsIsEndedAfterItsTime") {
  const Stand stand;

  const auto looped = stand.run("loop", 200);
  const auto again = stand.run("answer");

  REQUIRE_FALSE(looped);
  CHECK(looped.error().code == Code::kTimeout);
  CHECK(again);
}

TEST_CASE("IsolationTest.WhoIsCancelledDoesNotWaitForAProcessThatStartsSlowly") {
  Stand stand;
  stand.clock.stands = true;  // the tool asks for the time when it is created
  CHECK_FALSE(stand.run("segfault"));
  const auto begun = std::chrono::steady_clock::now();

  const auto late = stand.run("answer", 200);
  const auto took = std::chrono::steady_clock::now() - begun;
  stand.clock.stands = false;

  CHECK_FALSE(late);
  CHECK(took < 10s * core::kPatience);  // of the 15 that a start may take
  CHECK(stand.run("answer"));           // it has started all the same
}

TEST_CASE("IsolationTest.ManyAtOnce") {
  const Stand stand;
  std::array<int, 4> good{};

  std::array<std::thread, 4> threads;
  for (std::size_t at = 0; at < threads.size(); ++at) {
    threads[at] = std::thread([&, at] {
      for (int round = 0; round < 50; ++round) good[at] += stand.say("hello") ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(good == std::array<int, 4>{50, 50, 50, 50});
}

TEST_CASE("IsolationTest.ConformanceIsCheckedInItsProcess") {
  for (const char* plugin : {"tool.moody_child"}) {
    const auto results =
        host::check_plugin(std::string(ISOLATION_ROOT) + "/" + plugin, 5min, {ISOLATION_CHILD, {}});
    for (const auto& result : results) {
      INFO(result.name << ": " << result.detail);
      CHECK(result.passed);
    }
    CHECK(results.back().detail == "it ran in a process of its own");
  }
}

TEST_CASE("IsolationTest.ChildEndsWithItsHost") {
  std::array<int, 2> told{};
  REQUIRE(::pipe(told.data()) == 0);
  const auto host_process = ::fork();
  if (host_process == 0) {
    // The test's own process would wait for its children; this one is killed.
    core::Findings findings;
    host::LoadOptions options;
    options.folders = {ISOLATION_ROOT};
    options.isolation = {ISOLATION_CHILD, {}};
    options.trust_writable = true;
    const auto generation = host::load(options, findings);
    for (const auto process : processes()) (void)!::write(told[1], &process, sizeof process);
    ::kill(::getpid(), SIGKILL);
  }
  ::close(told[1]);
  int status = 0;
  REQUIRE(::waitpid(host_process, &status, 0) == host_process);

  CHECK(WIFSIGNALED(status));
  std::vector<pid_t> begun;
  for (pid_t process = 0; ::read(told[0], &process, sizeof process) == sizeof process;) {
    begun.push_back(process);
  }
  ::close(told[0]);
  CHECK(begun.size() == 2);
  // Whoever is their parent now; one that has ended has no command line.
  const auto orphans = [&begun] {
    int count = 0;
    for (const auto process : begun) {
      std::ifstream in("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
      const std::string line{std::istreambuf_iterator<char>(in), {}};
      count += line.find("plugin-child") == line.npos ? 0 : 1;
    }
    return count;
  };
  for (int look = 0; look < 1'500 && orphans() > 0; ++look) std::this_thread::sleep_for(20ms);
  CHECK(orphans() == 0);
}

}  // namespace dugout::test
