// One exchange: a connection from the pool or a new one, the request out, the answer in, all under
// one deadline. Nothing of a body or a header's value gets into a message.
#include "net/http_client.hpp"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/URI.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <sstream>

#include "core/text.hpp"
#include "net/body.hpp"
#include "net/connection.hpp"
#include "net/deadline_watch.hpp"
#include "net/pool.hpp"

namespace dugout::net {
namespace {

using Poco::Net::HTTPResponse;

struct Target {
  Endpoint endpoint;
  std::string path;
};

core::MonoTime now() {
  return core::MonoTime(std::chrono::steady_clock::now());
}

Error timed_out(const char* what = "no complete answer within the time allowed") {
  return Error{Code::kTimeout, what};
}
Error cancelled() {
  return Error{Code::kUnavailable, "cancelled"};
}

// Which part of an exchange runs, and until when it may.
class Parts {
 public:
  Parts(DeadlineWatch::Guard& guard, const HttpTimes& times, core::MonoTime deadline)
      : guard_(guard), times_(times), deadline_(deadline) {}

  void waits_for_head() { bound(times_.first_byte, "the answer did not begin in time"); }
  void reads_on() { bound(times_.idle, "the answer stopped on its way"); }
  Error over() const { return timed_out(what_); }

 private:
  void bound(core::Duration part, const char* what) {
    const auto until = part > core::Duration::zero() ? now() + part : deadline_;
    guard_.move_to(std::min(until, deadline_));
    what_ = until < deadline_ ? what : "no complete answer within the time allowed";
  }

  DeadlineWatch::Guard& guard_;
  const HttpTimes& times_;
  const core::MonoTime deadline_;
  const char* what_ = "no complete answer within the time allowed";
};

// The connection as the reader of the body sees it: each block is waited for anew.
class Timed final : public Connection {
 public:
  Timed(Connection& inner, Parts& parts) : inner_(inner), parts_(parts) {}
  int socket() override { return inner_.socket(); }
  void send(std::string_view bytes) override { inner_.send(bytes); }
  void receive_head(HTTPResponse& head) override { inner_.receive_head(head); }
  int receive(char* buffer, int size) override {
    parts_.reads_on();
    return inner_.receive(buffer, size);
  }
  int next() override { return inner_.next(); }  // a chunk's line belongs to the block before it
  bool silent() override { return inner_.silent(); }

 private:
  Connection& inner_;
  Parts& parts_;
};

Outcome<Target> target_of(const std::string& url) {
  try {
    const Poco::URI uri(url);
    const bool tls = uri.getScheme() == "https";
    if (!tls && uri.getScheme() != "http") return Error{Code::kInvalid, "no http or https address"};
    if (uri.getHost().empty()) return Error{Code::kInvalid, "the address has no host"};
    auto path = uri.getPathAndQuery();
    if (path.empty() || path.front() != '/') path.insert(0, "/");
    return Target{{tls, uri.getHost(), uri.getPort()}, std::move(path)};
  } catch (const Poco::Exception&) {
    return Error{Code::kInvalid, "the address is no URL"};
  }
}

bool is_token(std::string_view name) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSigns.find(c) != kSigns.npos;
  });
}

// A line end in a value would start a header, or a request, of somebody else's making.
Status check_headers(const HttpRequest& request) {
  if (!is_token(request.method)) return Error{Code::kInvalid, "the method is no HTTP method"};
  for (const auto& [name, value] : request.headers) {
    const bool clean = value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
    if (!is_token(name) || !clean) {
      return Error{Code::kInvalid, "a header cannot be sent: " + core::masked(name)};
    }
  }
  return Done{};
}

std::string head_of(const HttpRequest& request, const Target& target) {
  Poco::Net::HTTPRequest head(request.method, target.path, Poco::Net::HTTPMessage::HTTP_1_1);
  head.setHost(target.endpoint.host, target.endpoint.port);
  for (const auto& [name, value] : request.headers) head.set(name, value);
  const bool bodiless = request.method == "GET" || request.method == "HEAD";
  if (!request.body.empty() || !bodiless) {
    head.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
  }
  head.setKeepAlive(true);
  std::ostringstream out;
  head.write(out);
  return std::move(out).str();
}

void send(Connection& connection, const HttpRequest& request, const Target& target) {
  constexpr std::size_t kOnePacket = 32U << 10;
  auto head = head_of(request, target);
  if (request.body.size() > kOnePacket) {
    connection.send(head);
    connection.send(request.body);
  } else {
    connection.send(head += request.body);  // one system call instead of two
  }
}

Headers headers_of(const HTTPResponse& head) {
  Headers out;
  for (const auto& [name, value] : head) {
    auto& kept = out[core::lower(name)];
    kept += kept.empty() ? value : ", " + value;
  }
  return out;
}

