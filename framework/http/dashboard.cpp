// GET /api/dashboard and its events: the figures of the last hour and how things stand, for
// operators. Everybody who listens is sent the same text.
#include "http/admin.hpp"

namespace dugout::http {
namespace {

constexpr int kTryAgainMs = 3000;  // when a browser lost us

class ListenerPlace {
 public:
  explicit ListenerPlace(Service& service)
      : service_(service),
        free_(service.listeners.fetch_add(1) < service.options.dashboard_listeners) {}
  ~ListenerPlace() { service_.listeners.fetch_sub(1); }
  ListenerPlace(const ListenerPlace&) = delete;
  ListenerPlace& operator=(const ListenerPlace&) = delete;
  bool free() const { return free_; }

 private:
  Service& service_;
  const bool free_;
};

bool has_dashboard(Service& service, Exchange& exchange) {
  if (service.options.dashboard) return true;
  exchange.problem(nothing_at(exchange.path()), service.clock);
  return false;
}

Problem all_taken() {
  Problem problem;
  problem.status = 503;
  problem.title = "Too many dashboards";
  problem.detail = "As many are open as may be; close one, or ask for /api/dashboard now and then.";
  problem.retry_after = 10;
  return problem;
}

void send_events(Service& service, Exchange& exchange) {
  exchange.begin_lines("text/event-stream");
  bool on = exchange.line("retry: " + std::to_string(kTryAgainMs) + "\n");
  while (on) {
    on = exchange.line("event: dashboard\ndata: " + *service.options.dashboard() + "\n") &&
         service.clock.sleep(service.options.dashboard_every, service.ending) && !exchange.gone() &&
         is_operator(service, exchange);
  }
}

}  // namespace

void serve_dashboard(Service& service, Exchange& exchange) {
  if (!has_dashboard(service, exchange)) return;
  exchange.json(200, *service.options.dashboard());
}

void serve_dashboard_events(Service& service, Exchange& exchange) {
  if (!has_dashboard(service, exchange)) return;
  if (exchange.request().getMethod() == "HEAD") {
    return exchange.text(200, "text/event-stream", "");
  }
  const ListenerPlace place(service);
  if (!place.free()) return exchange.problem(all_taken(), service.clock);
  exchange.close_afterwards();
  exchange.header("X-Accel-Buffering", "no");  // a proxy must not gather them
  send_events(service, exchange);
}

}  // namespace dugout::http
