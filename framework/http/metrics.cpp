// GET /metrics, as Prometheus asks for it: open, or behind a token of its own or the operator's.
#include "observability/metrics.hpp"

#include "http/admin.hpp"

namespace dugout::http {

void serve_metrics(Service& service, Exchange& exchange) {
  if (!service.options.metrics) {
    return exchange.problem(nothing_at(exchange.path()), service.clock);
  }
  if (!service.options.metrics_token.empty() && !admit_scraper(service, exchange)) return;
  exchange.text(200, observability::Metrics::kType, *service.options.metrics());
}

}  // namespace dugout::http
