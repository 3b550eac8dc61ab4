// What a line of the log looks like, and what never gets into one.
#include "observability/log.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "support/fake_clock.hpp"

using dugout::observability::Field;
using dugout::observability::Level;
using dugout::observability::level_named;
using dugout::observability::Log;
using dugout::observability::LogOptions;
using dugout::test::FakeClock;
using Json = nlohmann::json;

namespace {

struct Captured {
  explicit Captured(LogOptions options = {})
      : log(clock, options, [this](std::string_view line) { lines.emplace_back(line); }) {}
  const FakeClock clock;
  std::vector<std::string> lines;
  Log log;
};

LogOptions text() {
  return {LogOptions::Format::kText, Level::kInfo};
}

}  // namespace

TEST_CASE("LogTest.JsonLineHasTimeLevelEventAndFields") {
  Captured seen;

  seen.log.info("turn_done", {Field::id("session", "ses_12345678"), {"ms", 1234}, {"ok", true}});

  REQUIRE(seen.lines.size() == 1);
  CHECK(seen.lines[0] == R"({"time":"2025-10-01T13:00:00.000Z","level":"info",)"
                         R"("event":"turn_done","session":"ses_12345678","ms":1234,"ok":true})");
}

TEST_CASE("LogTest.TextLineIsOneLineOfKeysAndValues") {
  Captured seen(text());

  seen.log.warning("attempt_failed",
                   {Field::safe("class", "rate_limit"), {"wait_s", 0.5}, {"note", ""}});

  CHECK(seen.lines.at(0) ==
        R"(2025-10-01T13:00:00.000Z warning attempt_failed class=rate_limit wait_s=0.5 note="")");
}

TEST_CASE("LogTest.TextIsMaskedUnlessSafe") {
  Captured seen;

  seen.log.info("e", {{"phone", "07700 900123"},
                      {"email", std::string("ada@example.org")},
                      Field::safe("version", "2.345")});

  const auto line = Json::parse(seen.lines.at(0));
  CHECK(line["phone"] == "07*** ******");
  CHECK(line["email"] == "***@example.org");
  CHECK(line["version"] == "2.345");
}

TEST_CASE("LogTest.IdThatIsNoIdIsMasked") {
  Captured seen;

  seen.log.info("e", {Field::id("session", "call 07700 900123 now"),
                      Field::id("turn", std::string(65, '7'))});

  const auto line = Json::parse(seen.lines.at(0));
  CHECK(line["session"] == "call 07*** ****** now");
  CHECK(line["turn"] == "77" + std::string(63, '*'));
}

TEST_CASE("LogTest.NoValueForgesALineOrReachesTheTerminalRaw") {
  const auto format = GENERATE(LogOptions::Format::kText, LogOptions::Format::kJson);
  Captured seen({format, Level::kInfo});
  const std::string evil = "a\nlevel=error event=\"x\" \x1b[31m {} %n \xff \xe2\x80\xae";

  seen.log.info(evil, {Field::safe(evil, evil)});

  REQUIRE(seen.lines.size() == 1);
  CHECK(seen.lines[0].find('\n') == std::string::npos);
  CHECK(seen.lines[0].find('\x1b') == std::string::npos);
  CHECK(seen.lines[0].find('\xff') == std::string::npos);
  CHECK(seen.lines[0].find("{} %n") != std::string::npos);
}

TEST_CASE("LogTest.FieldCannotReplaceTheEvent") {
  Captured seen;

  seen.log.info("real", {Field::safe("event", "forged"), Field::safe("level", "debug")});

  const auto line = Json::parse(seen.lines.at(0));
  CHECK(line["event"] == "real");
  CHECK(line["level"] == "info");
}

TEST_CASE("LogTest.LongValueIsCutBetweenCharacters") {
  Captured seen;
  std::string value(499, 'x');
  value += "\xc3\xa9 and more";

  seen.log.info("e", {Field::safe("v", value)});

  CHECK(Json::parse(seen.lines.at(0))["v"] == std::string(499, 'x') + "...");
}

TEST_CASE("LogTest.LowerLevelsAreDropped") {
  Captured seen({LogOptions::Format::kJson, Level::kWarning});

  seen.log.debug("a", {});
  seen.log.info("b", {});
  seen.log.warning("c", {});
  seen.log.error("d", {});

  CHECK(seen.lines.size() == 2);
  CHECK(seen.log.enabled(Level::kError));
  CHECK_FALSE(seen.log.enabled(Level::kInfo));
}

TEST_CASE("LogTest.LinesOfManyThreadsStayWhole") {
  Captured seen;

  std::vector<std::thread> threads;
  for (int n = 0; n < 8; ++n) {
    threads.emplace_back([&seen, n] {
      for (int line = 0; line < 100; ++line) seen.log.info("e", {{"n", n}, {"line", line}});
    });
  }
  for (auto& thread : threads) thread.join();

  REQUIRE(seen.lines.size() == 800);
  for (const auto& line : seen.lines) CHECK(Json::accept(line));
}

TEST_CASE("LogTest.BoundFieldsStandOnEveryLineAndAreMaskedToo") {
  Captured seen;
  std::string session = "ses_12345678";
  const auto turn = seen.log.with({Field::id("session", session), {"phone", "07700 900123"}});
  session.assign(session.size(), '?');  // they were copied

  auto call = turn.with({{"call", 2}});
  call.info("e", {{"ms", 5}, Field::id("session", "another")});

  CHECK(seen.lines.at(0) == R"({"time":"2025-10-01T13:00:00.000Z","level":"info","event":"e",)"
                            R"("session":"ses_12345678","phone":"07*** ******","call":2,"ms":5})");
  seen.log.info("plain", {});
  CHECK(seen.lines.at(1).find("session") == std::string::npos);
}

TEST_CASE("LogTest.BoundFieldsOutliveTheLogTheyWereMadeFrom") {
  const FakeClock clock;
  std::vector<std::string> lines;
  auto first = std::make_unique<Log>(clock, text(),
                                     [&](std::string_view line) { lines.emplace_back(line); });
  auto turn = first->with({Field::id("turn", "turn_1")});
  first.reset();

  turn.info("e", {Field::id("turn", "turn_2")});

  CHECK(lines.at(0) == "2025-10-01T13:00:00.000Z info e turn=turn_1");
}

TEST_CASE("LogTest.TheLevelIsChangedWhileTheLogRuns") {
  Captured seen;
  auto turn = seen.log.with({Field::id("turn", "turn_1")});

  turn.debug("before", {});
  seen.log.set_level(Level::kDebug);
  turn.debug("after", {});

  CHECK(seen.lines.size() == 1);
  CHECK(seen.log.level().usual == Level::kDebug);
  CHECK_FALSE(seen.log.level().left.has_value());
}

TEST_CASE("LogTest.AChangeForAWhileEndsByItself") {
  FakeClock clock;
  std::vector<std::string> lines;
  Log log(clock, {}, [&](std::string_view line) { lines.emplace_back(line); });
  using namespace std::chrono_literals;

  log.set_level(Level::kDebug, 600s);
  clock.advance(599s);
  log.debug("in time", {});
  CHECK(log.level().left == dugout::core::Duration(1s));
  clock.advance(1s);
  log.debug("too late", {});

  CHECK(lines.size() == 1);
  CHECK(log.level().level == Level::kInfo);
  CHECK(log.level().usual == Level::kInfo);
}

TEST_CASE("LogTest.LevelNames") {
  CHECK(level_named("debug") == Level::kDebug);
  CHECK(level_named("error") == Level::kError);
  CHECK_FALSE(level_named("loud"));
  CHECK_FALSE(level_named(""));
}
