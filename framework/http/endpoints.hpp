// The endpoints, each a function over one exchange, and the table that finds them. [worker]
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "http/exchange.hpp"
#include "http/server.hpp"

namespace dugout::http {

// What the endpoints are served with; outlives them.
struct Service {
  orchestrator::Orchestrator& orchestrator;
  core::Clock& clock;
  observability::Log& log;
  const ServerOptions& options;
  std::atomic<int> turns{0};    // in flight
  std::atomic<int> uploads{0};  // in flight; each holds its file in memory
  std::atomic<bool> stopping{false};
};

struct Route {
  std::string method, path;
  std::function<void(Service&, Exchange&)> serve;
};

const std::vector<Route>& routes();

// Finds the route and serves it; 404, 405 with Allow, and 500 for whatever is thrown.
void dispatch(Service& service, Exchange& exchange);

// Counts a turn while it lives; `admitted` is false when there are too many.
class TurnGate {
 public:
  explicit TurnGate(Service& service)
      : service_(service),
        admitted_(service.turns.fetch_add(1) < service.options.turns_in_flight) {}
  ~TurnGate() { service_.turns.fetch_sub(1); }
  TurnGate(const TurnGate&) = delete;
  TurnGate& operator=(const TurnGate&) = delete;
  bool admitted() const { return admitted_; }

 private:
  Service& service_;
  const bool admitted_;
};

Problem overloaded();

// chat.cpp, upload.cpp
void serve_chat(Service& service, Exchange& exchange);
void serve_upload(Service& service, Exchange& exchange);
// Answers with the reply, or with the problem.
void answer(Service& service, Exchange& exchange, const Outcome<orchestrator::ChatReply>& reply);
// catalogue.cpp
void serve_routines(Service& service, Exchange& exchange);
void serve_agents(Service& service, Exchange& exchange);
void serve_plugins(Service& service, Exchange& exchange);

}  // namespace dugout::http
