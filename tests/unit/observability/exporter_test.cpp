// The exporter on a clock that stands, against a collector that follows a script.
#include "observability/exporter.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "trace_fixture.hpp"

using namespace dugout;
using namespace dugout::observability;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

// Answers with the latest of `answers`, in order.
class Collector final : public ExportTransport {
 public:
  ExportAnswer post(const std::string& body, core::Duration within,
                    const core::CancelToken& cancel) noexcept override {
    std::unique_lock lock(mutex_);
    bodies_.push_back(body);
    withins_.push_back(within);
    if (stalls) {
      // As a collector that never answers: until it is called off.
      core::CancelToken::Hook hook(cancel, [this] { called_off_.cancel(); });
      lock.unlock();
      core::SystemClock().sleep(within, called_off_);
      return {};
    }
    const auto answer = answers.empty() ? ExportAnswer{200, std::nullopt, "{}"} : answers.front();
    if (answers.size() > 1) answers.erase(answers.begin());
    return answer;
  }

  std::vector<std::string> bodies() const {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  std::size_t spans(std::size_t request) const {
    const auto all = bodies();
    return Json::parse(all.at(request))["resourceSpans"][0]["scopeSpans"][0]["spans"].size();
  }
  core::Duration within(std::size_t request) const { return withins_.at(request); }

  std::vector<ExportAnswer> answers;
  bool stalls = false;

 private:
  mutable std::mutex mutex_;  // guards the two below
  std::vector<std::string> bodies_;
  std::vector<core::Duration> withins_;
  core::CancelToken called_off_;
};

struct Desk {
  explicit Desk(ExportOptions options = {}) : exporter(options, collector, clock, random, log) {}

  void turns(int count) {
    for (int n = 0; n < count; ++n) exporter.turn_ended(test::finished_turn());
  }

  // Lets the exporter work for so long.
  void pass(core::Duration span) {
    const auto end = clock.now() + span;
    while (clock.now() < end) {
      const auto wait = exporter.step();
      clock.advance(std::min(wait ? std::max<core::Duration>(*wait, 1ms) : end - clock.now(),
                             end - clock.now()));
    }
  }

  test::FakeClock clock;
  test::FixedRandom random;
  std::vector<std::string> lines;
  Log log{clock, {}, [this](std::string_view line) { lines.emplace_back(line); }};
  Collector collector;
  TraceExporter exporter;
};

ExportAnswer status(int code) {
  return {code, std::nullopt, ""};
}

}  // namespace

TEST_CASE("ExporterTest.TurnsLeaveInOneRequestAfterTheInterval") {
  Desk desk;
  desk.turns(3);

  CHECK(desk.exporter.step() == core::Duration(5s));
  CHECK(desk.collector.bodies().empty());
  desk.clock.advance(5s);
  desk.pass(1s);

  REQUIRE(desk.collector.bodies().size() == 1);
  CHECK(desk.collector.spans(0) == 12);
  CHECK(desk.exporter.counts().exported == 12);
  CHECK(desk.exporter.counts().waiting_spans == 0);
  CHECK_FALSE(desk.exporter.step().has_value());  // nothing to do
}

TEST_CASE("ExporterTest.AFullBatchLeavesAtOnce") {
  ExportOptions options;
  options.batch_spans = 8;
  Desk desk(options);
  desk.turns(5);

  desk.pass(1ms);

  CHECK(desk.collector.spans(0) == 8);
  CHECK(desk.exporter.counts().exported >= 8);
}

TEST_CASE("ExporterTest.DownForAnHourMemoryIsBoundedAndDropsAreCounted") {
  ExportOptions options;
  options.queue_spans = 400;
  options.queue_bytes = 1 << 20;
  Desk desk(options);
  desk.collector.answers = {status(0)};

  for (int second = 0; second < 3600; ++second) {
    desk.turns(1);
    desk.pass(1s);
    const auto now = desk.exporter.counts();
    REQUIRE(now.waiting_spans <= 400);
    REQUIRE(now.waiting_bytes <= 1 << 20);
  }
  const auto down = desk.exporter.counts();
  // Waits double up to a minute: an hour is some 70 tries, no storm.
  CHECK(down.requests > 50);
  CHECK(down.requests < 90);
  CHECK(down.exported == 0);
  CHECK(down.failing);
  CHECK(down.dropped > 3600 * 4 - 400 - 600);

  desk.collector.answers = {status(200)};
  desk.pass(2min);

  const auto up = desk.exporter.counts();
  CHECK_FALSE(up.failing);
  CHECK(up.exported > 0);
  CHECK(up.exported + up.dropped == 3600 * 4);  // every span is in one of the two
  CHECK(up.waiting_spans == 0);
  REQUIRE(desk.lines.size() == 2);  // one word when it began, one when it was over
  CHECK(Json::parse(desk.lines[0])["event"] == "traces.not_sent");
  CHECK(Json::parse(desk.lines[1])["event"] == "traces.sent_again");
  CHECK(Json::parse(desk.lines[1])["dropped"] == up.dropped);
}

