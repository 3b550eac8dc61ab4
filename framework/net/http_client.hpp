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

// How long one exchange and its parts may take; zero = no bound of its own. A duration alone is
// the total.
struct HttpTimes {
  template <typename Rep, typename Period>
  HttpTimes(std::chrono::duration<Rep, Period> whole) : total(whole) {}

  core::Duration total;
  core::Duration connect{0};     // name, TCP; HttpLimits::connect when it is shorter
  core::Duration first_byte{0};  // from the request being sent to the head of the answer
  core::Duration idle{0};        // from one part of the body to the next
  const core::CancelToken* cancel =
      nullptr;  // ends the exchange at once, but for connecting; outlives it
};

inline constexpr auto kNeverSent = R"({"sent":false})";

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // kUnavailable: no connection, reset, TLS failure, cut-off body. kTimeout: one of the times was
  // used up; the message says which. kInvalid: the answer breaks HTTP or the limits, or the request
  // cannot be sent (URL, header). An error's detail is kNeverSent when the request certainly did
  // not reach the peer. Any status code is an answer, not an error. Only the look-up of a name,
  // which the resolver bounds itself, may go beyond them. Cancelled: kUnavailable "cancelled".
  virtual Outcome<HttpResponse> send(const HttpRequest& request, const HttpTimes& times) = 0;
};

// Ignores SIGPIPE from then on, unless the program handles it: a peer that left is an error value.
std::unique_ptr<HttpClient> make_http_client(HttpLimits limits = {});

}  // namespace dugout::net
