#include "google/client.hpp"

#include <algorithm>

namespace google {
namespace {

using dugout::Code;
using dugout::Error;
using nlohmann::json;

// "PERMISSION_DENIED"; anything else may hold what was asked and stays out of the log.
std::string status_name(const json& answer) {
  const auto error = answer.is_object() ? answer.find("error") : answer.end();
  if (!answer.is_object() || error == answer.end() || !error->is_object()) return {};
  const auto found = error->find("status");
  if (found == error->end() || !found->is_string()) return {};
  const auto name = found->get<std::string>();
  const bool plain = name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || c == '_';
                     });
  return plain ? " " + name : "";
}

// An error in a body that came with 200 counts as what it calls itself.
int status_in(const json& answer, int http_status) {
  if (http_status != 200 || !answer.is_object()) return http_status;
  const auto error = answer.find("error");
  if (error == answer.end()) return http_status;
  const auto code = error->is_object() ? error->find("code") : error->end();
  const bool told = error->is_object() && code != error->end() && code->is_number_integer();
  return told ? std::clamp(code->get<int>(), 400, 599) : 500;
}

}  // namespace

dugout::Outcome<json> ask(const dugout::sdk::Host& host, const Settings& settings,
                          const std::string& url, const json& question, const Headers& more) {
  dugout::sdk::HttpCall call{"POST", url, more, question.dump()};
  call.headers.emplace_back("content-type", "application/json");
  call.headers.emplace_back("x-goog-api-key", settings.api_key);
  call.effect = "none";
  call.timeout_ms = 10'000;
  call.deadline_ms = 13'000;
  const auto answer = dugout::sdk::send(host, call);
  if (!answer) return Error{Code::kUnavailable, "the address service did not answer"};
  auto body = json::parse(answer->body, nullptr, false);
  const auto status = status_in(body, answer->status);
  const auto cause = "the address service answered " + std::to_string(status) + status_name(body);
  if (status == 429 || status >= 500) return Error{Code::kUnavailable, cause};
  if (status != 200) return Error{Code::kRefused, cause};
  if (!body.is_object())
    return Error{Code::kUnavailable, "the address service sent no JSON object"};
  return body;
}

}  // namespace google
