#include "http/chat_body.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::http {
namespace {

using core::Json;

bool is_string(const Json& value) {
  return value.is_string();
}
bool is_integer(const Json& value) {
  return value.is_number_integer();
}

bool wrong_type(const Json& body, const char* member, bool (*fits)(const Json&)) {
  const auto found = body.find(member);
  return found != body.end() && !found->is_null() && !fits(*found);
}

Problem of_type(const std::string& at, const std::string& member, const char* wanted) {
  return problem_at(422, "A member has the wrong type", at + "/" + member,
                    member + " must be " + wanted + ".");
}

}  // namespace

std::optional<Problem> check_chat(const Json& body, const std::string& at) {
  if (!body.is_object()) {
    return problem_at(422, "Not an object", at,
                      at.empty() ? "The body must be a JSON object with user_message."
                                 : "A call must be a JSON object with user_message.");
  }
  for (const auto* member :
       {"user_message", "session_id", "client_message_id", "last_agent", "session_token"}) {
    if (wrong_type(body, member, is_string)) return of_type(at, member, "a string");
  }
  if (wrong_type(body, "routine_number", is_integer))
    return of_type(at, "routine_number", "an integer");
  if (body.contains("user_message") && body["user_message"].is_string()) return std::nullopt;
  return problem_at(422, "A member is missing", at + "/user_message",
                    "user_message is what the person said; it must be there.");
}

orchestrator::ChatRequest chat_request(const Json& body) {
  orchestrator::ChatRequest request;
  request.user_message = core::member(body, "user_message");
  request.session_id = core::member(body, "session_id");
  request.client_message_id = core::member(body, "client_message_id");
  return request;
}

}  // namespace dugout::http
