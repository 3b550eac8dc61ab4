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
#include "pipeline/call.hpp"
#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

// A file that came with the message; the orchestrator removes it when the turn has ended.
struct Upload {
  std::string path;
  std::string name;  // as the client called it; shown, never used as a path
};

struct ChatRequest {
  std::string session_id;         // empty: a new session is made
  std::string client_message_id;  // empty: a repeat cannot be recognised
  std::string user_message;
  std::optional<Upload> upload;
};

struct ChatReply {
  std::string session_id;
  std::string response;
  std::string last_agent;
  std::optional<int> routine_number;      // nullopt outside a flow
  std::string expects = "text";           // or "file": what the open question wants
  std::string target;                     // which model answered; empty = the server itself
  std::vector<std::pair<int, int>> path;  // the edges this turn took, in order: from, to
};

// A model of one provider that may be named by agents as "provider/model".
struct ProviderTarget {
  std::string codec;      // the provider plugin's name
  std::string base_url;   // without the path of the call
  std::string api_key;    // sent as a bearer token; never logged
  double timeout = 30.0;  // s, of one attempt
};

struct OrchestratorOptions {
  std::map<std::string, ProviderTarget> providers;  // only those with credentials
  // Retry options by agent, environment and YAML applied already.
  std::map<std::string, pipeline::RetryOptions> retry;
  core::Duration lane_wait = std::chrono::seconds(30);  // for an earlier turn of the same session
  std::size_t message_characters = 4000;                // of a user's message
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
};

class Orchestrator {
 public:
  virtual ~Orchestrator() = default;
  // [worker] One turn, from accept to commit. kInvalid: the request (detail names the field as a
  // JSON pointer); kConflict: the session is busy; kUnavailable: the store cannot serve.
  virtual Outcome<ChatReply> chat(const ChatRequest& request) = 0;
  virtual const routines::Application& application() const = 0;
  virtual const host::Generation& plugins() const = 0;
  // Can it serve now? For /ready.
  virtual Status probe() = 0;
  // The record of a session as a JSON object field -> value; for simulate and tests.
  virtual Outcome<std::string> record(const std::string& session_id) = 0;
};

std::unique_ptr<Orchestrator> make_orchestrator(Parts parts, OrchestratorOptions options);

}  // namespace dugout::orchestrator
