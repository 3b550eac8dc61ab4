// One call: the logical request for a model's answer within a turn, and the parts the pipeline
// needs to get it. The interfaces here are filled by the orchestrator from host handles, and by
// tests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "dugout/sdk/outcome.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/retry_budget.hpp"

namespace dugout::observability {
class TurnTrace;
}

namespace dugout::pipeline {

class AnswerCache;
class Timer;

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
  std::string trace = {};  // `traceparent` to send along; no part of the question
  // The key of the marks around what other people wrote (core/untrusted.hpp); differs from session
  // to session, so no part of the question either. Empty = nothing is marked.
  std::string mark = {};
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

// The code of a failure that is nobody's: the attempt was called back.
inline constexpr auto kCancelled = "cancelled";
// The outcome of an attempt that a guard let nothing out of.
inline constexpr auto kNotAsked = "not_asked";

// One target: one model at one provider, or the understudy.
class Model {
 public:
  virtual ~Model() = default;
  virtual std::string_view name() const = 0;  // "openai_responses/gpt-4.1", "understudy"
  // A local model answers without a network: it costs no attempt, needs no wait and is always the
  // last resort, however little budget is left.
  virtual bool local() const { return false; }
  // How long until it may be asked; zero = now. A target that may not is passed over.
  virtual core::Duration ready_in() const { return core::Duration::zero(); }
  // Goes on with another API key than those of `failed` (Failure::key), for everybody who asks this
  // target; false = there is none. True also when somebody else went on already.
  virtual bool next_key(const std::vector<int>& /*failed*/) { return false; }
  // [worker] Must return within `within`, and soon after `cancel`: with a failure of code
  // kCancelled.
  virtual Attempted<Answer> ask(const Request& request, core::Duration within,
                                const core::CancelToken& cancel) = 0;
};

class Parser {
 public:
  virtual ~Parser() = default;
  virtual std::string_view name() const = 0;
  virtual Outcome<Parsed> parse(std::string_view text, std::string_view schema) const = 0;
};

// How far one validator trusts an answer.
struct Verdict {
  double confidence = 0.0;  // 0..1
  std::string validator;
  std::string details;             // JSON object; figures and categories, never the answer's text
  std::optional<Failure> problem;  // what to tell the model when it is asked again
};

class Validator {
 public:
  virtual ~Validator() = default;
  virtual std::string_view name() const = 0;
  // nullopt = no opinion. `raw`: the model's text that was parsed.
  virtual std::optional<Verdict> validate(const Parsed& parsed, std::string_view raw,
                                          std::string_view context) const = 0;
};

struct WeighedValidator {
  const Validator* validator = nullptr;
  double weight = 1.0;  // >= 0; of its confidence in the mean
};

// Above `valid` an answer is taken, below `retry` it is asked for again, between it is taken and
// flagged.
struct Thresholds {
  double valid = 0.7, retry = 0.5;
};

// What a recovery strategy proposes after one failed attempt. Its numbers come from a plugin: any
// value at all, NaN too; what is done with them is bounded.
struct Advice {
  enum class Action {
    kWait,
    kNextTarget,
    kTruncateHistory,
    kSimplifyPrompt,
    kReask,             // the same target at once, told what was wrong with its answer
    kRaiseOutputLimit,  // once per call, after an answer that was cut off
    kNextKey,           // the same target at once with another key, once round all of them
    kStop
  };
  Action action = Action::kWait;
  double wait_multiplier = 1.0;      // kWait
  double fraction = 0.5;             // kTruncateHistory: the part to drop, oldest first
  double output_factor = 2.0;        // kRaiseOutputLimit
  double output_start = 4096.0;      // tokens; what is raised when the request names no limit
  double output_ceiling = 16'384.0;  // tokens
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
// Says whether an answer that stands may be given to others who ask the same.
using Shareable = std::function<bool(const Parsed&)>;

// ---- what is recorded of each attempt; categories and figures only, never anybody's text

struct AttemptRecord {
  int number = 0;  // from 1 within the call
  std::string target;
  std::string outcome;  // "ok", "tool_calls", "cache_hit", "cancelled", "not_asked",
                        // or a failure class
  std::string parser;   // which parser accepted it
  std::string advisor;  // whose advice followed, or "table"
  // "retry", "next_target", "truncate_history", "simplify_prompt", "reask", "raise_output_limit",
  // "next_key", "stop"
  std::string action;
  std::string why;  // of the advice, then whose advice could not be taken and why not
  core::Duration took{0}, waited{0};  // waited: before this attempt
  Usage usage;
  double cost = 0.0;                                     // by the price table; 0 = not known
  std::optional<double> confidence;                      // of the validators, when they were heard
  bool flagged = false;                                  // taken, but between the thresholds
  std::vector<std::pair<std::string, double>> verdicts;  // each validator's
  int status = 0;
  bool hedge = false;  // the second of two that were asked at the same time
  bool local = false;  // no provider was asked
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
  double max_open_wait = 5.0;      // s, for the first target to return when none may be asked
};

// The waits before retry 1, 2, ... without jitter (design section 4, first row).
std::vector<double> wait_sequence(const RetryOptions& options, double factor = 1.0);

// What is left for a whole turn; shared by all its calls. Not thread-safe: a turn is one thread.
// What an attempt costs is known when it has ended, so tokens and money may be overdrawn by one.
struct Budget {
  int attempts = 12;                     // remote attempts
  core::MonoTime deadline{};             // no attempt or wait goes beyond it
  std::optional<long long> tokens = {};  // input and output together
  std::optional<double> money = {};      // in the currency of the price table
};

// What a target charges, in the currency of the price table, for a million tokens.
struct Price {
  double input = 0.0, output = 0.0;
  bool operator==(const Price&) const = default;
};
using Prices = std::map<std::string, Price, std::less<>>;
double cost_of(const Prices& prices, std::string_view target, const Usage& usage);

// A second target is asked when the first has not answered after so long; zero = never. [any]
struct HedgePlan {
  core::Duration after{0};
  Timer* timer = nullptr;
};

struct CallPlan {
  std::vector<Model*> targets;  // first = preferred; local ones last
  std::vector<const Parser*> parsers;
  std::vector<const Advisor*> advisors;
  RetryOptions retry;
  std::vector<WeighedValidator> validators;  // heard before the judge; not for local models
  Thresholds thresholds;
  std::string context;                  // JSON for the validators
  Judge judge;                          // may be empty
  RetryBudget* retry_budget = nullptr;  // of the process; nullptr = none
  const Prices* prices = nullptr;       // nullptr = not known
  HedgePlan hedge;                      // not for a call behind which an effect stands
  AnswerCache* cache = nullptr;         // nullptr = not from memory
  std::string cache_scope;              // who may share answers: tenant and agent
  Shareable shareable;                  // may be empty: each one is
  core::CancelToken cancel;
  observability::TurnTrace* trace = nullptr;  // nullptr = nobody watches
};

struct CallResult {
  std::optional<Parsed> parsed;      // a final answer that was accepted
  std::vector<ToolCall> tool_calls;  // or tools to run
  std::optional<Failure> failure;    // or why there is none
  bool from_cache = false;
  std::vector<AttemptRecord> attempts;
  std::size_t stands = 0;  // place of the attempt that the call ended with

  // Who answered, or failed last; empty when nobody was asked.
  std::string_view target() const {
    return stands < attempts.size() ? std::string_view(attempts[stands].target)
                                    : std::string_view();
  }
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
bool can_truncate(const Request& request, double fraction);

}  // namespace dugout::pipeline
