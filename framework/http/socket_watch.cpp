// The watching thread sleeps until the earliest deadline it knows, and is woken only for an earlier
// one: a request costs a few short locks.
#include "http/socket_watch.hpp"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace dugout::http {
namespace {

constexpr auto kLastWords = std::chrono::seconds(1);

core::MonoTime watch_time() {
  return core::MonoTime(std::chrono::steady_clock::now());
}

}  // namespace

SocketWatch::SocketWatch() : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "http-deadline");
}

SocketWatch::~SocketWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  for (const auto& [when, socket] : left_) ::close(socket);
}

void SocketWatch::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    end_overdue(watch_time());
    wakes_at_ = core::MonoTime::max();
    if (!armed_.empty()) wakes_at_ = armed_.begin()->first;
    if (!left_.empty()) wakes_at_ = std::min(wakes_at_, left_.begin()->first);
    if (wakes_at_ == core::MonoTime::max()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, wakes_at_);
    }
  }
}

// Neither shutdown() nor close() waits here: linger is off.
void SocketWatch::end_overdue(core::MonoTime now) {
  while (!armed_.empty() && armed_.begin()->first <= now) {
    auto* guard = armed_.begin()->second;
    armed_.erase(armed_.begin());
    guard->armed_ = false;
    guard->fired_ = true;
    ::shutdown(guard->socket_, guard->how_ == End::kReading ? SHUT_RD : SHUT_RDWR);
  }
  while (!left_.empty() && left_.begin()->first <= now) {
    ::close(left_.begin()->second);
    left_.erase(left_.begin());
  }
}

bool SocketWatch::wake_for(core::MonoTime deadline) {
  const bool earlier = deadline < wakes_at_;
  if (earlier) wakes_at_ = deadline;
  return earlier;
}

void SocketWatch::leave(int socket) {
  ::shutdown(socket, SHUT_WR);
  const auto until = watch_time() + kLastWords;
  bool earlier = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || left_.size() >= kMostLeft) {
      ::close(socket);
      return;
    }
    left_.emplace(until, socket);
    earlier = wake_for(until);
  }
  if (earlier) wake_.notify_one();
}

void SocketWatch::Guard::arm(core::MonoTime deadline, End how) {
  bool earlier = false;
  {
    const std::lock_guard lock(watch_.mutex_);
    if (fired_) return;
    if (armed_) watch_.armed_.erase(place_);
    how_ = how;
    armed_ = true;
    place_ = watch_.armed_.emplace(deadline, this);
    earlier = watch_.wake_for(deadline);
  }
  if (earlier) watch_.wake_.notify_one();
}

bool SocketWatch::Guard::disarm() {
  const std::lock_guard lock(watch_.mutex_);
  if (armed_) watch_.armed_.erase(place_);
  armed_ = false;
  return !fired_;
}

bool SocketWatch::Guard::fired() const {
  const std::lock_guard lock(watch_.mutex_);
  return fired_;
}

}  // namespace dugout::http
