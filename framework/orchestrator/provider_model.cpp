#include "orchestrator/provider_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "orchestrator/retry_after.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using pipeline::Answer;
using pipeline::Failure;
using pipeline::FailureClass;
using pipeline::Item;

constexpr std::size_t kMessageBytes = 200;

Json neutral_item(const Item& item) {
  switch (item.kind) {
    case Item::Kind::kUser:
      return {{"kind", "user"}, {"text", item.text}};
    case Item::Kind::kAssistant:
      return {{"kind", "assistant"}, {"text", item.text}};
    case Item::Kind::kSystem:
      return {{"kind", "system"}, {"text", item.text}};
    case Item::Kind::kImage:
      return {{"kind", "image"}, {"data_url", item.text}};
    case Item::Kind::kToolCall:
      return {{"kind", "tool_call"},
              {"id", item.call.id},
              {"name", item.call.name},
              {"arguments", item.call.arguments}};
    case Item::Kind::kToolResult:
      return {{"kind", "tool_result"}, {"id", item.call.id}, {"output", item.text}};
  }
  return {};
}

std::string neutral(const pipeline::Request& request, const std::string& model) {
  Json out{{"model", model},
           {"instructions", request.instructions},
           {"items", Json::array()},
           {"tools", Json::array()},
           {"schema_name", request.schema_name},
           {"schema", nullptr},
           {"max_output_tokens", nullptr}};
  for (const auto& item : request.items) out["items"].push_back(neutral_item(item));
  for (const auto& tool : request.tools) {
    out["tools"].push_back({{"name", tool.name},
                            {"description", tool.description},
                            {"parameters", Json::parse(tool.parameters, nullptr, false)}});
  }
  if (!request.schema.empty()) out["schema"] = Json::parse(request.schema, nullptr, false);
  if (request.max_output_tokens) out["max_output_tokens"] = *request.max_output_tokens;
  return core::canonical(out);
}

Failure failure(FailureClass cls, std::string message) {
  Failure made;
  made.cls = cls;
  made.message = std::move(message);
  return made;
}

core::Duration duration_of(double seconds) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
}

FailureClass transport_class(Code code) {
  if (code == Code::kTimeout) return FailureClass::kTimeout;
  return code == Code::kUnavailable ? FailureClass::kConnection : FailureClass::kServer;
}

void add_once(std::vector<std::string>& texts, std::string text) {
  if (text.empty() || std::find(texts.begin(), texts.end(), text) != texts.end()) return;
  texts.push_back(std::move(text));
}

// The texts the parsers shall try, the best first.
std::vector<std::string> candidates(const Json& answer, const std::string& text_at) {
  std::vector<std::string> texts;
  const auto joined = core::member(answer, "output_text");
  if (text_at == "output_text") {
    add_once(texts, joined);
    return texts;
  }
  const auto parts = answer.value("texts", Json::array());
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (core::member(*part, "phase") == "final_answer")
      add_once(texts, core::member(*part, "text"));
  }
  add_once(texts, joined);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    add_once(texts, core::member(*part, "text"));
  }
  return texts;
}

}  // namespace

ProviderModel::ProviderModel(std::string target, std::string model, std::string text_at,
                             std::shared_ptr<const host::ProviderHandle> codec,
                             ProviderTarget provider, std::shared_ptr<KeyRing> keys,
                             net::HttpClient& http, core::Clock& clock)
    : target_(std::move(target)),
      model_(std::move(model)),
      text_at_(std::move(text_at)),
      codec_(std::move(codec)),
      provider_(std::move(provider)),
      keys_(std::move(keys)),
      http_(http),
      clock_(clock) {}

pipeline::Attempted<Answer> ProviderModel::ask(const pipeline::Request& request,
                                               core::Duration within,
                                               const core::CancelToken& cancel) {
  const int key = keys_->in_use();
  const auto asked = [&]() -> pipeline::Attempted<Answer> {
    try {
      return exchange(request, keys_->key(key), within, cancel);
    } catch (const Json::exception&) {
      return failure(FailureClass::kServer, "the codec answers in another shape than agreed");
    }
  };
  auto outcome = asked();
  if (auto* failed = std::get_if<Failure>(&outcome)) failed->key = key;
  return outcome;
}

