#include "observability/turn_trace.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "support/fake_clock.hpp"

namespace {

using namespace dugout::observability;
using dugout::test::FakeClock;
using std::chrono::milliseconds;

class LastReport final : public TurnWatcher {
 public:
  void turn_ended(const TurnReport& report) noexcept override { report_ = report; }
  const TurnReport& get() const {
    REQUIRE(report_.has_value());
    return *report_;
  }

 private:
  std::optional<TurnReport> report_;
};

struct Stage1 {
  explicit Stage1(TelemetryOptions options = {true, false}) : telemetry(options) {
    telemetry.add(last);
  }
  FakeClock clock;
  Telemetry telemetry;
  LastReport last;
};

TurnReport begun(const std::string& turn = "turn_1") {
  TurnReport report;
  report.session = "abcdef";
  report.turn = turn;
  return report;
}

}  // namespace

TEST_CASE("TurnTraceTest.SpansNestAndKnowHowLongTheyTook") {
  Stage1 stage;
  {
    TurnTrace trace(&stage.telemetry, stage.clock, begun());
    SpanScope call(&trace, Stage::kCall, "call chat", "chat");
    stage.clock.advance(milliseconds(5));
    {
      SpanScope attempt(&trace, Stage::kAttempt, "chat m", "p/m", true);
      stage.clock.advance(milliseconds(100));
      attempt.fail("timeout");
    }
    call.end();
    trace.report().outcome = "ok";
  }
  const auto& report = stage.last.get();
  REQUIRE(report.spans.size() == 3);
  const auto& [turn, call, attempt] = std::tie(report.spans[0], report.spans[1], report.spans[2]);
  CHECK(turn.parent.empty());
  CHECK(call.parent == turn.id);
  CHECK(attempt.parent == call.id);
  CHECK(attempt.begun == milliseconds(5));
  CHECK(attempt.took == milliseconds(100));
  CHECK(attempt.error == "timeout");
  CHECK(turn.error.empty());
  CHECK(report.took == milliseconds(105));
  CHECK(report.own == milliseconds(5));
}

TEST_CASE("TurnTraceTest.ATraceOfTheCallerGoesOn") {
  Stage1 stage;
  {
    auto report = begun();
    report.trace = {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", false};
    TurnTrace trace(&stage.telemetry, stage.clock, report);
    const auto out = read_traceparent(trace.parent());
    REQUIRE(out);
    CHECK(out->trace_id == report.trace.trace_id);
    CHECK(out->span_id == trace.report().spans[0].id);
    CHECK_FALSE(out->sampled);
  }
  CHECK(stage.last.get().spans[0].parent == "00f067aa0ba902b7");
}

TEST_CASE("TurnTraceTest.ATurnThatIsLeftHalfwayIsAFailureWithClosedSpans") {
  Stage1 stage;
  try {
    TurnTrace trace(&stage.telemetry, stage.clock, begun());
    trace.open(Stage::kCall, "call chat", "chat", false);
    trace.open(Stage::kTool, "execute_tool x", "x", true);
    stage.clock.advance(milliseconds(7));
    throw 1;
  } catch (int) {
  }
  const auto& report = stage.last.get();
  CHECK(report.outcome == "failed");
  for (const auto& span : report.spans) {
    CHECK_FALSE(span.error.empty());
    CHECK(span.took == milliseconds(7));
  }
  CHECK(stage.telemetry.running_count() == 0);
}

TEST_CASE("TurnTraceTest.RunningTurnsAreSeenWithTheirStage") {
  Stage1 stage;
  std::vector<std::string> heard;
  TurnTrace first(&stage.telemetry, stage.clock, begun("turn_1"),
                  [&](Stage at, std::string_view detail) {
                    heard.push_back(std::string(name_of(at)) + " " + std::string(detail));
                  });
  TurnTrace second(&stage.telemetry, stage.clock, begun("turn_2"));
  const auto attempt = first.open(Stage::kAttempt, "chat m", "p/m", true);

  const auto running = stage.telemetry.running(10);
  REQUIRE(running.size() == 2);
  CHECK(running[0].turn == "turn_1");
  CHECK(running[0].stage == Stage::kAttempt);
  CHECK(running[0].detail == "p/m");
  CHECK(running[1].stage == Stage::kTurn);
  CHECK(stage.telemetry.running(1).size() == 1);
  CHECK(heard == std::vector<std::string>{"attempt p/m"});
  first.close(attempt, "");
}

TEST_CASE("TurnTraceTest.AttributesAreKeptOnlyForWhoReadsThem") {
  const bool wanted = GENERATE(true, false);
  Stage1 stage({wanted, wanted});
  {
    TurnTrace trace(&stage.telemetry, stage.clock, begun());
    CHECK(trace.wants_texts() == wanted);
    SpanScope(&trace, Stage::kCall, "call chat", "chat").put("gen_ai.agent.name", std::string("a"));
  }
  CHECK(stage.last.get().spans[1].attributes.size() == (wanted ? 1U : 0U));
}

TEST_CASE("TurnTraceTest.WithoutATraceAScopeDoesNothing") {
  SpanScope scope(nullptr, Stage::kCall, "call chat", "chat");
  scope.put("a", true);
  scope.fail("b");
  scope.end();
  SUCCEED();
}
