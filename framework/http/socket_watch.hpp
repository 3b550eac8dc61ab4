// Ends what takes too long on a connection: shuts its socket down at a deadline, whatever the
// thread that serves it is waiting for. A socket's own time-outs bound one read only: who sends a
// byte now and then would begin them anew for ever, in a head as within a TLS record. And it closes
// sockets whose last words were sent, once the other side had time to read them. [any]
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/clock.hpp"

namespace dugout::http {

class SocketWatch {
 public:
  class Guard;
  // kReading: the thread gets an end of file and may still answer.
  enum class End { kReading, kBoth };

  SocketWatch();
  ~SocketWatch();  // REQUIRES: no guard is left. Closes what was left to it
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  // Takes the socket over: says that no more will come, and closes it after a second. A socket that
  // is closed with bytes unread is reset, and the other side never sees the answer.
  void leave(int socket);

 private:
  static constexpr std::size_t kMostLeft = 512;  // beyond it the socket is closed at once

  void run();
  void end_overdue(core::MonoTime now);
  bool wake_for(core::MonoTime deadline);  // REQUIRES: mutex_ is held. True: notify

  std::mutex mutex_;  // guards all below, and the guards' state
  std::condition_variable wake_;
  std::multimap<core::MonoTime, Guard*> armed_;
  std::multimap<core::MonoTime, int> left_;
  core::MonoTime wakes_at_ = core::MonoTime::max();
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the members above
};

// Watches one socket. REQUIRES: it ends before the socket is closed. One thread.
class SocketWatch::Guard {
 public:
  Guard(SocketWatch& watch, int socket) : watch_(watch), socket_(socket) {}
  ~Guard() { disarm(); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  void arm(core::MonoTime deadline, End how);
  // False: it came too late, the socket is shut.
  bool disarm();
  bool fired() const;

 private:
  friend class SocketWatch;
  SocketWatch& watch_;
  const int socket_;
  bool armed_ = false, fired_ = false;
  End how_ = End::kBoth;
  std::multimap<core::MonoTime, Guard*>::iterator place_;
};

}  // namespace dugout::http
