// One attempt as one line of JSON, for the store and for the attempt log.
// docs/operations/attempts.md describes every member. Figures, names of our own and categories
// only: whatever a user, a provider or a plugin worded itself is replaced by a category. Pure.
// [any]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "observability/turn_report.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

// What was known about a call when it began; a tuner learns from it.
struct CallFacts {
  std::string call_type, agent;
  int messages = 0;                                           // of the session so far
  std::optional<double> recent_success_rate, recent_latency;  // 0..1; s
  int max_retries = 0;                                        // the options that were in force
  double base_delay = 0.0, multiplier = 0.0;
  std::string tuner = "off";  // "off", "shadow" or "on"
  std::string proposal;       // the tuner's answer, JSON; of it only its known figures are kept
};

// Where the attempt belongs.
struct AttemptPlace {
  std::string_view turn, session;
  int routine = 0;
  int call = 0;  // from 1 within the turn
};

std::string attempt_text(const pipeline::AttemptRecord& attempt, const AttemptPlace& place,
                         const CallFacts& facts, core::WallTime now);

// The same for the report of the turn.
observability::AttemptFigures attempt_figures(const pipeline::AttemptRecord& attempt,
                                              const AttemptPlace& place, const CallFacts& facts);

// The category of a reason: one of the planner's own; "passed_over" when all there is to tell is
// that nothing could come of some advice; by what an advisor says that it recognised the failure:
// "pattern_class", "pattern_code", "pattern_text". "advice" for any other words, whose author is in
// `advisor`; empty for none.
std::string_view why_category(std::string_view why);

}  // namespace dugout::orchestrator
