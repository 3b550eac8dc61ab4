// What is known of a turn that has ended: its spans for a trace, its figures for the metrics. Ids,
// names of our own, categories and figures; a user's or a provider's text only where `texts` was
// asked for. Plain data. [any]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "observability/trace_context.hpp"

namespace dugout::observability {

// The kinds of spans; each but the first lies within another one.
enum class Stage { kTurn, kCall, kAttempt, kWait, kParse, kValidate, kTool, kCommit };
inline constexpr int kStages = 8;
// "turn", "call", "attempt", "wait", "parse", "validate", "tool", "commit"
std::string_view name_of(Stage stage);

using AttributeValue = std::variant<std::string, std::int64_t, double, bool>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

struct Span {
  Stage stage = Stage::kTurn;
  std::string name;  // "turn", "call registration", "chat gpt-4.1", "execute_tool address_lookup"
  std::string id, parent;   // of the turn, `parent` is the caller's span or empty
  core::Duration begun{0};  // since the turn's begin
  core::Duration took{0};
  std::string error;      // a category, such as "rate_limit"; empty = it went well
  Attributes attributes;  // by the names of OpenTelemetry's GenAI conventions where there are such
};

// One question to a target, as the attempt log has it.
struct AttemptFigures {
  std::string call_type, agent, target;
  std::string outcome;  // "ok", "tool_calls", "cache_hit", "cancelled", "not_asked", or a class
  std::string action;   // of the advice that followed; empty = none was needed
  std::string parser;
  int call = 0, number = 0;  // both from 1; number 0 = from memory
  int status = 0;            // of HTTP; 0 = none came
  core::Duration took{0}, waited{0};
  std::int64_t input_tokens = 0, output_tokens = 0;
  double cost = 0.0;
  std::optional<double> confidence;
  std::vector<std::pair<std::string, double>> verdicts;  // each validator's
  bool flagged = false, hedge = false;
  bool local = false;  // the understudy: no provider was asked

  bool good() const { return outcome == "ok" || outcome == "tool_calls" || outcome == "cache_hit"; }
  // A provider was really asked.
  bool asked() const {
    return !local && number > 0 && outcome != "not_asked" && outcome != "cancelled";
  }
};

struct ToolFigures {
  std::string tool;
  std::string code;  // why it failed; empty = it went well
  core::Duration took{0};
  bool stored = false;  // the journal had the result already
};

struct TurnReport {
  TraceContext trace;  // span_id is the turn's own span
  std::string
      session;  // the short form, as the attempt log has it: the id itself opens the session
  std::string turn;
  core::WallTime begun{};  // when it was taken up; spans count from here
  core::Duration took{0};
  core::Duration own{0};    // of it, neither a provider, a tool nor a wait was waited for
  std::string outcome;      // "ok", or why there was no reply: "unavailable", "store", "failed"
  std::string agent, flow;  // of the turn's begin
  std::string target;       // who answered; empty = the server itself
  int routine = 0;          // of the turn's begin; 0 = outside a flow
  int next_routine = 0;     // after it
  std::vector<std::pair<int, int>> path;  // the edges it took
  std::vector<AttemptFigures> attempts;
  std::vector<ToolFigures> tools;
  // What the guard of a model's words found in them: "email", "link" ...; the words are no part.
  std::vector<std::string> words_found;
  std::vector<Span> spans;  // the turn first, then in the order of their begin
};

// Told of every turn that ran, whatever came of it. [worker]; must be quick and keep no reference.
class TurnWatcher {
 public:
  virtual ~TurnWatcher() = default;
  virtual void turn_ended(const TurnReport& report) noexcept = 0;
};

}  // namespace dugout::observability
