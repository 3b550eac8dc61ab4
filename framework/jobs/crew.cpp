#include "jobs/crew.hpp"

#include <pthread.h>

#include <string>

namespace dugout::jobs {

void Crew::start(int workers) {
  if (workers <= 0 || clock_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = closing_ = false;
  }
  clock_ = std::thread([this] { clock_loop(); });
  pthread_setname_np(clock_.native_handle(), "dugout-clock");
  for (int n = 0; n < workers; ++n) {
    workers_.emplace_back([this] { work_loop(); });
    pthread_setname_np(workers_.back().native_handle(),
                       ("dugout-job-" + std::to_string(n)).c_str());
  }
}

void Crew::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& worker : workers_) worker.join();
  workers_.clear();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (clock_.joinable()) clock_.join();
}

void Crew::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

void Crew::work_loop() {
  for (;;) {
    unsigned long seen = 0;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      seen = wakes_;
    }
    if (duties_.work()) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, duties_.poll, [&] { return stopping_ || wakes_ != seen; });
  }
}

void Crew::clock_loop() {
  for (;;) {
    duties_.tick();
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, duties_.beat, [&] { return closing_; })) return;
  }
}

}  // namespace dugout::jobs
