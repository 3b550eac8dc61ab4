// Idle connections, by scheme, host and port. The newest is reused first, so that the others grow
// old and are dropped. [any]
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "net/connection.hpp"

namespace dugout::net {

class Pool {
 public:
  Pool(std::size_t idle_per_host, core::Duration keep_alive)
      : idle_per_host_(idle_per_host), keep_alive_(keep_alive) {}

  // A connection that was still silent a moment ago, or null.
  std::unique_ptr<Connection> take(const std::string& key, core::MonoTime now);

  // `server_keeps`: how long the server says it keeps an idle connection.
  void give(const std::string& key, std::unique_ptr<Connection> connection, core::MonoTime now,
            core::Duration server_keeps);

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    core::MonoTime until;
  };
  using Idles = std::vector<Idle>;

  Idle newest(const std::string& key);
  void collect_old(core::MonoTime now, Idles& old);

  const std::size_t idle_per_host_;
  const core::Duration keep_alive_;
  std::mutex mutex_;  // guards idle_; never held while a connection is closed
  std::map<std::string, Idles> idle_;
};

}  // namespace dugout::net
