// POST /chat: {"user_message", "session_id"?, "client_message_id"?, "routine_number"?,
// "last_agent"?}. The last two are the client's idea of where it is; the server keeps the position
// itself. Who asks for text/event-stream is told meanwhile what the turn is busy with.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/chat_body.hpp"
#include "http/chat_right.hpp"
#include "http/chat_stream.hpp"
#include "http/endpoints.hpp"
#include "http/trace_headers.hpp"
#include "http/upload_job.hpp"

namespace dugout::http {

Problem problem_in_chat(const Exchange& exchange, const Error& error) {
  auto problem = problem_of(error);
  // An accepted message binds the conversation, though nobody could answer it just now.
  if (!exchange.session_token().empty()) {
    problem.members = core::canonical(core::Json{{"session_token", exchange.session_token()}});
  }
  return problem;
}

void answer(Service& service, Exchange& exchange, const Outcome<orchestrator::ChatReply>& reply) {
  if (!reply) {
    return exchange.problem(problem_in_chat(exchange, reply.error()), service.clock);
  }
  // Whoever asks an operator about an answer names it by this.
  if (!reply->turn_id.empty()) exchange.header("X-Dugout-Turn", reply->turn_id);
  if (reply->generation > 0) {
    exchange.header("X-Dugout-Generation", std::to_string(reply->generation));
  }
  answer_trace(exchange, *reply);
  if (exchange.session_token().empty()) return exchange.json(200, reply_json(*reply));
  auto body = reply_object(*reply);
  body["session_token"] = exchange.session_token();
  exchange.json(200, core::canonical(body));
}

void serve_chat(Service& service, Exchange& exchange) {
  if (const auto problem = exchange.require_type("application/json"))
    return exchange.problem(*problem, service.clock);
  std::string text;
  const auto& options = service.options;
  if (const auto problem =
          exchange.read_body(options.body_bytes, options.read_timeout, service.clock, text)) {
    return exchange.problem(*problem, service.clock);
  }
  // Not before: who sends a byte a second takes nobody's turn.
  const TurnGate gate(service);
  if (!gate.admitted()) return exchange.problem(overloaded(), service.clock);
  const auto body = core::parse_json(text);
  if (!body) {
    Problem problem;
    problem.status = 400;
    problem.title = "Malformed JSON";
    problem.detail = body.error().message;
    return exchange.problem(problem, service.clock);
  }
  if (const auto problem = check_chat(*body)) return exchange.problem(*problem, service.clock);
  auto request = chat_request(*body);
  ChatRight right(service, exchange);
  const ChatClaim claim{request.client_message_id, core::member(*body, "session_token")};
  if (const auto problem = right.admit(request.session_id, claim)) {
    return exchange.problem(*problem, service.clock);
  }
  if (const auto problem =
          service.rates.admit_session(exchange, request.session_id, service.clock.now())) {
    return exchange.problem(*problem, service.clock);
  }
  request.trace = caller_trace(exchange);
  if (wants_stream(exchange)) return stream_chat(service, exchange, std::move(request), right);
  const auto reply = service.orchestrator.chat(request);
  const auto given = right.give(request.session_id);
  // The same message again is given the same reply, and then with what it takes to go on.
  if (reply && !given) return exchange.problem(problem_of(given.error()), service.clock);
  answer(service, exchange, reply);
}

}  // namespace dugout::http
