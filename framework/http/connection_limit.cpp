#include "http/connection_limit.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Thread.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "http/guarded_socket.hpp"
#include "http/problem.hpp"
#include "http/safe_headers.hpp"

namespace dugout::http {
namespace {

using observability::Refusal;

constexpr unsigned kUnheard = 60'000;  // ms; who acknowledges nothing for so long is not there
constexpr long kOutOfFilesPause = 50;  // ms; nothing can be accepted, and trying costs a whole CPU

std::string no_room(Refusal why) {
  Problem problem;
  problem.status = 503;
  problem.title = "Too many connections";
  problem.detail = why == Refusal::kConnectionsAddress
                       ? "Too many connections from your address; close some, or wait a moment."
                       : "Too many connections; try again in a moment.";
  const auto body = problem.json();
  return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
         "Retry-After: 2\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + safe_header_lines() + "\r\n" + body;
}

// Wrapped by a ServerSocket, which Poco's TCPServer copies and asks for connections.
class LimitedListener final : public Poco::Net::ServerSocketImpl {
 public:
  LimitedListener(ConnectionLimit& limit, SocketWatch& watch, bool answers)
      : limit_(limit), watch_(watch), answers_(answers) {}

  Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& client) override {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int socket =
        ::accept4(sockfd(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EMFILE || errno == ENFILE) Poco::Thread::sleep(kOutOfFilesPause);
      throw Poco::Net::NetException("a connection could not be accepted");
    }
    client = Poco::Net::SocketAddress(reinterpret_cast<sockaddr*>(&address), size);
    auto why = Refusal::kConnectionsAll;
    auto place = limit_.enter(client.host(), why);
    if (!place) {
      refuse(socket, why);
      throw Poco::Net::NetException("a connection was refused");
    }
    ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnheard, sizeof kUnheard);
    return new GuardedSocket(socket, watch_, std::move(place));
  }

 private:
  // A fresh socket's buffer takes this at once.
  void refuse(int socket, Refusal why) {
    if (!answers_) {
      ::close(socket);
      return;
    }
    const auto text = no_room(why);
    if (::send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      ::close(socket);
      return;
    }
    watch_.leave(socket);
  }

  ConnectionLimit& limit_;
  SocketWatch& watch_;
  const bool answers_;
};

class LimitedSocket final : public Poco::Net::ServerSocket {
 public:
  explicit LimitedSocket(LimitedListener* impl) : ServerSocket(impl, true) {}
};

}  // namespace

std::unique_ptr<ConnectionLimit::Place> ConnectionLimit::enter(const Poco::Net::IPAddress& host,
                                                               Refusal& why) {
  auto address = address_key(host);
  const bool counted = of_address_ > 0 && !proxies_.trusts(host);
  {
    const std::lock_guard lock(mutex_);
    auto& open = by_address_[address];
    const bool all = all_ > 0 && open_ >= all_;
    if (all || (counted && open >= of_address_)) {
      why = all ? Refusal::kConnectionsAll : Refusal::kConnectionsAddress;
      if (open == 0) by_address_.erase(address);
      figures_.count(why);
      return nullptr;
    }
    ++open;
    ++open_;
  }
  figures_.connections.fetch_add(1);
  return std::make_unique<Place>(*this, std::move(address));
}

void ConnectionLimit::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  --open_;
  const auto found = by_address_.find(address);
  if (--found->second == 0) by_address_.erase(found);
  figures_.connections.fetch_sub(1);  // last: who sees that it is gone finds its place free
}

Poco::Net::ServerSocket limited_socket(ConnectionLimit& limit, SocketWatch& watch, bool answers) {
  return LimitedSocket(new LimitedListener(limit, watch, answers));
}

}  // namespace dugout::http