TEST_CASE("ExporterTest.RetryAfterIsHonoured") {
  Desk desk;
  desk.collector.answers = {{429, core::Duration(30s), ""}, {200, std::nullopt, "{}"}};
  desk.turns(1);
  desk.clock.advance(5s);

  desk.exporter.step();
  CHECK(desk.exporter.step() == core::Duration(30s));
  desk.clock.advance(29s);
  CHECK(desk.exporter.step() == core::Duration(1s));
  CHECK(desk.collector.bodies().size() == 1);
  desk.pass(2s);

  CHECK(desk.collector.bodies().size() == 2);
  CHECK(desk.exporter.counts().exported == 4);
}

TEST_CASE("ExporterTest.ATryIsWorthRepeatingOnlyAfterSomeAnswers") {
  const auto code = GENERATE(0, 429, 502, 503, 504);
  Desk desk;
  desk.collector.answers = {status(code), status(200)};
  desk.turns(1);

  desk.pass(10s);

  CHECK(desk.collector.bodies().size() == 2);
  CHECK(desk.exporter.counts().exported == 4);
  CHECK(desk.exporter.counts().dropped == 0);
}

TEST_CASE("ExporterTest.WhatTheReceiverRefusesIsCountedAndNotRepeated") {
  const auto code = GENERATE(301, 400, 401, 404, 413, 500, 501);
  Desk desk;
  desk.collector.answers = {status(code), status(200)};
  desk.turns(1);

  desk.pass(5min);

  CHECK(desk.collector.bodies().size() == 1);
  CHECK(desk.exporter.counts().exported == 0);
  CHECK(desk.exporter.counts().rejected == 4);
}

TEST_CASE("ExporterTest.PartialSuccessIsCounted") {
  Desk desk;
  desk.collector.answers = {{200, std::nullopt, R"({"partialSuccess":{"rejectedSpans":"1"}})"}};
  desk.turns(1);

  desk.pass(10s);

  CHECK(desk.exporter.counts().exported == 3);
  CHECK(desk.exporter.counts().rejected == 1);
  CHECK(desk.collector.bodies().size() == 1);
}

TEST_CASE("ExporterTest.OneRequestIsGivenUpAfterAWhile") {
  Desk desk;
  desk.collector.answers = {status(503)};
  desk.turns(1);

  desk.pass(10min);

  CHECK(desk.exporter.counts().dropped == 4);
  CHECK_FALSE(desk.exporter.step().has_value());
}

TEST_CASE("ExporterTest.ATurnTooLargeForTheQueueIsDropped") {
  ExportOptions options;
  options.queue_bytes = 500;
  Desk desk(options);

  desk.turns(1);

  CHECK(desk.exporter.counts().dropped == 4);
  CHECK(desk.exporter.counts().waiting_bytes == 0);
}

TEST_CASE("ExporterTest.SamplingFollowsTheCallerElseTheShare") {
  ExportOptions options;
  options.sample = 0.0;
  Desk desk(options);
  auto unsampled = test::finished_turn("b7ad6b7169203331");
  unsampled.trace.sampled = false;

  desk.exporter.turn_ended(test::finished_turn());                    // begins here: share 0
  desk.exporter.turn_ended(test::finished_turn("b7ad6b7169203331"));  // its caller records it
  desk.exporter.turn_ended(unsampled);                                // its caller does not
  desk.pass(6s);

  REQUIRE(desk.collector.bodies().size() == 1);
  CHECK(desk.collector.spans(0) == 4);
  CHECK(desk.collector.bodies()[0].find("b7ad6b7169203331") != std::string::npos);
}

TEST_CASE("ExporterTest.AtStopWhatWaitsIsSentOnceMore") {
  ExportOptions options;
  options.batch_every = 1h;
  Desk desk(options);
  desk.clock.on_sleep = [] {};
  desk.turns(2);

  desk.exporter.start();
  desk.exporter.stop();

  CHECK(desk.exporter.counts().exported == 8);
  CHECK(desk.exporter.counts().dropped == 0);
}

TEST_CASE("ExporterTest.AtStopACollectorThatIsDownKeepsNobodyWaiting") {
  Desk desk;
  desk.collector.answers = {status(503)};
  desk.turns(300);

  desk.exporter.start();
  desk.exporter.stop();
  desk.turns(1);

  const auto counts = desk.exporter.counts();
  CHECK(counts.exported == 0);
  CHECK(counts.dropped == 301 * 4);
  CHECK(counts.waiting_spans == 0);
}

TEST_CASE("ExporterTest.AtStopARequestUnderWayIsCalledOff") {
  ExportOptions options;
  options.last_flush = 20ms;
  Desk desk(options);
  desk.collector.stalls = true;
  desk.turns(1);

  desk.exporter.start();
  desk.exporter.stop();  // returns, although the collector never answers

  CHECK(desk.exporter.counts().dropped == 4);
}

TEST_CASE("ExporterTest.TurnsOfManyThreadsAreAllAccountedFor") {
  ExportOptions options;
  options.queue_spans = 64;
  options.batch_spans = 16;
  Desk desk(options);

  desk.exporter.start();
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) threads.emplace_back([&] { desk.turns(100); });
  for (auto& thread : threads) thread.join();
  desk.exporter.stop();

  const auto counts = desk.exporter.counts();
  CHECK(counts.exported + counts.dropped == 4 * 100 * 4);
}
