#include "support/responses_double.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dugout::test {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Fault>, 20> kFaults{{
    {"none", Fault::kNone},
    {"rate_limit", Fault::kRateLimit},
    {"server_error", Fault::kServerError500},
    {"overloaded", Fault::kOverloaded503},
    {"timeout", Fault::kTimeout},
    {"reset_mid_body", Fault::kResetMidBody},
    {"context_length", Fault::kContextLength},
    {"insufficient_quota", Fault::kInsufficientQuota},
    {"html", Fault::kHtml},
    {"empty_204", Fault::kEmpty204},
    {"wrong_content_type", Fault::kWrongContentType},
    {"truncated_body", Fault::kTruncatedBody},
    {"huge_50mb", Fault::kHuge50MB},
    {"truncated_json", Fault::kTruncatedJson},
    {"prose", Fault::kProse},
    {"fence", Fault::kFence},
    {"missing_field", Fault::kMissingField},
    {"wrong_routine", Fault::kWrongRoutine},
    {"refusal", Fault::kRefusal},
    {"incomplete", Fault::kIncomplete},
}};

// What both APIs ask, in one shape.
struct Asked {
  bool chat = false;
  json brief = json::object();
  std::string last_user;
  bool tool_results_follow = false;                 // since the last user message
  std::vector<std::pair<std::string, json>> tools;  // name, parameters
};

// What the model does: calls or words.
struct Played {
  std::vector<std::pair<std::string, std::string>> calls;  // name, arguments
  std::string text;
  bool refused = false, incomplete = false;
};

std::string text_of(const json& content) {
  if (content.is_string()) return content;
  std::string out;
  if (!content.is_array()) return out;
  for (const auto& part : content) {
    if (part.contains("text") && part["text"].is_string()) out += part["text"].get<std::string>();
  }
  return out;
}

json brief_in(const std::string& instructions) {
  constexpr std::string_view kOpen = "<<dugout:brief>>", kClose = "<<end>>";
  const auto open = instructions.rfind(kOpen);
  const auto close = open == std::string::npos ? open : instructions.find(kClose, open);
  if (close == std::string::npos) return json::object();
  const auto start = open + kOpen.size();
  auto brief = json::parse(instructions.substr(start, close - start), nullptr, false);
  return brief.is_object() ? brief : json::object();
}

void read_item(const json& item, Asked& asked) {
  const auto role = item.value("role", "");
  if (role == "user") {
    const auto text = text_of(item.value("content", json()));
    if (!text.empty()) asked.last_user = text;
    asked.tool_results_follow = false;
  }
  if (role == "tool" || item.value("type", "") == "function_call_output") {
    asked.tool_results_follow = true;
  }
}

Asked read(const json& request) {
  Asked asked;
  asked.chat = request.contains("messages");
  std::string instructions =
      request.contains("instructions") ? text_of(request["instructions"]) : std::string();
  const auto items = request.value(asked.chat ? "messages" : "input", json::array());
  if (items.is_string()) asked.last_user = items;
  if (items.is_array()) {
    for (const auto& item : items) {
      if (item.value("role", "") == "system" || item.value("role", "") == "developer") {
        instructions += text_of(item.value("content", json()));
      }
      read_item(item, asked);
    }
  }
  asked.brief = brief_in(instructions);
  for (const auto& tool : request.value("tools", json::array())) {
    const auto& function = asked.chat ? tool.at("function") : tool;
    asked.tools.emplace_back(function.at("name"), function.value("parameters", json::object()));
  }
  return asked;
}

// "parent_house_number" is what the argument "house_number" is about.
bool is_about(const std::string& field, const std::string& argument) {
  if (field == argument) return true;
  const auto end = "_" + argument;
  return field.size() > end.size() &&
         field.compare(field.size() - end.size(), end.size(), end) == 0;
}

json value_for(const json& schema, const std::string& text) {
  const auto type = schema.is_object() ? schema.value("type", json("string")) : json("string");
  if (schema.is_object() && schema.contains("enum")) return schema["enum"].at(0);
  if (type == "integer" || type == "number") return 0;
  if (type == "boolean") return false;
  return text;
}

// The arguments for a tool that a field of the brief is for; null when none is.
json arguments_for(const json& parameters, const Asked& asked) {
  const auto properties = parameters.value("properties", json::object());
  const auto required = parameters.value("required", json::array());
  json arguments = json::object();
  bool matches = false;
  for (const auto& [name, schema] : properties.items()) {
    bool about = false;
    for (const auto& field : asked.brief.value("fields", json::array())) {
      about = about || is_about(field, name);
    }
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    if (about || needed) arguments[name] = value_for(schema, asked.last_user);
    matches = matches || about;
  }
  return matches ? arguments : json();
}

bool may_call(const Asked& asked, const std::string& tool) {
  const auto named = asked.brief.value("tools", json());
  return !named.is_array() || named.empty() ||
         std::find(named.begin(), named.end(), tool) != named.end();
}

