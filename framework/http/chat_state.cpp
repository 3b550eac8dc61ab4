// GET /chat/{session_id}: a conversation as it stands, for a page that comes back to it.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/chat_right.hpp"
#include "http/endpoints.hpp"
#include "http/upload_job.hpp"

namespace dugout::http {
namespace {

using core::Json;

Problem unknown_chat() {
  Problem problem;
  problem.status = 404;
  problem.title = "Not found";
  problem.detail = "There is no such conversation.";
  return problem;
}

Json state_of(const orchestrator::SessionView& view) {
  orchestrator::ChatReply place;
  place.session_id = view.session_id;
  place.last_agent = view.last_agent;
  place.routine_number = view.routine_number;
  place.expects = view.expects;
  place.question = view.question;
  place.steps = view.steps;
  auto state = reply_object(place);
  state.erase("response");
  state["registered"] = view.registered;
  state["messages"] = Json::array();
  for (const auto& said : view.said) {
    state["messages"].push_back(
        {{"role", said.by_user ? "user" : "assistant"}, {"text", said.text}});
  }
  return state;
}

}  // namespace

void serve_chat_state(Service& service, Exchange& exchange) {
  const auto& id = exchange.part("session_id");
  // A page forgets a conversation that is unknown, so this is said only of one that is.
  const auto may = may_read_chat(service, exchange, id);
  if (!may) return exchange.problem(problem_of(may.error()), service.clock);
  if (!*may) return exchange.problem(unknown_chat(), service.clock);
  const auto view = service.orchestrator.view(id);
  if (view) return exchange.json(200, core::canonical(state_of(*view)));
  const bool unknown = view.error().code == Code::kNotFound;
  exchange.problem(unknown ? unknown_chat() : problem_of(view.error()), service.clock);
}

}  // namespace dugout::http