pipeline::Attempted<Answer> ProviderModel::exchange(const pipeline::Request& request,
                                                    const std::string& key, core::Duration within,
                                                    const core::CancelToken& cancel) {
  auto encoded = codec_->encode(neutral(request, model_));
  if (!encoded) return failure(FailureClass::kInvalidRequest, encoded.error().message);
  const auto head = core::parse_json(encoded->head);
  if (!head || !head->is_object())
    return failure(FailureClass::kInvalidRequest, "the codec gave no request head");

  net::HttpRequest http;
  http.method = core::member(*head, "method", "POST");
  http.url = provider_.base_url + core::member(*head, "path");
  const auto headers = head->value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    if (value.is_string()) http.headers[core::lower(name)] = value.get<std::string>();
  }
  if (!key.empty()) http.headers["authorization"] = "Bearer " + key;
  if (!request.trace.empty()) http.headers["traceparent"] = request.trace;
  http.body = std::move(encoded->body);

  net::HttpTimes times(std::min(within, duration_of(provider_.timeout)));
  times.connect = duration_of(provider_.connect_timeout);
  times.first_byte = duration_of(provider_.first_byte_timeout);
  times.idle = duration_of(provider_.idle_timeout);
  times.cancel = &cancel;
  const auto response = http_.send(http, times);
  if (cancel.cancelled()) {
    auto called_back = failure(FailureClass::kUnknown, "the attempt was called back");
    called_back.code = pipeline::kCancelled;
    return called_back;
  }
  if (!response) return failure(transport_class(response.error().code), response.error().message);
  return read(*response);
}

pipeline::Attempted<Answer> ProviderModel::read(const net::HttpResponse& response) const {
  Json headers = Json::object();
  for (const auto& [name, value] : response.headers) headers[name] = core::to_utf8(value);
  const auto decoded = codec_->decode(static_cast<std::uint32_t>(response.status),
                                      core::canonical(headers), response.body);
  if (!decoded) return upstream(decoded.error(), response);
  const auto parsed = core::parse_json(*decoded);
  if (!parsed || !parsed->is_object()) {
    return failure(FailureClass::kServer, "the codec gave no usable answer");
  }
  Answer answer;
  answer.texts = candidates(*parsed, text_at_);
  for (const auto& call : parsed->value("tool_calls", Json::array())) {
    answer.tool_calls.push_back(
        {core::member(call, "id"), core::member(call, "name"), core::member(call, "arguments")});
  }
  const auto finish = core::member(*parsed, "finish");
  answer.truncated = finish == "length";
  answer.refused = finish == "content_filter" ||
                   (!core::member(*parsed, "refusal").empty() && answer.texts.empty());
  const auto usage = parsed->value("usage", Json::object());
  answer.usage.input_tokens = usage.value("input_tokens", 0LL);
  answer.usage.output_tokens = usage.value("output_tokens", 0LL);
  return answer;
}

Failure ProviderModel::upstream(const Error& error, const net::HttpResponse& response) const {
  const auto detail =
      core::parse_json(error.detail).ok() ? *core::parse_json(error.detail) : Json::object();
  Failure made;
  made.cls =
      pipeline::class_named(core::member(detail, "class"))
          .value_or(error.code == Code::kUpstream ? FailureClass::kUnknown : FailureClass::kServer);
  made.code = core::member(detail, "code");
  made.message = core::masked(core::clip(error.message, kMessageBytes));
  made.status = response.status;
  made.retry_after = retry_after(response.headers, clock_.wall_now());
  if (!made.retry_after && detail.is_object() && detail.contains("retry_after_ms") &&
      detail["retry_after_ms"].is_number()) {
    made.retry_after =
        retry_after({{"retry-after-ms", detail["retry_after_ms"].dump()}}, clock_.wall_now());
  }
  made.should_retry = should_retry(response.headers);
  return made;
}

}  // namespace dugout::orchestrator
