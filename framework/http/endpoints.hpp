// The endpoints, each a function over one exchange, and the table that finds them. [worker]
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "http/audit_told.hpp"
#include "http/beginnings.hpp"
#include "http/client_address.hpp"
#include "http/exchange.hpp"
#include "http/operator_pass.hpp"
#include "http/places.hpp"
#include "http/rate_gate.hpp"
#include "http/server.hpp"
#include "http/shared_probe.hpp"

namespace dugout::http {

// What the endpoints are served with; outlives them.
struct Service {
  orchestrator::Orchestrator& orchestrator;
  jobs::Jobs& jobs;
  core::Clock& clock;
  observability::Log& log;
  const ServerOptions& options;
  std::atomic<int> turns{0};        // in flight
  Places uploads = {};              // in flight; each holds its file in memory
  Places batches = {};              // whose body is on its way
  std::atomic<int> batch_turns{0};  // of `turns`, those held by batches
  std::atomic<int> overviews{0};    // of operators, in work
  std::atomic<bool> stopping{false};
  core::CancelToken ending = {};  // cancelled at stop, for what would wait on
  OperatorPasses passes = {};
  WrongTokens wrong_tokens = {}, wrong_metrics_tokens = {};
  std::atomic<int> listeners{0};  // of the dashboard's events
  const Operators operators{options.admin_token, options.access.operators};
  const std::string chat_key = chat_key_of(options.access);
  AuditTold audit_told = {};
  Beginnings beginnings = {};
  SharedProbe probe = {};
  const Proxies proxies = read_proxies(options.proxies, options.proxies_forwarded);
  RateGate rates{options.rates, options.figures.get()};
};

// What is counted together with this request: the client's address_key().
std::string address_of(const Service& service, Exchange& exchange);

struct Route {
  std::string method, path;  // the path may have places: "/webhooks/{name}"
  std::function<void(Service&, Exchange&)> serve;
  // Is there anything at this address? Only for places that would take every address.
  bool (*known)(Service&, const PathParts&) = nullptr;
  Role role = Role::kAnyone;  // who may; where nobody is an operator, what is for one is not there
  bool open_without_operators = false;  // ... but this is
  bool cross_origin = false;            // pages of the origins on the list may use it
};

// The first row whose path fits decides about the path; its methods are those of all rows with
// that very path.
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
Problem nothing_at(const std::string& path);
Problem not_http();

// chat.cpp
void serve_chat(Service& service, Exchange& exchange);
// Answers with the reply, or with the problem.
void answer(Service& service, Exchange& exchange, const Outcome<orchestrator::ChatReply>& reply);
Problem problem_in_chat(const Exchange& exchange, const Error& error);
// chat_state.cpp
void serve_chat_state(Service& service, Exchange& exchange);
// page_settings.cpp
void serve_page_settings(Service& service, Exchange& exchange);
void serve_page_css(Service& service, Exchange& exchange);
// batch.cpp
void serve_batch(Service& service, Exchange& exchange);
// upload.cpp, upload_async.cpp
void serve_upload(Service& service, Exchange& exchange);
void serve_upload_async(Service& service, Exchange& exchange);
void serve_upload_status(Service& service, Exchange& exchange);
// webhook.cpp
void serve_webhook(Service& service, Exchange& exchange);
void serve_webhook_test(Service& service, Exchange& exchange);
// page.cpp
bool is_page(Service& service, const PathParts& parts);
void serve_page(Service& service, Exchange& exchange);
// attempts.cpp
void serve_attempts(Service& service, Exchange& exchange);
// sessions.cpp, funnel.cpp, routine_pages.cpp; for operators
void serve_sessions(Service& service, Exchange& exchange);
void serve_session(Service& service, Exchange& exchange);
void serve_funnel(Service& service, Exchange& exchange);
void serve_flows(Service& service, Exchange& exchange);
void serve_flow(Service& service, Exchange& exchange);
// admin.cpp
void serve_operator(Service& service, Exchange& exchange);  // who asks
void serve_session_begin(Service& service, Exchange& exchange);
void serve_session_end(Service& service, Exchange& exchange);
// reload.cpp
void serve_reload(Service& service, Exchange& exchange);
void serve_last_reload(Service& service, Exchange& exchange);
// audit_told.cpp
void serve_audit(Service& service, Exchange& exchange);
// metrics.cpp
void serve_metrics(Service& service, Exchange& exchange);
// dashboard.cpp
void serve_dashboard(Service& service, Exchange& exchange);
void serve_dashboard_events(Service& service, Exchange& exchange);
// catalogue.cpp
void serve_routines(Service& service, Exchange& exchange);
void serve_agents(Service& service, Exchange& exchange);
void serve_plugins(Service& service, Exchange& exchange);

}  // namespace dugout::http
