#include "orchestrator/turn_state.hpp"

#include <nlohmann/json.hpp>

namespace dugout::orchestrator {

using core::Json;

namespace {

int number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

}  // namespace

std::string memory_text(const Memory& memory) {
  Json out{{"refusals", memory.refusals},
           {"history_after", memory.history_after},
           {"asked", memory.asked}};
  if (!memory.mark.empty()) out["mark"] = memory.mark;
  return out.dump();
}

Memory read_memory(const std::string& text) {
  const auto read = core::parse_json(text);
  if (!read || !read->is_object()) return {};
  return {read->value("refusals", 0), read->value("history_after", std::int64_t{0}),
          core::member(*read, "asked"), core::member(*read, "mark")};
}

std::string reply_text(const ChatReply& reply) {
  Json out{{"session_id", reply.session_id}, {"response", reply.response},
           {"last_agent", reply.last_agent}, {"routine_number", nullptr},
           {"expects", reply.expects},       {"target", reply.target},
           {"turn_id", reply.turn_id},       {"question", reply.question},
           {"step", reply.steps.step},       {"steps", reply.steps.of}};
  if (reply.routine_number) out["routine_number"] = *reply.routine_number;
  return core::canonical(out);
}

Outcome<ChatReply> read_reply(const std::string& text) {
  const auto read = core::parse_json(text);
  if (!read || !read->is_object()) return Error{Code::kInternal, "a stored reply cannot be read"};
  ChatReply reply;
  reply.session_id = core::member(*read, "session_id");
  reply.response = core::member(*read, "response");
  reply.last_agent = core::member(*read, "last_agent");
  reply.expects = core::member(*read, "expects", "text");
  reply.target = core::member(*read, "target");
  reply.turn_id = core::member(*read, "turn_id");
  reply.question = core::member(*read, "question");
  reply.steps = {number(*read, "step"), number(*read, "steps")};
  if (const auto routine = read->find("routine_number");
      routine != read->end() && routine->is_number_integer()) {
    reply.routine_number = routine->get<int>();
  }
  return reply;
}

std::string request_text(const ChatRequest& request) {
  Json out{{"user_message", request.user_message}};
  if (request.upload)
    out["upload"] = {{"path", request.upload->path}, {"name", request.upload->name}};
  return core::canonical(out);
}

Outcome<ChatRequest> read_request(const std::string& text) {
  const auto read = core::parse_json(text);
  if (!read || !read->is_object()) return Error{Code::kInternal, "a stored request cannot be read"};
  ChatRequest request;
  request.user_message = core::member(*read, "user_message");
  if (const auto upload = read->find("upload"); upload != read->end()) {
    request.upload = Upload{core::member(*upload, "path"), core::member(*upload, "name")};
  }
  return request;
}

}  // namespace dugout::orchestrator
