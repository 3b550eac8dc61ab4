// The threads behind the jobs: some that work, one that keeps the time. What they do is handed in,
// so that tests do it without them. start and stop are for one thread, wake for any.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/clock.hpp"

namespace dugout::jobs {

class Crew {
 public:
  struct Duties {
    std::function<bool()> work;  // one piece; false = there was none
    std::function<void()> tick;
    core::Duration poll;  // work is looked for at least so often: another process may have made it
    core::Duration beat;  // between two ticks
  };

  explicit Crew(Duties duties) : duties_(std::move(duties)) {}
  ~Crew() { stop(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void start(int workers);
  void stop();  // waits for the work that is being done; the ticks go on meanwhile
  void wake();  // there is work

 private:
  void work_loop();
  void clock_loop();

  const Duties duties_;
  std::mutex mutex_;  // guards the three below
  std::condition_variable changed_;
  unsigned long wakes_ = 0;
  bool stopping_ = false, closing_ = false;
  std::vector<std::thread> workers_;
  std::thread clock_;
};

}  // namespace dugout::jobs
