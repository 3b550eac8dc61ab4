// Time for many actors at once without waiting for any of it: each actor runs on a thread of its
// own, but only one runs at a time, and when it sleeps the one that is to wake first goes on, at
// its time. So a run of minutes takes moments, and the same seed gives the same run.
//
// An actor must not wait for another in any other way than by sleeping here. A wait for what is no
// actor (the store's thread) is fine. [any]
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "pipeline/timer.hpp"

namespace dugout::chaos {

class VirtualTime final : public core::Clock, public pipeline::Timer {
 public:
  explicit VirtualTime(core::WallTime start) : start_(start) {}
  ~VirtualTime() override;  // REQUIRES: run() has returned, or was never called

  // Outside of an actor sleep() moves the time forward at once.
  core::MonoTime now() const override;
  core::WallTime wall_now() const override;
  bool sleep(core::Duration pause, const core::CancelToken& cancel) override;

  // The task becomes an actor when its time comes.
  std::unique_ptr<Pending> after(core::Duration delay, std::function<void()> task) override;
  void spawn(core::Duration delay, std::function<void()> task);

  // Lets the actors run until none is left. What one of them threw is thrown again. [main]
  void run();

 private:
  struct Actor;
  class Ticket;
  using Place = std::pair<core::MonoTime, std::uint64_t>;  // when it goes on; ties by age

  std::shared_ptr<Actor> add(core::Duration delay, std::function<void()> task);
  void body(const std::shared_ptr<Actor>& actor);
  void join_ended();
  void wake(Actor& actor);
  void park(std::unique_lock<std::mutex>& lock, Actor& actor);
  void hand_on();  // REQUIRES: the lock; nobody runs any more
  bool call_off(const std::shared_ptr<Actor>& actor);
  void queue(Actor& actor, core::MonoTime when);

  const core::WallTime start_;
  mutable std::mutex mutex_;  // guards all below
  core::MonoTime now_{std::chrono::hours(1)};
  std::uint64_t next_id_ = 1;
  std::set<std::pair<Place, Actor*>> waiting_;
  std::vector<std::shared_ptr<Actor>> actors_;  // begun or waiting
  std::vector<std::thread> ended_;              // to be joined
  std::condition_variable over_;
  bool running_ = false;
  std::exception_ptr thrown_;
};

}  // namespace dugout::chaos
