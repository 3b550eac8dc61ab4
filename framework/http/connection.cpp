#include "http/connection.hpp"

#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/TCPServerConnection.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "http/head_check.hpp"
#include "http/last_words.hpp"
#include "http/safe_headers.hpp"

namespace dugout::http {

using observability::Refusal;

namespace {

constexpr auto kHurriedHead = std::chrono::seconds(3);
constexpr char kTlsHandshake = 0x16;
constexpr std::string_view kPlainHead =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
    "Content-Length: 83\r\n";
constexpr std::string_view kPlainBody =
    "{\"detail\":\"TLS is spoken here; use https://.\",\"status\":400,\"title\":\"Not encrypted\"}";

core::MonoTime connection_time() {
  return core::MonoTime(std::chrono::steady_clock::now());
}

Poco::Timespan timespan(core::Duration time) {
  return Poco::Timespan(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

// What has arrived with the request before can be asked for.
class Session final : public Poco::Net::HTTPServerSession {
 public:
  using HTTPServerSession::HTTPServerSession;
  bool has_more() const { return buffered() > 0; }
};

class SecureStream final : public Poco::Net::SecureStreamSocket {
 public:
  explicit SecureStream(GuardedTlsSocket* impl) : SecureStreamSocket(impl) {}
};

}  // namespace

class Connection final : public Poco::Net::TCPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, Connections& all)
      : TCPServerConnection(socket),
        plain_(dynamic_cast<GuardedSocket&>(*this->socket().impl())),
        all_(all),
        options_(all.options()) {
    all_.add(*this);
  }
  ~Connection() override { all_.remove(*this); }

  void run() override;
  void shut() { ::shutdown(plain_.sockfd(), SHUT_RDWR); }

 private:
  friend class Connections;

  void speak(Poco::Net::StreamSocket stream);
  void say_goodbye(Poco::Net::StreamSocket& stream);
  bool await_request(Session& session, bool first);
  bool serve_one(Session& session);
  bool serve_read(Poco::Net::HTTPServerRequestImpl& request,
                  Poco::Net::HTTPServerResponseImpl& response);
  void refuse(Session& session, const HeadFault& fault);
  bool speaks_tls();
  void count_answer(int status);
  bool crowded() const { return options_.crowded && options_.crowded(); }
  // False: the server ends.
  bool set_idle(bool idle);

