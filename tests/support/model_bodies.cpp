// The bodies of both APIs, good and bad.
#include "support/model_play.hpp"

namespace dugout::test {
namespace {

using nlohmann::json;

json responses_body(const Played& played, const std::string& model, int id) {
  const auto number = std::to_string(id);
  json output =
      json::array({{{"id", "rs_" + number}, {"type", "reasoning"}, {"summary", json::array()}}});
  int call = 0;
  for (const auto& [name, arguments] : played.calls) {
    const auto tail = number + "_" + std::to_string(++call);
    output.push_back({{"id", "fc_" + tail},
                      {"type", "function_call"},
                      {"status", "completed"},
                      {"call_id", "call_" + tail},
                      {"name", name},
                      {"arguments", arguments}});
  }
  if (played.calls.empty()) {
    const auto part =
        played.refused
            ? json{{"type", "refusal"}, {"refusal", played.text}}
            : json{{"type", "output_text"}, {"text", played.text}, {"annotations", json::array()}};
    output.push_back({{"id", "msg_" + number},
                      {"type", "message"},
                      {"role", "assistant"},
                      {"status", "completed"},
                      {"content", json::array({part})}});
  }
  json body = {
      {"id", "resp_" + number},   {"object", "response"},
      {"created_at", 1759320000}, {"status", played.incomplete ? "incomplete" : "completed"},
      {"error", nullptr},         {"incomplete_details", nullptr},
      {"model", model},           {"output", output}};
  if (played.incomplete) body["incomplete_details"] = {{"reason", "max_output_tokens"}};
  body["usage"] = {{"input_tokens", 100}, {"output_tokens", 20}, {"total_tokens", 120}};
  return body;
}

json chat_body(const Played& played, const std::string& model, int id) {
  const auto number = std::to_string(id);
  json message = {{"role", "assistant"}, {"content", nullptr}, {"refusal", nullptr}};
  json calls = json::array();
  for (const auto& [name, arguments] : played.calls) {
    calls.push_back({{"id", "call_" + number + "_" + std::to_string(calls.size() + 1)},
                     {"type", "function"},
                     {"function", {{"name", name}, {"arguments", arguments}}}});
  }
  std::string finish = played.incomplete ? "length" : "stop";
  if (!calls.empty()) {
    message["tool_calls"] = calls;
    finish = "tool_calls";
  } else {
    message[played.refused ? "refusal" : "content"] = played.text;
  }
  return {
      {"id", "chatcmpl-" + number},
      {"object", "chat.completion"},
      {"created", 1759320000},
      {"model", model},
      {"choices", json::array({{{"index", 0}, {"message", message}, {"finish_reason", finish}}})},
      {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 20}, {"total_tokens", 120}}}};
}

}  // namespace

std::string body_of(const Asked& asked, const Played& played, const std::string& model, int id) {
  return (asked.chat ? chat_body(played, model, id) : responses_body(played, model, id)).dump();
}

DoubleReply error_reply(int status, const char* code, const char* type,
                        const std::string& message) {
  return DoubleReply::json(
      status,
      json{{"error", {{"message", message}, {"type", type}, {"param", nullptr}, {"code", code}}}}
          .dump());
}

namespace {

DoubleReply limited(int status, const char* code, const char* type, const char* message,
                    int retry_after_ms) {
  auto reply = error_reply(status, code, type, message);
  reply.headers["retry-after-ms"] = std::to_string(retry_after_ms);
  reply.headers["retry-after"] = std::to_string((retry_after_ms + 999) / 1000);
  return reply;
}

DoubleReply spoilt(Fault fault, const std::string& sound) {
  auto reply = DoubleReply::json(200, sound);
  if (fault == Fault::kHtml || fault == Fault::kWrongContentType) {
    reply.headers["Content-Type"] = "text/html";
  }
  if (fault == Fault::kHtml) reply.body = "<html><body><h1>Welcome</h1></body></html>";
  if (fault == Fault::kEmpty204) reply.status = 204;
  if (fault == Fault::kTruncatedBody) reply.body.resize(sound.size() / 2);
  if (fault == Fault::kHuge50MB)
    reply.body = "{\"output_text\":\"" + std::string(50U << 20, 'x') + "\"}";
  if (fault == Fault::kTimeout) reply.stall = true;
  return reply;
}

}  // namespace

std::optional<DoubleReply> http_fault(Fault fault, int retry_after_ms, const std::string& sound) {
  switch (fault) {
    case Fault::kRateLimit:
      return limited(429, "rate_limit_exceeded", "requests", "Rate limit reached.", retry_after_ms);
    case Fault::kServerError500:
      return error_reply(500, "server_error", "server_error", "The server had an error.");
    case Fault::kOverloaded503:
      return limited(503, "server_is_overloaded", "service_unavailable_error",
                     "The engine is currently overloaded.", retry_after_ms);
    case Fault::kContextLength:
      return error_reply(400, "context_length_exceeded", "invalid_request_error",
                         "Your input exceeds the context window of this model.");
    case Fault::kInsufficientQuota:
      return error_reply(429, "insufficient_quota", "insufficient_quota",
                         "You exceeded your current quota.");
    case Fault::kResetMidBody:
      return DoubleReply::cut(sound, DoubleReply::End::kReset);
    case Fault::kTimeout:
    case Fault::kHtml:
    case Fault::kEmpty204:
    case Fault::kWrongContentType:
    case Fault::kTruncatedBody:
    case Fault::kHuge50MB:
      return spoilt(fault, sound);
    default:
      return std::nullopt;
  }
}

}  // namespace dugout::test
