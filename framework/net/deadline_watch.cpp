// The watching thread sleeps until the earliest deadline it knows. It is woken only for an earlier
// one, so that the usual exchange (all with much the same time-out) costs two short locks.
#include "net/deadline_watch.hpp"

#include <pthread.h>
#include <sys/socket.h>

namespace dugout::net {

DeadlineWatch::DeadlineWatch() : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "net-deadline");
}

DeadlineWatch::~DeadlineWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void DeadlineWatch::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    end_overdue(core::MonoTime(std::chrono::steady_clock::now()));
    wakes_at_ = open_.empty() ? core::MonoTime::max() : open_.begin()->first;
    if (open_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, wakes_at_);
    }
  }
}

void DeadlineWatch::end_overdue(core::MonoTime now) {
  while (!open_.empty() && open_.begin()->first <= now) {
    Guard* guard = open_.begin()->second;
    open_.erase(open_.begin());
    guard->fired_ = true;
    ::shutdown(guard->socket_, SHUT_RDWR);  // does not wait; the reader gets an end of file
  }
}

bool DeadlineWatch::wake_for(core::MonoTime deadline) {
  const bool earlier = deadline < wakes_at_;
  if (earlier) wakes_at_ = deadline;
  return earlier;
}

DeadlineWatch::Guard::Guard(DeadlineWatch& watch, int socket, core::MonoTime deadline)
    : watch_(watch), socket_(socket) {
  bool earlier = false;
  {
    const std::lock_guard lock(watch_.mutex_);
    place_ = watch_.open_.emplace(deadline, this);
    earlier = watch_.wake_for(deadline);
  }
  if (earlier) watch_.wake_.notify_one();
}

void DeadlineWatch::Guard::move_to(core::MonoTime deadline) {
  bool earlier = false;
  {
    const std::lock_guard lock(watch_.mutex_);
    if (fired_ || place_->first == deadline) return;
    watch_.open_.erase(place_);
    place_ = watch_.open_.emplace(deadline, this);
    earlier = watch_.wake_for(deadline);
  }
  if (earlier) watch_.wake_.notify_one();
}

void DeadlineWatch::Guard::end() {
  const std::lock_guard lock(watch_.mutex_);
  if (fired_) return;
  watch_.open_.erase(place_);
  fired_ = true;
  ::shutdown(socket_, SHUT_RDWR);
}

DeadlineWatch::Guard::~Guard() {
  const std::lock_guard lock(watch_.mutex_);
  if (!fired_) watch_.open_.erase(place_);
}

bool DeadlineWatch::Guard::fired() const {
  const std::lock_guard lock(watch_.mutex_);
  return fired_;
}

}  // namespace dugout::net