std::optional<int> number_at(const json& object, const char* key) {
  if (!object.contains(key) || !object[key].is_number_integer()) return std::nullopt;
  return object[key].get<int>();
}

json final_answer(const Asked& asked, std::optional<int> routine, Fault fault) {
  json collected = json::array();
  for (const auto& field : asked.brief.value("fields", json::array())) {
    collected.push_back({{"field", field}, {"value", asked.last_user}});
  }
  json answer = {{"agent_final_response", "Thank you, noted."},
                 {"metadata", {{"collected", collected}}}};
  if (!routine) routine = number_at(asked.brief, "next");
  if (!routine) routine = number_at(asked.brief, "routine");
  if (routine && fault == Fault::kWrongRoutine) routine = *routine % 35 + 1;
  if (routine) answer["routine_number"] = *routine;
  if (fault == Fault::kMissingField) answer.erase("agent_final_response");
  return answer;
}

std::string dressed(const std::string& answer, Fault fault) {
  if (fault == Fault::kProse) return "Of course! Here it is:\n" + answer + "\nIs that all right?";
  if (fault == Fault::kFence) return "```json\n" + answer + "\n```";
  if (fault == Fault::kTruncatedJson || fault == Fault::kIncomplete) {
    return answer.substr(0, answer.size() / 2);
  }
  return answer;
}

// A fault of the text needs a text, so it comes before a call.
Played play(const Asked& asked, std::optional<int> routine, Fault fault) {
  Played played;
  if (!asked.tool_results_follow && fault == Fault::kNone) {
    for (const auto& [name, parameters] : asked.tools) {
      const auto arguments = may_call(asked, name) ? arguments_for(parameters, asked) : json();
      if (arguments.is_object()) played.calls.emplace_back(name, arguments.dump());
    }
    if (!played.calls.empty()) return played;
  }
  played.refused = fault == Fault::kRefusal;
  played.incomplete = fault == Fault::kIncomplete;
  played.text = played.refused ? "I cannot help with that."
                               : dressed(final_answer(asked, routine, fault).dump(), fault);
  return played;
}

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

DoubleReply error_reply(int status, const char* code, const char* type,
                        const std::string& message) {
  return DoubleReply::json(
      status,
      json{{"error", {{"message", message}, {"type", type}, {"param", nullptr}, {"code", code}}}}
          .dump());
}

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

// nullopt: the fault is one of the text.
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

}  // namespace

std::optional<Fault> fault_named(std::string_view name) {
  for (const auto& [known, fault] : kFaults) {
    if (known == name) return fault;
  }
  return std::nullopt;
}

std::vector<std::string_view> fault_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, fault] : kFaults) names.push_back(name);
  return names;
}

ResponsesDouble::ResponsesDouble(Script script, std::uint16_t port)
    : script_(std::move(script)),
      server_([this](const DoubleRequest& request) { return answer(request); }, port) {}

void ResponsesDouble::fail_next(Fault fault, int times, int retry_after_ms) {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < times; ++i) planned_.push_back({fault, retry_after_ms});
}

void ResponsesDouble::fail_model(const std::string& model, Fault fault, int retry_after_ms) {
  const std::lock_guard lock(mutex_);
  by_model_[model] = {fault, retry_after_ms};
}

int ResponsesDouble::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(requests_.size());
}

int ResponsesDouble::count_of(const std::string& model) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(model);
  return found == counts_.end() ? 0 : found->second;
}

int ResponsesDouble::tool_calls() const {
  const std::lock_guard lock(mutex_);
  return tool_calls_;
}

std::vector<json> ResponsesDouble::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

DoubleReply ResponsesDouble::answer(const DoubleRequest& request) {
  const bool known = request.path == "/v1/responses" || request.path == "/v1/chat/completions";
  if (!known || request.method != "POST") {
    return error_reply(404, "not_found", "invalid_request_error", "Unknown path.");
  }
  const auto body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    return error_reply(400, "invalid_json", "invalid_request_error", "The body is no JSON object.");
  }
  const std::lock_guard lock(mutex_);
  const auto model = body.value("model", "");
  requests_.push_back(body);
  ++counts_[model];
  const auto planned = next_fault(model);
  const auto asked = read(body);
  const auto played = play(asked, script_ ? script_(body) : std::nullopt, planned.fault);
  const int id = next_id_++;
  const auto sound =
      (asked.chat ? chat_body(played, model, id) : responses_body(played, model, id)).dump();
  if (auto fault = http_fault(planned.fault, planned.retry_after_ms, sound)) return *fault;
  tool_calls_ += static_cast<int>(played.calls.size());
  return DoubleReply::json(200, sound);
}

ResponsesDouble::Planned ResponsesDouble::next_fault(const std::string& model) {
  const auto always = by_model_.find(model);
  if (always != by_model_.end() && always->second.fault != Fault::kNone) return always->second;
  if (planned_.empty()) return {};
  const auto planned = planned_.front();
  planned_.pop_front();
  return planned;
}

}  // namespace dugout::test
