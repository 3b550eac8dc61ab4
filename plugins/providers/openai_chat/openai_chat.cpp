// The codec of the Chat Completions API, which most compatible servers speak. No state, no I/O.
// [any]
#include <algorithm>
#include <nlohmann/json.hpp>

#include "dugout/sdk/provider.hpp"
#include "openai_wire/body.hpp"
#include "openai_wire/neutral.hpp"

namespace {

using namespace dugout::openai;
using dugout::Outcome;
using nlohmann::json;

bool is_from(const json& messages, const char* role) {
  return !messages.empty() && messages.back().value("role", "") == role;
}

// Pictures belong to the user's message beside them: to the one before, else to the one after.
void add_user_part(json& messages, json part) {
  const bool is_text = part["type"] == "text";
  if (is_from(messages, "user")) {
    auto& content = messages.back()["content"];
    const bool pictures_only = std::none_of(
        content.begin(), content.end(), [](const json& other) { return other["type"] == "text"; });
    if (!is_text || pictures_only) return content.push_back(std::move(part));
  }
  messages.push_back({{"role", "user"}, {"content", json::array({std::move(part)})}});
}

// Calls in a row belong to one message: its answers must follow before anything else does.
void add_call(json& messages, const json& item) {
  if (!is_from(messages, "assistant")) {
    messages.push_back({{"role", "assistant"}, {"content", nullptr}});
  }
  messages.back()["tool_calls"].push_back(
      {{"id", text_in(item, "id")},
       {"type", "function"},
       {"function", {{"name", text_in(item, "name")}, {"arguments", text_in(item, "arguments")}}}});
}

void add_item(json& messages, const json& item) {
  const auto kind = text_in(item, "kind");
  if (kind == "user") {
    add_user_part(messages, {{"type", "text"}, {"text", text_in(item, "text")}});
  } else if (kind == "image") {
    add_user_part(messages,
                  {{"type", "image_url"}, {"image_url", {{"url", text_in(item, "data_url")}}}});
  } else if (kind == "tool_call") {
    add_call(messages, item);
  } else if (kind == "tool_result") {
    messages.push_back({{"role", "tool"},
                        {"tool_call_id", text_in(item, "id")},
                        {"content", text_in(item, "output")}});
  } else {
    messages.push_back({{"role", kind == "assistant" ? "assistant" : "system"},
                        {"content", text_in(item, "text")}});
  }
}

// A text alone is sent as a plain string: small servers know nothing else.
void plain_texts(json& messages) {
  for (auto& message : messages) {
    auto& content = message["content"];
    if (!content.is_array() || content.size() != 1 || content[0]["type"] != "text") continue;
    std::string text = content[0]["text"];
    content = std::move(text);
  }
}

json messages_of(const json& request) {
  json messages = json::array();
  const auto instructions = text_in(request, "instructions");
  if (!instructions.empty()) messages.push_back({{"role", "system"}, {"content", instructions}});
  for (const auto& item : request.at("items")) add_item(messages, item);
  plain_texts(messages);
  return messages;
}

json tools_of(const json& request) {
  json tools = json::array();
  for (const auto& tool : request.value("tools", json::array())) {
    tools.push_back({{"type", "function"}, {"function", function_of(tool)}});
  }
  return tools;
}

void read_text(Element message, NeutralAnswer& answer) {
  if (const auto text = maybe_text_at(message, "content")) {
    answer.texts.push_back({std::string(*text), std::nullopt});
  }
  for (const auto part : elements_at(message, "content")) {
    if (const auto text = maybe_text_at(part, "text")) {
      answer.texts.push_back({std::string(*text), std::nullopt});
    }
  }
  answer.refusal = text_at(message, "refusal");
}

void read_calls(Element message, NeutralAnswer& answer) {
  for (const auto call : elements_at(message, "tool_calls")) {
    const auto function = at(call, "function");
    if (!function) continue;
    answer.calls.push_back({std::string(text_at(call, "id")),
                            std::string(text_at(*function, "name")),
                            arguments_at(*function, "arguments")});
  }
}

std::string_view finish_of(std::string_view reason, const NeutralAnswer& answer) {
  if (reason == "length" || reason == "max_tokens") return "length";
  if (reason == "content_filter") return "content_filter";
  if (!answer.calls.empty()) return "tool_calls";
  if (reason == "stop" || reason == "eos" || reason == "end_turn" || reason.empty()) return "stop";
  return "unknown";
}

void read_usage(Element body, NeutralAnswer& answer) {
  const auto usage = at(body, "usage");
  if (!usage) return;
  answer.input_tokens = count_at(*usage, "prompt_tokens");
  answer.output_tokens = count_at(*usage, "completion_tokens");
}

class OpenAiChat final : public dugout::sdk::Provider {
 public:
  explicit OpenAiChat(std::string_view config) : config_(read_config(config)) {}

  Outcome<dugout::sdk::EncodedRequest> encode(std::string_view text) const override {
    const auto request = read_request(text);
    if (!request) return request.error();
    json body = {{"model", text_in(*request, "model")}, {"messages", messages_of(*request)}};
    if (auto tools = tools_of(*request); !tools.empty()) {
      body["tools"] = std::move(tools);
      body["parallel_tool_calls"] = true;
    }
    if (request->value("schema", json()).is_object()) add_format(*request, body);
    const auto limit = request->find("max_output_tokens");
    if (limit != request->end() && !limit->is_null()) {
      body[config_.value("token_limit", "max_completion_tokens")] = *limit;
    }
    copy_settings(config_,
                  {"temperature", "store", "reasoning_effort", "service_tier", "prompt_cache_key"},
                  body);
    return encoded("/chat/completions", *request, body);
  }

  Outcome<std::string> decode(std::uint32_t status, std::string_view headers,
                              std::string_view text) const override {
    Answer http(status, headers, text);
    const auto body = http.good();
    if (!body) return body.error();
    const auto choices = elements_at(*body, "choices");
    if (choices.empty()) return http.bad("the object is no chat completion");
    const auto choice = choices.front();
    if (const auto error = at(choice, "error")) return http.error_of(*error);
    const auto message = at(choice, "message");
    if (!message) return http.bad("the choice has no message");
    NeutralAnswer answer;
    read_text(*message, answer);
    read_calls(*message, answer);
    read_usage(*body, answer);
    answer.finish = finish_of(text_at(choice, "finish_reason"), answer);
    answer.model = text_at(*body, "model");
    answer.id = text_at(*body, "id");
    return answer.json();
  }

 private:
  void add_format(const json& request, json& body) const {
    const auto format = config_.value("answer_format", "json_schema");
    if (format == "json_schema") {
      body["response_format"] = {{"type", format}, {"json_schema", named_schema(request)}};
    } else if (format == "json_object") {
      body["response_format"] = {{"type", format}};
    }
  }

  const json config_;
};

}  // namespace

DUGOUT_PROVIDER_PLUGIN(OpenAiChat, "provider.openai_chat")
