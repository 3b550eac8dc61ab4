// How many connections there may be, in all and of one address, and the listening socket that keeps
// to it: who does not fit is told so with a 503, where TLS is spoken by an end of the connection.
// [any]; the lock is a leaf.
#pragma once

#include <Poco/Net/ServerSocket.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/client_address.hpp"
#include "http/socket_watch.hpp"
#include "observability/door_figures.hpp"

namespace dugout::http {

class ConnectionLimit {
 public:
  // 0 = no limit. A proxy that is trusted has as many as fit. REQUIRES: both outlive it.
  ConnectionLimit(int all, int of_address, const Proxies& proxies,
                  observability::DoorFigures& figures)
      : all_(all), of_address_(of_address), proxies_(proxies), figures_(figures) {}

  // Counts a connection while it lives.
  class Place {
   public:
    Place(ConnectionLimit& limit, std::string address)
        : limit_(limit), address_(std::move(address)) {}
    ~Place() { limit_.leave(address_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    ConnectionLimit& limit_;
    const std::string address_;
  };
  // nullptr: there is none, and `why` is set; it is counted.
  std::unique_ptr<Place> enter(const Poco::Net::IPAddress& host, observability::Refusal& why);

  observability::DoorFigures& figures() { return figures_; }

 private:
  void leave(const std::string& address);

  const int all_, of_address_;
  const Proxies& proxies_;
  observability::DoorFigures& figures_;
  std::mutex mutex_;  // guards the two below
  int open_ = 0;
  std::map<std::string, int> by_address_;
};

// REQUIRES: both outlive it and every socket that it gives. `answers`: false where TLS is spoken.
Poco::Net::ServerSocket limited_socket(ConnectionLimit& limit, SocketWatch& watch, bool answers);

}  // namespace dugout::http
