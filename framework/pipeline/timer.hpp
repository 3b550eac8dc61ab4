// Runs tasks after a time, unless they are called off first. [any]
#pragma once

#include <functional>
#include <memory>

#include "core/clock.hpp"

namespace dugout::pipeline {

class Timer {
 public:
  // One task. Its destructor calls the task off, or waits for its end when it has begun.
  class Pending {
   public:
    virtual ~Pending() = default;
    // False: it was called off before it began, and will never run. True: it has run to its end,
    // for which this waits.
    virtual bool call_off() = 0;
  };

  virtual ~Timer() = default;
  // The task runs on another thread and must not throw. When all threads are at work it begins
  // later, or never.
  virtual std::unique_ptr<Pending> after(core::Duration delay, std::function<void()> task) = 0;
};

// On threads of its own, started when the first task comes. REQUIRES: no Pending outlives it.
std::unique_ptr<Timer> make_timer(int threads);

}  // namespace dugout::pipeline
