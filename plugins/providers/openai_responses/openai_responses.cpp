// The codec of the OpenAI Responses API, and of servers that speak it. No state, no I/O. [any]
#include "dugout/sdk/provider.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "openai_wire/body.hpp"
#include "openai_wire/neutral.hpp"

namespace {

using namespace dugout::openai;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

// Pictures belong to the user's message beside them: to the one before, else to the one after.
void add_user_part(json& input, json part) {
  const bool is_text = part["type"] == "input_text";
  if (!input.empty() && input.back().value("role", "") == "user") {
    auto& content = input.back()["content"];
    const bool pictures_only = std::none_of(content.begin(), content.end(), [](const json& other) {
      return other["type"] == "input_text";
    });
    if (!is_text || pictures_only) return content.push_back(std::move(part));
  }
  input.push_back({{"role", "user"}, {"content", json::array({std::move(part)})}});
}

void add_item(json& input, const json& item) {
  const auto kind = text_in(item, "kind");
  if (kind == "user") {
    add_user_part(input, {{"type", "input_text"}, {"text", text_in(item, "text")}});
  } else if (kind == "image") {
    add_user_part(input, {{"type", "input_image"}, {"image_url", text_in(item, "data_url")}});
  } else if (kind == "tool_call") {
    input.push_back({{"type", "function_call"},
                     {"call_id", text_in(item, "id")},
                     {"name", text_in(item, "name")},
                     {"arguments", text_in(item, "arguments")}});
  } else if (kind == "tool_result") {
    input.push_back({{"type", "function_call_output"},
                     {"call_id", text_in(item, "id")},
                     {"output", text_in(item, "output")}});
  } else {
    input.push_back({{"role", kind == "assistant" ? "assistant" : "system"},
                     {"content", text_in(item, "text")}});
  }
}

json tools_of(const json& request) {
  json tools = json::array();
  for (const auto& tool : request.value("tools", json::array())) {
    auto function = function_of(tool);
    function["type"] = "function";
    tools.push_back(std::move(function));
  }
  return tools;
}

json text_format(const json& request) {
  auto format = named_schema(request);
  format["type"] = "json_schema";
  return {{"format", std::move(format)}};
}

void read_content(Element item, NeutralAnswer& answer) {
  const auto phase = maybe_text_at(item, "phase");
  for (const auto part : elements_at(item, "content")) {
    const auto type = text_at(part, "type");
    if (type == "output_text" || type == "text") {
      answer.texts.push_back({std::string(text_at(part, "text")),
                              phase ? std::optional<std::string>(*phase) : std::nullopt});
    } else if (type == "refusal") {
      answer.refusal += text_at(part, "refusal");
      if (answer.refusal.empty()) answer.refusal = "refused";
    }
  }
}

// Any number of items in any order: reasoning often comes first, and unknown types pass.
void read_output(Element body, NeutralAnswer& answer) {
  for (const auto item : elements_at(body, "output")) {
    const auto type = text_at(item, "type");
    if (type == "message" && text_at(item, "role") != "user") read_content(item, answer);
    if (type != "function_call") continue;
    auto id = text_at(item, "call_id");
    if (id.empty()) id = text_at(item, "id");
    answer.calls.push_back(
        {std::string(id), std::string(text_at(item, "name")), arguments_at(item, "arguments")});
  }
}

// An unfinished answer is "length" unless the filter stopped it: never taken for a whole one.
std::string_view finish_of(Element body, const NeutralAnswer& answer) {
  const auto status = text_at(body, "status");
  if (status == "incomplete") {
    const auto details = at(body, "incomplete_details");
    const bool filtered = details && text_at(*details, "reason") == "content_filter";
    return filtered ? "content_filter" : "length";
  }
  if (status != "completed" && !status.empty()) return "unknown";
  return answer.calls.empty() ? "stop" : "tool_calls";
}

void read_usage(Element body, NeutralAnswer& answer) {
  const auto usage = at(body, "usage");
  if (!usage) return;
  answer.input_tokens = count_at(*usage, "input_tokens");
  answer.output_tokens = count_at(*usage, "output_tokens");
}

class OpenAiResponses final : public dugout::sdk::Provider {
 public:
  explicit OpenAiResponses(std::string_view config) : config_(read_config(config)) {}

  Outcome<dugout::sdk::EncodedRequest> encode(std::string_view text) const override {
    const auto request = read_request(text);
    if (!request) return request.error();
    json input = json::array();
    for (const auto& item : request->at("items")) add_item(input, item);
    json body = {{"model", text_in(*request, "model")}, {"input", std::move(input)}};
    const auto instructions = text_in(*request, "instructions");
    if (!instructions.empty()) body["instructions"] = instructions;
    if (auto tools = tools_of(*request); !tools.empty()) {
      body["tools"] = std::move(tools);
      body["parallel_tool_calls"] = true;
    }
    if (request->value("schema", json()).is_object()) body["text"] = text_format(*request);
    copy_settings(*request, {"max_output_tokens"}, body);
    body["store"] = false;
    copy_settings(config_, {"store", "temperature", "service_tier", "prompt_cache_key"}, body);
    const auto effort = text_in(config_, "reasoning_effort");
    if (!effort.empty()) body["reasoning"] = {{"effort", effort}};
    return encoded("/responses", *request, body);
  }

  Outcome<std::string> decode(std::uint32_t status, std::string_view headers,
                              std::string_view text) const override {
    Answer http(status, headers, text);
    const auto body = http.good();
    if (!body) return body.error();
    if (auto error = failed(*body, status)) return *error;
    const auto own_text = maybe_text_at(*body, "output_text");
    if (!own_text && !at(*body, "output")) return http.bad("the object is no response");
    NeutralAnswer answer;
    read_output(*body, answer);
    read_usage(*body, answer);
    if (own_text) answer.output_text = std::string(*own_text);
    answer.finish = finish_of(*body, answer);
    answer.model = text_at(*body, "model");
    answer.id = text_at(*body, "id");
    return answer.json();
  }

 private:
  // A response may end without an answer, and without saying why.
  static std::optional<Error> failed(Element body, std::uint32_t http_status) {
    const auto status = text_at(body, "status");
    const auto error = [&](const char* code, const char* type, const char* why) {
      return upstream_error({http_status, code, type, why, "", ""});
    };
    if (status == "failed") return error("failed", "server_error", "failed without a reason");
    if (status == "cancelled") return error("response_cancelled", "", "the response was cancelled");
    if (status == "queued" || status == "in_progress") {
      return error("response_not_finished", "server_error", "the response is not finished");
    }
    return std::nullopt;
  }

  const json config_;
};

}  // namespace

DUGOUT_PROVIDER_PLUGIN(OpenAiResponses, "provider.openai_responses")
