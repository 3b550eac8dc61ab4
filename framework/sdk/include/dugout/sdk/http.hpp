// Calls of outside services through the host's http/1, which owns connections, time-outs and
// repeats. Standard library only: what a service answers is the plugin's to read.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dugout/sdk/host.hpp"

namespace dugout::sdk {

struct HttpCall {
  std::string method = "GET";
  std::string url;  // with its query; no credentials in it: addresses may be logged
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // What a second arrival would do: "none", "idempotent" (also: it carries an idempotency key) or
  // "once". With "once" the host repeats only what certainly did not arrive, or was turned away.
  std::string effect = "once";
  int timeout_ms = 10'000;  // of one try
  int deadline_ms = 0;      // of all tries and waits; 0 = three times timeout_ms
};

struct HttpAnswer {
  int status = 0;
  std::string head;  // JSON {"headers": texts by name in lower case,"status","tries"}
  std::string body;
};

inline std::string http_request_text(const HttpCall& call) {
  std::string headers;
  for (const auto& [name, value] : call.headers) {
    headers +=
        (headers.empty() ? "\"" : ",\"") + json_escape(name) + "\":\"" + json_escape(value) + "\"";
  }
  std::string out = "{\"method\":\"" + json_escape(call.method) + "\",\"url\":\"" +
                    json_escape(call.url) + "\",\"headers\":{" + headers + "},\"effect\":\"" +
                    json_escape(call.effect) +
                    "\",\"timeout_ms\":" + std::to_string(call.timeout_ms);
  if (call.deadline_ms > 0) out += ",\"deadline_ms\":" + std::to_string(call.deadline_ms);
  return out + "}";
}

// The member "status" of a head as the host writes it.
inline int status_in(std::string_view head) {
  constexpr std::string_view kName = "\"status\":";
  int status = 0;
  const auto found = head.rfind(kName);  // from behind: headers come first
  for (auto at = found == head.npos ? head.size() : found + kName.size();
       at < head.size() && head[at] >= '0' && head[at] <= '9' && status < 1000; ++at) {
    status = status * 10 + (head[at] - '0');
  }
  return status;
}

// [worker] kUnavailable, kTimeout: no answer; detail {"sent": false} = it certainly did not arrive.
inline Outcome<HttpAnswer> send(const Host& host, const HttpCall& call) {
  HttpAnswer answer;
  const auto sent = host.send_http(http_request_text(call), call.body, answer.head, answer.body);
  if (!sent) return sent.error();
  answer.status = status_in(answer.head);
  return answer;
}

// True when the request of this failed call certainly did not arrive.
inline bool never_sent(const Error& error) {
  return error.detail.find("\"sent\":false") != std::string::npos;
}

}  // namespace dugout::sdk
