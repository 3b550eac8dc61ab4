// A finished turn as the orchestrator reports one, for tests of what becomes of it.
#pragma once

#include <string>

#include "observability/turn_report.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {

inline observability::Span span(observability::Stage stage, std::string name, std::string id,
                                std::string parent, int begun_ms, int took_ms) {
  observability::Span out;
  out.stage = stage;
  out.name = std::move(name);
  out.id = std::move(id);
  out.parent = std::move(parent);
  out.begun = std::chrono::milliseconds(begun_ms);
  out.took = std::chrono::milliseconds(took_ms);
  return out;
}

// turn > call > attempt, and commit; the caller's span is `parent`.
inline observability::TurnReport finished_turn(const std::string& parent = "") {
  using observability::Stage;
  observability::TurnReport report;
  report.trace = {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true};
  report.session = "0123456789abcdef";
  report.turn = "turn_1";
  report.begun = core::WallTime(std::chrono::milliseconds(FakeClock::kStartMs));
  report.outcome = "ok";
  report.agent = "new_registration";
  report.routine = 8;
  report.next_routine = 9;
  report.spans.push_back(span(Stage::kTurn, "turn", "00f067aa0ba902b7", parent, 0, 500));
  report.spans.push_back(
      span(Stage::kCall, "call registration", "00f067aa0ba902b8", "00f067aa0ba902b7", 1, 480));
  auto attempt =
      span(Stage::kAttempt, "chat gpt-4.1", "00f067aa0ba902b9", "00f067aa0ba902b8", 2, 470);
  attempt.attributes = {{"gen_ai.provider.name", std::string("openai_responses")},
                        {"gen_ai.usage.input_tokens", std::int64_t{1200}},
                        {"dugout.cost", 0.0125},
                        {"dugout.hedge", false},
                        {"gen_ai.input.messages", std::string("my son is called Alfie")}};
  report.spans.push_back(attempt);
  report.spans.push_back(
      span(Stage::kCommit, "commit", "00f067aa0ba902ba", "00f067aa0ba902b7", 490, 5));
  return report;
}

}  // namespace dugout::test
