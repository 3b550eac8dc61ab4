// One call: the logical request for a model's answer within a turn, and the parts the pipeline
// needs to get it. The interfaces here are filled by the orchestrator from host handles, and by
// tests.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "dugout/sdk/outcome.hpp"
#include "pipeline/failure.hpp"

namespace dugout::pipeline {

// ---- the neutral request

struct ToolCall {
  std::string id;  // call_id of the provider
  std::string name;
  std::string arguments;  // JSON text, maybe broken: a model wrote it
};

struct Item {
  enum class Kind { kUser, kAssistant, kSystem, kToolCall, kToolResult, kImage };
  Kind kind = Kind::kUser;
  std::string text;     // message text, the tool's result (JSON), or the image as a data URL
  ToolCall call;        // of kToolCall; of kToolResult only `id` counts
  bool pinned = false;  // never truncated
  int group = 0;        // items of one group go together or stay together
};

struct ToolOffer {
  std::string name, description;
  std::string parameters;  // JSON Schema of what the model may set
};

struct Request {
  std::string instructions;
  std::string short_instructions;  // used by simplified_prompt
  std::vector<Item> items;         // oldest first
  std::vector<ToolOffer> tools;
  std::string schema_name;
  std::string schema;  // JSON Schema of the answer; empty = free text
  std::optional<int> max_output_tokens;
};

// ---- the answer

struct Usage {
  long long input_tokens = 0, output_tokens = 0;
};

struct Answer {
  std::vector<std::string> texts;  // candidates for the parser chain, the best first
  std::vector<ToolCall> tool_calls;
  bool truncated = false;  // cut off by a limit
  bool refused = false;    // the provider says the model declined
  Usage usage;
};

struct Parsed {
  std::string message;               // agent_final_response
  std::optional<long long> routine;  // routine_number
  std::string metadata;              // JSON object or empty
  std::string parser;                // which parser accepted it
  bool repaired = false;
};

template <typename T>
using Attempted = std::variant<T, Failure>;

// ---- the parts

// One target: one model at one provider, or the understudy.
class Model {
 public:
  virtual ~Model() = default;
  virtual std::string_view name() const = 0;  // "openai_responses/gpt-4.1", "understudy"
  // A local model answers without a network: it costs no attempt, needs no wait and is always the
  // last resort, however little budget is left.
  virtual bool local() const { return false; }
  // [worker] Must return within `within`.
  virtual Attempted<Answer> ask(const Request& request, core::Duration within) = 0;
};

class Parser {
 public:
  virtual ~Parser() = default;
  virtual std::string_view name() const = 0;
  virtual Outcome<Parsed> parse(std::string_view text, std::string_view schema) const = 0;
};

// What a recovery strategy proposes after one failed attempt.
struct Advice {
  enum class Action { kWait, kNextTarget, kTruncateHistory, kSimplifyPrompt, kStop };
  Action action = Action::kWait;
  double wait_multiplier = 1.0;  // kWait
  double fraction = 0.5;         // kTruncateHistory: the part to drop, oldest first
  std::string why;
};

class Advisor {
 public:
  virtual ~Advisor() = default;
  virtual std::string_view name() const = 0;
  // nullopt = not recognised. `attempt` from 1; `repeats`: how often this class came in this call.
  virtual std::optional<Advice> advise(const Failure& failure, int attempt, int repeats,
                                       std::string_view target) const = 0;
};

// Says whether a parsed answer may stand; a Failure of tier 3 asks again with its message.
using Judge = std::function<std::optional<Failure>(const Parsed&)>;

// ---- what is recorded of each attempt; categories and figures only, never anybody's text

struct AttemptRecord {
  int number = 0;  // from 1 within the call
  std::string target;
  std::string outcome;  // "ok", "tool_calls", or a failure class
  std::string parser;   // which parser accepted it
  std::string advisor;  // whose advice followed, or "table"
  std::string action;   // "retry", "next_target", "truncate_history", "simplify_prompt", "stop"
  std::string why;
  core::Duration took{0}, waited{0};  // waited: before this attempt
  Usage usage;
  int status = 0;
};

struct RetryOptions {
  int max_retries = 3;       // attempts = retries + 1
  int known_attempts = 5;    // when an advisor recognises the pattern
  int unknown_attempts = 3;  // class unknown and nobody recognises it
  double base_delay = 1.0;   // s, before the first retry
  double multiplier = 2.0;
  double max_total_delay = 10.0;   // s, sum of the computed waits of a call
  double jitter = 0.25;            // 0..1: a wait is drawn from [1 - jitter, 1] of it
  double max_server_delay = 60.0;  // s, longest wait a server may ask for
  double attempt_timeout = 30.0;   // s
};

// The waits before retry 1, 2, ... without jitter (design section 4, first row).
std::vector<double> wait_sequence(const RetryOptions& options, double factor = 1.0);

// What is left for a whole turn; shared by all its calls. Not thread-safe: a turn is one thread.
struct Budget {
  int attempts = 12;          // remote attempts
  core::MonoTime deadline{};  // no attempt or wait goes beyond it
};

struct CallPlan {
  std::vector<Model*> targets;  // first = preferred; local ones last
  std::vector<const Parser*> parsers;
  std::vector<const Advisor*> advisors;
  RetryOptions retry;
  Judge judge;  // may be empty
  core::CancelToken cancel;
};

struct CallResult {
  std::optional<Parsed> parsed;      // a final answer that was accepted
  std::vector<ToolCall> tool_calls;  // or tools to run
  std::string target;
  std::optional<Failure> failure;  // or why there is none
  std::vector<AttemptRecord> attempts;
};

// Takes one call through attempts, waits, parsing, validation and recovery. Never waits or tries
// beyond `budget`, whatever the advisors ask for. [worker]
class Planner {
 public:
  Planner(core::Clock& clock, core::Random& random) : clock_(clock), random_(random) {}
  CallResult run(const CallPlan& plan, Request request, Budget& budget) const;

 private:
  core::Clock& clock_;
  core::Random& random_;
};

// Drops the oldest `fraction` of the unpinned groups, whole groups only, never the newest one.
// Returns false when nothing could be dropped.
bool truncate_history(Request& request, double fraction);

}  // namespace dugout::pipeline
