// Outbound HTTP: pooled Poco client sessions, one deadline for the whole exchange. All functions
// are [worker] and safe from any thread. No retries here: the planner owns them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "dugout/sdk/outcome.hpp"

namespace dugout::net {

using Headers = std::map<std::string, std::string>;  // names in lower case

struct HttpRequest {
  std::string method = "POST";
  std::string url;  // http:// or https://
  Headers headers;
  std::string body;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

struct HttpLimits {
  std::size_t body_bytes = 16U << 20;  // a larger answer is an error, and the connection is dropped
  core::Duration connect = std::chrono::seconds(5);
  core::Duration keep_alive =
      std::chrono::seconds(15);  // an idle connection older than this is dropped
  std::size_t idle_per_host = 64;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // kUnavailable: no connection, reset, TLS failure, cut-off body. kTimeout: `within` was used up.
  // kInvalid: the answer breaks HTTP or the limits, or the request cannot be sent (URL, header).
  // Any status code is an answer, not an error. Only the look-up of a name, which the resolver
  // bounds itself, may go beyond `within`.
  virtual Outcome<HttpResponse> send(const HttpRequest& request, core::Duration within) = 0;
};

// Ignores SIGPIPE from then on, unless the program handles it: a peer that left is an error value.
std::unique_ptr<HttpClient> make_http_client(HttpLimits limits = {});

}  // namespace dugout::net
