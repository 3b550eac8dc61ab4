// One client's connection from the first byte to the last: TLS if it is spoken, request after
// request, each head within its time and size, each answer read at a fair pace. Whoever does not
// keep to it gets a problem, if it can be told, and an end. One thread for each.
#pragma once

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/TCPServerConnectionFactory.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>

#include "core/clock.hpp"
#include "http/guarded_socket.hpp"
#include "http/problem.hpp"

namespace dugout::http {

class Connection;

// What all connections of a server share; outlives them. [any]
class Connections {
 public:
  struct Options {
    core::Duration head_within{std::chrono::seconds(10)};
    std::size_t head_bytes = 64U << 10;
    core::Duration keep_alive{std::chrono::seconds(10)};
    core::Duration answer_within{std::chrono::seconds(30)};
    std::size_t largest_body = 12U << 20;  // more is not asked for by a 100 Continue
    Poco::Net::HTTPServerParams::Ptr params = {};
    // TLS is spoken, with the certificate of this moment.
    std::function<Poco::Net::Context::Ptr()> tls = {};
    std::function<bool()> crowded = {};  // threads are scarce: nobody is waited for long
    // True: not all of a body was read.
    std::function<bool(Poco::Net::HTTPServerRequestImpl&, Poco::Net::HTTPServerResponseImpl&)>
        serve = {};
  };

  Connections(Options options, observability::DoorFigures& figures)
      : options_(std::move(options)), figures_(figures) {}

  const Options& options() const { return options_; }
  observability::DoorFigures& figures() { return figures_; }

  // Ends those that wait for a request, now, and the others after their answer.
  void end_idle();
  void end_all();
  bool empty();

 private:
  friend class Connection;
  void add(Connection& connection);
  void remove(Connection& connection);

  const Options options_;
  observability::DoorFigures& figures_;
  std::mutex mutex_;  // guards the two below, and whether a connection is idle
  std::set<Connection*> open_;
  bool ending_ = false;
};

// For Poco's TCPServer. REQUIRES: `connections` outlives what it makes, and sockets are guarded.
Poco::Net::TCPServerConnectionFactory::Ptr connection_factory(Connections& connections);

}  // namespace dugout::http
