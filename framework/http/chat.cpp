// POST /chat: {"user_message", "session_id"?, "client_message_id"?, "routine_number"?,
// "last_agent"?}. The last two are the client's idea of where it is; the server keeps the position
// itself.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/endpoints.hpp"

namespace dugout::http {
namespace {

using core::Json;

std::optional<Problem> wrong_type(const Json& body, const char* member, bool (*fits)(const Json&),
                                  const char* wanted) {
  const auto found = body.find(member);
  if (found == body.end() || found->is_null() || fits(*found)) return std::nullopt;
  Problem problem;
  problem.status = 422;
  problem.title = "A member has the wrong type";
  problem.pointer = std::string("/") + member;
  problem.detail = std::string(member) + " must be " + wanted + ".";
  return problem;
}

bool is_string(const Json& value) {
  return value.is_string();
}
bool is_integer(const Json& value) {
  return value.is_number_integer();
}

std::optional<Problem> check(const Json& body) {
  if (!body.is_object()) {
    Problem problem;
    problem.status = 422;
    problem.title = "Not an object";
    problem.detail = "The body must be a JSON object with user_message.";
    return problem;
  }
  for (const auto* member : {"user_message", "session_id", "client_message_id", "last_agent"}) {
    if (auto problem = wrong_type(body, member, is_string, "a string")) return problem;
  }
  if (auto problem = wrong_type(body, "routine_number", is_integer, "an integer")) return problem;
  if (body.contains("user_message") && body["user_message"].is_string()) return std::nullopt;
  Problem problem;
  problem.status = 422;
  problem.title = "A member is missing";
  problem.pointer = "/user_message";
  problem.detail = "user_message is what the person said; it must be there.";
  return problem;
}

}  // namespace

void answer(Service& service, Exchange& exchange, const Outcome<orchestrator::ChatReply>& reply) {
  if (!reply) {
    exchange.problem(problem_of(reply.error()), service.clock);
    return;
  }
  Json out{{"response", reply->response},
           {"session_id", reply->session_id},
           {"last_agent", reply->last_agent},
           {"routine_number", nullptr},
           {"expects", reply->expects}};
  if (reply->routine_number) out["routine_number"] = *reply->routine_number;
  exchange.json(200, core::canonical(out));
}

void serve_chat(Service& service, Exchange& exchange) {
  const TurnGate gate(service);
  if (!gate.admitted()) return exchange.problem(overloaded(), service.clock);
  if (const auto problem = exchange.require_type("application/json"))
    return exchange.problem(*problem, service.clock);
  std::string text;
  const auto& options = service.options;
  if (const auto problem =
          exchange.read_body(options.body_bytes, options.read_timeout, service.clock, text)) {
    return exchange.problem(*problem, service.clock);
  }
  const auto body = core::parse_json(text);
  if (!body) {
    Problem problem;
    problem.status = 400;
    problem.title = "Malformed JSON";
    problem.detail = body.error().message;
    return exchange.problem(problem, service.clock);
  }
  if (const auto problem = check(*body)) return exchange.problem(*problem, service.clock);
  orchestrator::ChatRequest request;
  request.user_message = core::member(*body, "user_message");
  request.session_id = core::member(*body, "session_id");
  request.client_message_id = core::member(*body, "client_message_id");
  answer(service, exchange, service.orchestrator.chat(request));
}

}  // namespace dugout::http
