// POST /admin/reload: the files are read anew, and serve from now on if they are good. GET tells
// what came of the last time.
#include "http/endpoints.hpp"

namespace dugout::http {

namespace {

std::string_view outcome_of(const ReloadAnswer& answer) {
  if (answer.good) return "ok";
  return answer.published ? "without certificate" : "refused";
}

}  // namespace

void serve_reload(Service& service, Exchange& exchange) {
  if (!service.options.reload) return exchange.problem(nothing_at(exchange.path()), service.clock);
  const auto answer = service.options.reload();
  tell_audit(service, exchange.who(), "reload", "files", outcome_of(answer));
  if (answer.good) return exchange.json(200, answer.json);
  Problem problem;
  problem.status = 422;
  if (answer.published) {
    problem.title = "The certificate cannot be used";
    problem.detail =
        "All other files serve from now on, under the certificate from before; the findings say "
        "what to mend.";
  } else {
    problem.title = "The files cannot be used";
    problem.detail = "What served before goes on serving; the findings say what to mend.";
  }
  problem.members = answer.json;
  exchange.problem(problem, service.clock);
}

void serve_last_reload(Service& service, Exchange& exchange) {
  if (!service.options.last_reload) {
    return exchange.problem(nothing_at(exchange.path()), service.clock);
  }
  exchange.json(200, service.options.last_reload());
}

}  // namespace dugout::http
