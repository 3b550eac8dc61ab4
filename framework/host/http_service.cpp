// http/1 as C functions over the installed HttpService. [worker]
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/host.hpp"
#include "host/installed.hpp"
#include "host/services.hpp"

namespace dugout::host {
namespace {

using core::Json;

constexpr int kMostMs = 600'000;

std::optional<Effects> effect_named(const std::string& name) {
  if (name == "none") return Effects::kNone;
  if (name == "idempotent") return Effects::kIdempotent;
  if (name == "once") return Effects::kOnce;
  return std::nullopt;
}

Error wrong_request(const std::string& what) {
  return Error{Code::kInvalid, "http/1: the request's " + what};
}

// A time in ms out of `request`; `otherwise` when it is absent.
Outcome<int> time_in(const Json& request, const char* name, int otherwise) {
  const auto found = request.find(name);
  if (found == request.end()) return otherwise;
  if (!found->is_number_integer() || *found < 1 || *found > kMostMs) {
    return wrong_request(std::string(name) + " must be an integer from 1 to " +
                         std::to_string(kMostMs));
  }
  return found->get<int>();
}

Outcome<HttpCall> read_call(std::string_view text, std::string_view content) {
  const auto request = core::parse_json(text);
  if (!request || !request->is_object()) return wrong_request("text is no JSON object");
  HttpCall call;
  call.method = core::member(*request, "method", "GET");
  call.url = core::member(*request, "url");
  if (call.url.empty()) return wrong_request("url is missing");
  const auto headers = request->value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    if (!value.is_string()) return wrong_request("headers must be texts");
    call.headers[name] = value.get<std::string>();
  }
  const auto effect = effect_named(core::member(*request, "effect", "once"));
  if (!effect) return wrong_request("effect must be none, idempotent or once");
  call.effect = *effect;
  const auto timeout = time_in(*request, "timeout_ms", 10'000);
  if (!timeout) return timeout.error();
  const auto deadline = time_in(*request, "deadline_ms", std::min(*timeout * 3, kMostMs));
  if (!deadline) return deadline.error();
  call.timeout = std::chrono::milliseconds(*timeout);
  call.deadline = std::chrono::milliseconds(*deadline);
  call.body = std::string(content);
  return call;
}

Outcome<HttpAnswer> perform(dugout_text request, dugout_text content) {
  auto* http = installed_http();
  if (http == nullptr) {
    return Error{Code::kUnavailable, "this process has no outbound HTTP", R"({"sent":false})"};
  }
  const auto call = read_call(sdk::view(request), sdk::view(content));
  if (!call) return call.error();
  return http->send(*call);
}

// The plugin's side may be C: nothing is thrown back into it.
dugout_status send(dugout_text request, dugout_text content, dugout_sink* head,
                   dugout_sink* answer) noexcept {
  const auto put = [head](const Error& error) {
    head->put(head, sdk::text(sdk::error_body(error)));
    return static_cast<dugout_status>(error.code);
  };
  try {
    const auto outcome = perform(request, content);
    if (!outcome) return put(outcome.error());
    const Json told{
        {"status", outcome->status}, {"headers", outcome->headers}, {"tries", outcome->tries}};
    head->put(head, sdk::text(core::canonical(told)));
    answer->put(answer, sdk::text(outcome->body));
    return DUGOUT_OK;
  } catch (const std::exception& thrown) {
    return put(Error{Code::kInternal, thrown.what()});
  } catch (...) {
    return DUGOUT_E_INTERNAL;
  }
}

}  // namespace

const dugout_http_v1* http_service() {
  static constexpr dugout_http_v1 kTable{sizeof(dugout_http_v1), 0, &send};
  return &kTable;
}

}  // namespace dugout::host
