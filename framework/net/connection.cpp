// Poco's sendRequest and receiveResponse are not used: they reconnect and repeat silently when a
// write fails, close the descriptor under the deadline watch, and cannot tell a chunked body that
// ended from one that was cut off.
#include "net/connection.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPHeaderStream.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/RejectCertificateHandler.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureStreamSocket.h>

#include <mutex>

namespace dugout::net {
namespace {

constexpr int kInterimHeads = 16;

template <typename Session>
class Wire final : public Connection, private Session {
 public:
  template <typename... Args>
  explicit Wire(const Endpoint& endpoint, Args... args)
      : Session(endpoint.host, endpoint.port, args...) {
    this->setProxyConfig({});  // never a proxy from Poco's process-wide setting
  }

  void open(Poco::Timespan timeout) {
    this->setTimeout(timeout, Poco::Timespan(), Poco::Timespan());  // the watch bounds the rest
    if constexpr (std::is_same_v<Session, Poco::Net::HTTPSClientSession>) {
      // The handshake waits for the peer too; done with the first write, it is under the watch.
      Poco::Net::SecureStreamSocket(Session::socket()).setLazyHandshake(true);
    }
    this->reconnect();
  }

  int socket() override { return static_cast<int>(Session::socket().impl()->sockfd()); }

  void send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto piece = bytes.substr(0, std::size_t{1} << 20);
      const int sent = Session::socket().sendBytes(piece.data(), static_cast<int>(piece.size()));
      if (sent <= 0) throw Poco::Net::ConnectionAbortedException("the request could not be sent");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void receive_head(Poco::Net::HTTPResponse& head) override {
    for (int heads = 0; heads < kInterimHeads; ++heads) {
      head.clear();
      read_head(head);
      const int status = head.getStatus();
      if (status >= 200) return;
      if (status < 100 || status == Poco::Net::HTTPResponse::HTTP_SWITCHING_PROTOCOLS) break;
    }
    throw Poco::Net::MessageException("no final status");
  }

  int receive(char* buffer, int size) override { return this->read(buffer, size); }
  int next() override { return this->get(); }

  bool silent() override {
    using Poco::Net::Socket;
    return this->buffered() == 0 &&
           !Session::socket().poll(Poco::Timespan(), Socket::SELECT_READ | Socket::SELECT_ERROR);
  }

 private:
  void read_head(Poco::Net::HTTPResponse& head) {
    Poco::Net::HTTPHeaderInputStream stream(*this);
    try {
      head.read(stream);
    } catch (const Poco::Exception&) {
      if (this->networkException() != nullptr) this->networkException()->rethrow();
      throw;
    }
  }
};

// The certificates of the system; made when the first https address is used.
Poco::Net::Context::Ptr tls_context() {
  static std::once_flag once;
  static Poco::Net::Context::Ptr context;
  std::call_once(once, [] {
    using Poco::Net::Context;
    Poco::Net::initializeSSL();
    context = new Context(Context::TLS_CLIENT_USE, "", "", "", Context::VERIFY_STRICT, 9, true);
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    // Without a handler of its own the manager looks for one in the configuration of an
    // application.
    Poco::SharedPtr<Poco::Net::InvalidCertificateHandler> reject(
        new Poco::Net::RejectCertificateHandler(false));
    Poco::Net::SSLManager::instance().initializeClient(nullptr, reject, context);
  });
  return context;
}

template <typename Session, typename... Args>
std::unique_ptr<Connection> opened(const Endpoint& endpoint, Poco::Timespan timeout, Args... args) {
  auto wire = std::make_unique<Wire<Session>>(endpoint, args...);
  wire->open(timeout);
  return wire;
}

}  // namespace

std::string Endpoint::key() const {
  return (tls ? "https://" : "http://") + host + ":" + std::to_string(port);
}

std::unique_ptr<Connection> connect(const Endpoint& endpoint, core::Duration timeout) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const Poco::Timespan span(std::max<Poco::Timespan::TimeDiff>(
      duration_cast<microseconds>(timeout).count(), 1000));  // 0 would mean for ever
  if (!endpoint.tls) return opened<Poco::Net::HTTPClientSession>(endpoint, span);
  return opened<Poco::Net::HTTPSClientSession>(endpoint, span, tls_context());
}

}  // namespace dugout::net
