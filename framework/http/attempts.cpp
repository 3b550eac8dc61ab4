// GET /api/attempts/{id}: how the answer of one turn came about, for an operator.
#include "http/endpoints.hpp"

namespace dugout::http {

void serve_attempts(Service& service, Exchange& exchange) {
  const auto& id = exchange.part("id");
  const auto explained = is_path_id(id) && service.options.explain
                             ? service.options.explain(id)
                             : Outcome<std::string>(Error{Code::kNotFound, "", ""});
  if (explained) {
    tell_look(service, exchange.who(), "attempts.viewed", id);
    return exchange.json(200, *explained);
  }
  if (explained.error().code != Code::kNotFound) {
    return exchange.problem(problem_of(explained.error()), service.clock);
  }
  Problem problem;
  problem.status = 404;
  problem.title = "Not found";
  problem.detail =
      "Nothing is logged of such a turn: there was none, it is past its time, or no model was "
      "asked "
      "in it.";
  exchange.problem(problem, service.clock);
}

}  // namespace dugout::http
