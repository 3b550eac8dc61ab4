// One connection to a server: Poco's client session for connecting, TLS and buffered reading, with
// the parts of an exchange that need more care than its streams give (see connection.cpp).
// Used by one thread at a time. What Poco throws is left to the caller.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace Poco::Net {
class HTTPResponse;
}

namespace dugout::net {

struct Endpoint {
  bool tls = false;
  std::string host;
  std::uint16_t port = 80;
  std::string key() const;  // scheme, host and port: what a pooled connection may be reused for
};

class Connection {
 public:
  virtual ~Connection() = default;

  virtual int socket() = 0;  // file descriptor

  // Sends all of `bytes`; the TLS handshake happens in the first call.
  virtual void send(std::string_view bytes) = 0;
  // Reads a final response head; interim ones (1xx) are passed over.
  virtual void receive_head(Poco::Net::HTTPResponse& head) = 0;
  // Bytes of the body, at most `size`; 0 = the peer closed.
  virtual int receive(char* buffer, int size) = 0;
  virtual int next() = 0;  // one byte of the body, or -1

  // An idle connection must be silent: a byte or an end of file means that it is of no use any
  // more.
  virtual bool silent() = 0;
};

// Connects within `timeout`. [worker]
std::unique_ptr<Connection> connect(const Endpoint& endpoint, core::Duration timeout);

}  // namespace dugout::net
