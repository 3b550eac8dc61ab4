// The face of the orchestrator: one user message in, one reply out. Used by http and cli.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "dugout/sdk/outcome.hpp"
#include "host/host.hpp"
#include "net/http_client.hpp"
#include "observability/log.hpp"
#include "observability/telemetry.hpp"
#include "orchestrator/open_turn.hpp"
#include "orchestrator/progress.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/breaker.hpp"
#include "pipeline/bulkhead.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/call.hpp"
#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

// A file that came with the message. The orchestrator removes it when the turn has ended, however
// it ended; of a turn that could not begin it stays, as another one may be using it.
struct Upload {
  std::string path;
  std::string name;           // as the client called it; shown, never used as a path
  bool wanted_again = false;  // it stays when the turn fails: the caller will try once more with it
};

struct ChatRequest {
  std::string session_id;         // empty: a new session is made
  std::string client_message_id;  // empty: a repeat cannot be recognised
  std::string user_message;
  std::optional<Upload> upload;
  std::optional<observability::TraceContext> trace = {};  // the caller's; none = one of our own
  ProgressListener progress = {};                         // may be empty
};

// How far a session is on its way, by what is left of the path that lies before it now.
struct Steps {
  int step = 0;  // of the open question, from 1
  int of = 0;    // of so many; 0 = outside a flow
};

struct ChatReply {
  std::string session_id;
  std::string response;
  std::string last_agent;
  std::optional<int> routine_number;      // nullopt outside a flow
  std::string expects = "text";           // or "file": what the open question wants
  std::string target;                     // which model answered; empty = the server itself
  std::vector<std::pair<int, int>> path;  // the edges this turn took, in order: from, to
  std::string turn_id;                    // under which its attempts are logged
  std::string question;  // the open question as a JSON object (question.hpp); empty = none
  Steps steps;
  std::string traceparent;  // of the turn's own span; empty = an earlier turn's answer
  int generation = 0;       // of plugins and YAML; 0 = an earlier turn's answer
};

// A session as a page needs it that comes back to it.
struct SessionView {
  struct Said {
    bool by_user = false;
    std::string text;
  };
  std::string session_id, last_agent;
  std::optional<int> routine_number;
  std::string expects = "text", question;
  Steps steps;
  bool registered = false;
  std::vector<Said> said;  // of the registration that is open, the oldest first
};

// A model of one provider that may be named by agents as "provider/model".
struct ProviderTarget {
  std::string codec;      // the provider plugin's name
  std::string base_url;   // without the path of the call
  std::string api_key;    // sent as a bearer token; never logged
  double timeout = 30.0;  // s, of one attempt
  // s, of its parts; 0 = no bound of its own
  double connect_timeout = 5.0, first_byte_timeout = 0.0, idle_timeout = 0.0;
  std::vector<std::string> more_keys = {};  // used in turn when one will not do any more
};

// What guards the targets of all agents.
struct ResilienceOptions {
  pipeline::BreakerOptions breaker;
  pipeline::BulkheadOptions bulkhead;  // of each provider
  pipeline::RetryBudgetOptions retry_budget;
  pipeline::CacheOptions cache;
  core::Duration hedge_after{0};  // zero = a second target is never asked beside the first
  pipeline::AdaptiveOptions adaptive;
  std::string tuner_mode = "off", tuner;  // off, shadow or on; the plugin's name
  pipeline::Prices prices;
  std::string tenant = "club";  // who shares answers from memory
};

// How the guards stand just now; for people and metrics.
struct GuardStates {
  struct Target {
    std::string name, state;   // closed, open or half_open
    double retry_in = 0.0;     // s, until it may be asked
    std::uint64_t opened = 0;  // times so far
  };
  struct Cache {
    std::uint64_t hits = 0, misses = 0, shared = 0;
    std::size_t entries = 0, bytes = 0;
  };
  std::vector<Target> targets;
  std::vector<std::pair<std::string, int>> under_way;  // provider, attempts at this moment
  double retry_tokens = 0.0;
  Cache cache;
};

struct OrchestratorOptions {
  std::map<std::string, ProviderTarget> providers;  // only those with credentials
  // Retry options by agent, environment and YAML applied already.
  std::map<std::string, pipeline::RetryOptions> retry;
  ResilienceOptions resilience;
  core::Duration lane_wait = std::chrono::seconds(30);  // for an earlier turn of the same session
  std::size_t message_characters = 4000;                // of a user's message
  std::vector<std::string> link_hosts;  // that a model's words may link to; URLs or host names
};

// Takes the lines of the attempts of a turn that is committed. [worker]
class AttemptSink {
 public:
  virtual ~AttemptSink() = default;
  virtual void write(const std::vector<std::string>& lines) noexcept = 0;
};

// What a turn is served with. All outlive the orchestrator.
struct Parts {
  std::shared_ptr<const host::Generation> plugins;
  std::shared_ptr<const routines::Application> application;
  store::Store& store;
  net::HttpClient& http;
  core::Clock& clock;
  core::Random& random;
  observability::Log& log;
  AttemptSink* attempts = nullptr;                // besides the store; nullptr = none
  pipeline::Timer* timer = nullptr;               // for hedges; nullptr = one of its own
  observability::Telemetry* telemetry = nullptr;  // nullptr = nobody watches
};

// What was loaded together, and the options that go with it.
struct Loaded {
  std::shared_ptr<const host::Generation> plugins;
  std::shared_ptr<const routines::Application> application;
  OrchestratorOptions options;
};

class Orchestrator {
 public:
  virtual ~Orchestrator() = default;
  // [worker] One turn, from accept to commit. kInvalid: the request (detail names the field as a
  // JSON pointer); kConflict: the session is busy; kUnavailable: the store cannot serve, or no
  // model can just now and none but a model could answer (detail {"retry_after_s"}); the turn is
  // kept, and a repeat is answered.
  virtual Outcome<ChatReply> chat(const ChatRequest& request) = 0;
  // A new generation, and its number (the first is 1): turns that begin from now on are served by
  // it, those under way end on theirs. Somebody in the middle of a routine whose file changed gets
  // the old one until it is left, where that still fits into the flow.
  virtual int publish(Loaded next) = 0;
  virtual int generation() const = 0;
  // Of the generation that new turns get.
  virtual std::shared_ptr<const routines::Application> application() const = 0;
  virtual std::shared_ptr<const host::Generation> plugins() const = 0;
  virtual GuardStates guards() const = 0;
  // Can it serve now? For /ready.
  virtual Status probe() = 0;
  // [worker] Turns that were accepted and never answered become this process's: those of processes
  // that are no more, and with `put_off_too` those that nobody could answer then. Each has its
  // place in its session's lane from now on. See takeover.hpp.
  virtual Outcome<std::vector<OpenTurn>> take_over(bool put_off_too);
  // [worker] Answers it, as chat() would; it leaves its lane, however that ended.
  virtual Outcome<Resumed> resume(OpenTurn& open);
  // [worker] Effects of turns that have ended, of which nobody wrote down what became: asks their
  // tools, and keeps what they say.
  virtual Outcome<OpenEffects> settle_open_effects();
  // The record of a session as a JSON object field -> value; for simulate and tests.
  virtual Outcome<std::string> record(const std::string& session_id) = 0;
  // [worker] Where a session stands, and what was said; kNotFound when there is none.
  virtual Outcome<SessionView> view(const std::string& session_id) = 0;
};

std::unique_ptr<Orchestrator> make_orchestrator(Parts parts, OrchestratorOptions options);

}  // namespace dugout::orchestrator