  GuardedSocket& plain_;
  Connections& all_;
  const Connections::Options& options_;
  core::MonoTime head_by_{};
  bool idle_ = true;    // guarded by all_.mutex_
  bool ended_ = false;  // the same
};

bool Connection::set_idle(bool idle) {
  const std::lock_guard lock(all_.mutex_);
  idle_ = idle;
  return !ended_;
}

void Connection::run() {
  head_by_ = connection_time() + (crowded() ? core::Duration(kHurriedHead) : options_.head_within);
  if (!options_.tls) return speak(socket());
  if (!speaks_tls()) return;
  SecureStream stream(new GuardedTlsSocket(plain_, options_.tls()));
  auto& guard = plain_.pace().guard();
  guard.arm(head_by_, SocketWatch::End::kBoth);
  bool agreed = true;
  try {
    stream.setReceiveTimeout(timespan(options_.answer_within));
    stream.completeHandshake();
  } catch (const Poco::Exception&) {
    agreed = false;
  }
  if (!guard.disarm() || !agreed) {
    all_.figures().count(guard.fired() ? Refusal::kSlowHead : Refusal::kHandshake);
    return;
  }
  speak(stream);
}

// Whoever speaks HTTP to a port of TLS, as people do who forget the s, is told so.
bool Connection::speaks_tls() {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(head_by_ - connection_time());
  pollfd waits{plain_.sockfd(), POLLIN, 0};
  char first = 0;
  // A negative time would be none at all.
  if (::poll(&waits, 1, static_cast<int>(std::max<long long>(left.count(), 0))) <= 0) {
    all_.figures().count(Refusal::kSlowHead);
    return false;
  }
  if (::recv(plain_.sockfd(), &first, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) return false;
  if (first == kTlsHandshake) return true;
  all_.figures().count(Refusal::kHandshake);
  const auto text =
      std::string(kPlainHead) + safe_header_lines() + "\r\n" + std::string(kPlainBody);
  ::send(plain_.sockfd(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  hear_out(plain_.watch(), plain_.sockfd(), 0, true);
  return false;
}

void Connection::speak(Poco::Net::StreamSocket stream) {
  Session session(stream, options_.params);
  try {
    bool more = true;
    for (bool first = true; more && await_request(session, first); first = false) {
      more = set_idle(false) && serve_one(session) && set_idle(true);
    }
  } catch (const Poco::Exception&) {
    // A client that goes away is no event of ours.
  }
  if (plain_.pace().answer_was_late()) all_.figures().count(Refusal::kSlowReader);
  all_.remove(*this);  // the session closes the socket: nobody may shut that number afterwards
  if (options_.tls) say_goodbye(stream);
}

// Says within TLS, too, that no more will come.
void Connection::say_goodbye(Poco::Net::StreamSocket& stream) {
  auto& guard = plain_.pace().guard();
  guard.arm(connection_time() + std::chrono::seconds(1), SocketWatch::End::kBoth);
  try {
    stream.shutdown();
  } catch (const Poco::Exception&) {
    // The client has gone already.
  }
  guard.disarm();
}

// True: something is there to be read. Idle connections end without a word, as is the custom.
bool Connection::await_request(Session& session, bool first) {
  if (session.has_more()) {
    head_by_ = connection_time() + options_.head_within;
    return true;
  }
  const auto within = first ? head_by_ - connection_time() : options_.keep_alive;
  if (within <= core::Duration::zero()) return false;
  if (!session.socket().poll(timespan(within), Poco::Net::Socket::SELECT_READ)) {
    if (first) all_.figures().count(Refusal::kSlowHead);
    return false;
  }
  if (!first) head_by_ = connection_time() + options_.head_within;
  return true;
}

// False: it was the last one.
bool Connection::serve_one(Session& session) {
  auto& pace = plain_.pace();
  auto params = options_.params;
  auto response = std::make_unique<Poco::Net::HTTPServerResponseImpl>(session);
  std::unique_ptr<Poco::Net::HTTPServerRequestImpl> request;
  std::optional<HeadFault> fault;
  pace.head_begins(head_by_, options_.head_bytes);
  try {
    request = std::make_unique<Poco::Net::HTTPServerRequestImpl>(*response, session, params.get());
    fault = check_framing(*request);
  } catch (const Poco::Net::NoMessageException&) {
    // The end, or a reset; or nothing but the end of the time.
  } catch (const Poco::Exception& error) {
    fault = unreadable_head(error.displayText(), pace.head_bytes());
  }
  switch (pace.head_ends()) {
    case Pace::Head::kLate:
      refuse(session, head_too_slow());
      return false;
    case Pace::Head::kTooLarge:
      refuse(session, head_too_large(options_.head_bytes));
      return false;
    case Pace::Head::kEnded:
      return false;  // half a head is none, though it can be read as one
    case Pace::Head::kWhole:
      break;
  }
  if (session.networkException() != nullptr) return false;  // it was reset in the middle
  if (fault) refuse(session, *fault);
  if (fault || !request) return false;
  pace.answer_begins(options_.answer_within);
  return serve_read(*request, *response);
}

bool Connection::serve_read(Poco::Net::HTTPServerRequestImpl& request,
                            Poco::Net::HTTPServerResponseImpl& response) {
  response.setDate(Poco::Timestamp());
  response.setVersion(request.getVersion());
  response.setKeepAlive(options_.params->getKeepAlive() && request.getKeepAlive());
  const bool sized = request.hasContentLength();
  const auto length = sized ? request.getContentLength64() : 0;
  if (request.getExpectContinue() && length <= static_cast<long long>(options_.largest_body)) {
    response.sendContinue();
  }
  const bool unread = options_.serve(request, response);
  count_answer(response.getStatus());
  if (plain_.pace().answer_was_late()) return false;
  if (response.getKeepAlive() && !unread) return true;
  if (unread && response.sent()) {
    hear_out(plain_.watch(), plain_.sockfd(), sized ? length : 0, crowded());
  }
  return false;
}

void Connection::count_answer(int status) {
  auto& figures = all_.figures();
  if (status == 408) figures.count(Refusal::kSlowBody);
  if (status == 411) figures.count(Refusal::kNoLength);
  if (status == 413) figures.count(Refusal::kBodyTooLarge);
}

// The request that Poco could not read is gone, and the response knew it: this is a fresh one.
void Connection::refuse(Session& session, const HeadFault& fault) {
  all_.figures().count(fault.reason);
  Poco::Net::HTTPServerResponseImpl response(session);
  const auto body = fault.problem.json();
  response.setVersion(Poco::Net::HTTPMessage::HTTP_1_1);
  const auto status = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(fault.problem.status);
  response.setStatusAndReason(status, fault.problem.title);
  response.setDate(Poco::Timestamp());
  response.setContentType("application/problem+json");
  response.setContentLength64(static_cast<Poco::Int64>(body.size()));
  keep_browser_safe(response);
  response.setKeepAlive(false);
  plain_.pace().answer_begins(options_.answer_within);
  response.send() << body << std::flush;
  hear_out(plain_.watch(), plain_.sockfd(), 0, true);
}

void Connections::add(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connection.ended_ = ending_;
  open_.insert(&connection);
}

void Connections::remove(Connection& connection) {
  const std::lock_guard lock(mutex_);
  open_.erase(&connection);
}

void Connections::end_idle() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  for (auto* connection : open_) {
    connection->ended_ = true;
    if (connection->idle_) connection->shut();
  }
}

void Connections::end_all() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  for (auto* connection : open_) {
    connection->ended_ = true;
    connection->shut();
  }
}

bool Connections::empty() {
  const std::lock_guard lock(mutex_);
  return open_.empty();
}

namespace {

class ConnectionFactory final : public Poco::Net::TCPServerConnectionFactory {
 public:
  explicit ConnectionFactory(Connections& connections) : connections_(connections) {}
  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
    return new Connection(socket, connections_);
  }

 private:
  Connections& connections_;
};

}  // namespace

Poco::Net::TCPServerConnectionFactory::Ptr connection_factory(Connections& connections) {
  return new ConnectionFactory(connections);
}

}  // namespace dugout::http
