// Ends exchanges that are out of time: shuts a socket down at its deadline, whatever the thread
// that uses it is waiting for. Socket time-outs bound one read only, and within a header or a TLS
// record a peer that sends a byte now and then would reset them for ever. [any]
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/clock.hpp"

namespace dugout::net {

class DeadlineWatch {
 public:
  class Guard;

  DeadlineWatch();
  ~DeadlineWatch();  // REQUIRES: no guard is left
  DeadlineWatch(const DeadlineWatch&) = delete;
  DeadlineWatch& operator=(const DeadlineWatch&) = delete;

 private:
  void run();
  void end_overdue(core::MonoTime now);
  bool wake_for(core::MonoTime deadline);  // REQUIRES: mutex_ is held. True: notify

  std::mutex mutex_;  // guards all below, and the guards' fired_
  std::condition_variable wake_;
  std::multimap<core::MonoTime, Guard*> open_;
  core::MonoTime wakes_at_ = core::MonoTime::max();
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the members above
};

// Watches one socket while it lives. REQUIRES: it ends before the socket is closed.
class DeadlineWatch::Guard {
 public:
  Guard(DeadlineWatch& watch, int socket, core::MonoTime deadline);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // Another deadline from now on, unless it has fired.
  void move_to(core::MonoTime deadline);
  // Shuts the socket down now. It counts as fired.
  void end();
  bool fired() const;

 private:
  friend class DeadlineWatch;
  DeadlineWatch& watch_;
  const int socket_;
  bool fired_ = false;
  std::multimap<core::MonoTime, Guard*>::iterator place_;
};

}  // namespace dugout::net