// From "Keep-Alive: timeout=5"; a second less, for an answer that is already on its way.
core::Duration server_keeps(const Headers& headers) {
  const auto found = headers.find("keep-alive");
  if (found == headers.end()) return core::Duration::max();
  const auto text = core::lower(found->second);
  const auto at = text.find("timeout=");
  int seconds = 0;
  if (at == text.npos) return core::Duration::max();
  const auto* digits = text.data() + at + 8;
  if (std::from_chars(digits, text.data() + text.size(), seconds).ec != std::errc()) {
    return core::Duration::max();
  }
  return std::chrono::seconds(seconds - 1);
}

struct Received {
  HttpResponse response;
  bool reusable = false;
};

Outcome<Received> receive(Connection& connection, bool to_head_request, std::size_t limit) {
  HTTPResponse head;
  connection.receive_head(head);
  auto body = receive_body(connection, head, to_head_request, limit);
  if (!body) return body.error();
  Received out{{static_cast<int>(head.getStatus()), headers_of(head), std::move(body->bytes)}};
  out.reusable = body->reusable && head.getKeepAlive() && connection.silent();
  return out;
}

// Runs `step`; what Poco throws becomes an error of its kind.
template <typename Step>
auto caught(Step step) -> decltype(step()) {
  try {
    return step();
  } catch (const Poco::Net::NoMessageException&) {
    return Error{Code::kUnavailable, "the connection was closed before an answer"};
  } catch (const Poco::Net::MessageException&) {
    return Error{Code::kInvalid, "the answer breaks HTTP"};
  } catch (const Poco::DataException&) {  // a number in the head that is none
    return Error{Code::kInvalid, "the answer breaks HTTP"};
  } catch (const Poco::TimeoutException&) {
    return Error{Code::kUnavailable, "no connection within the time allowed"};
  } catch (const Poco::Exception& thrown) {
    return Error{Code::kUnavailable, thrown.name()};
  }
}

class PooledHttpClient final : public HttpClient {
 public:
  explicit PooledHttpClient(HttpLimits limits)
      : limits_(limits), pool_(limits.idle_per_host, limits.keep_alive) {}

  Outcome<HttpResponse> send(const HttpRequest& request, const HttpTimes& times) override {
    const auto target = target_of(request.url);
    if (!target) return target.error();
    if (auto status = check_headers(request); !status) return status.error();
    if (times.total <= core::Duration::zero()) return timed_out();
    // A day is for ever; more could overflow.
    const auto deadline = now() + std::min<core::Duration>(times.total, std::chrono::hours(24));
    const auto called_back = [&] { return times.cancel != nullptr && times.cancel->cancelled(); };
    if (called_back()) return cancelled();
    auto connection = connection_to(target->endpoint, times, deadline);
    if (connection && called_back()) return cancelled();
    if (!connection) {
      auto error = connection.error();
      error.detail = kNeverSent;
      return error;
    }
    return exchange(std::move(*connection), request, *target, times, deadline);
  }

 private:
  Outcome<std::unique_ptr<Connection>> connection_to(const Endpoint& endpoint,
                                                     const HttpTimes& times,
                                                     core::MonoTime deadline) {
    if (auto idle = pool_.take(endpoint.key(), now())) return idle;
    auto within = std::min(limits_.connect, deadline - now());
    if (times.connect > core::Duration::zero()) within = std::min(within, times.connect);
    auto made =
        caught([&]() -> Outcome<std::unique_ptr<Connection>> { return connect(endpoint, within); });
    // The kernel's timer may end a wait a little early.
    if (!made && deadline - now() < std::chrono::milliseconds(2)) return timed_out();
    return made;
  }

  Outcome<HttpResponse> exchange(std::unique_ptr<Connection> connection, const HttpRequest& request,
                                 const Target& target, const HttpTimes& times,
                                 core::MonoTime deadline) {
    auto received = under_watch(*connection, request, target, times, deadline);
    if (!received) return received.error();
    if (received->reusable) {
      pool_.give(target.endpoint.key(), std::move(connection), now(),
                 server_keeps(received->response.headers));
    }
    return std::move(received->response);
  }

  Outcome<Received> under_watch(Connection& connection, const HttpRequest& request,
                                const Target& target, const HttpTimes& times,
                                core::MonoTime deadline) {
    DeadlineWatch::Guard guard(watch_, connection.socket(), deadline);
    std::optional<core::CancelToken::Hook> hook;  // ends before the guard it uses
    if (times.cancel != nullptr) hook.emplace(*times.cancel, [&] { guard.end(); });
    Parts parts(guard, times, deadline);
    auto received = caught([&]() -> Outcome<Received> {
      net::send(connection, request, target);
      parts.waits_for_head();
      Timed timed(connection, parts);
      return receive(timed, request.method == "HEAD", limits_.body_bytes);
    });
    if (times.cancel != nullptr && times.cancel->cancelled()) return cancelled();
    if (guard.fired()) return parts.over();
    return received;
  }

  const HttpLimits limits_;
  Pool pool_;
  DeadlineWatch watch_;
};

void ignore_sigpipe() {
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
    std::signal(SIGPIPE, SIG_IGN);
  }
}

}  // namespace

std::unique_ptr<HttpClient> make_http_client(HttpLimits limits) {
  ignore_sigpipe();
  return std::make_unique<PooledHttpClient>(limits);
}

}  // namespace dugout::net
