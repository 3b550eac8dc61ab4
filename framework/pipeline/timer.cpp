#include "pipeline/timer.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dugout::pipeline {
namespace {

class ThreadTimer final : public Timer {
 public:
  explicit ThreadTimer(int threads) : most_(threads) {}
  ~ThreadTimer() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  std::unique_ptr<Pending> after(core::Duration delay, std::function<void()> task) override {
    auto state = std::make_shared<Task>();
    state->run = std::move(task);
    {
      const std::lock_guard lock(mutex_);
      state->place = due_.emplace(std::chrono::steady_clock::now() + delay, state);
      if (!may_work()) {
        due_.erase(state->place);
        state->stage = Stage::kCalledOff;
      }
    }
    wake_.notify_one();
    return std::make_unique<Ticket>(*this, std::move(state));
  }

 private:
  enum class Stage { kWaiting, kRunning, kDone, kCalledOff };
  struct Task;
  using Due = std::multimap<std::chrono::steady_clock::time_point, std::shared_ptr<Task>>;
  struct Task {
    std::function<void()> run;
    Stage stage = Stage::kWaiting;
    Due::iterator place;
  };

  class Ticket final : public Pending {
   public:
    Ticket(ThreadTimer& timer, std::shared_ptr<Task> task)
        : timer_(timer), task_(std::move(task)) {}
    ~Ticket() override { call_off(); }
    bool call_off() override { return timer_.call_off(*task_); }

   private:
    ThreadTimer& timer_;
    const std::shared_ptr<Task> task_;
  };

  // A thread more while there are few, as long as the system gives one; false: there is none.
  bool may_work() {
    if (static_cast<int>(threads_.size()) >= most_) return true;
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      return !threads_.empty();
    }
    return true;
  }

  bool call_off(Task& task) {
    std::unique_lock lock(mutex_);
    if (task.stage == Stage::kWaiting) {
      due_.erase(task.place);
      task.stage = Stage::kCalledOff;
    }
    ended_.wait(lock, [&] { return task.stage != Stage::kRunning; });
    return task.stage == Stage::kDone;
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (due_.empty()) {
        wake_.wait(lock);
      } else if (due_.begin()->first > std::chrono::steady_clock::now()) {
        const auto until = due_.begin()->first;
        wake_.wait_until(lock, until);
      } else {
        const auto task = due_.begin()->second;
        due_.erase(due_.begin());
        task->stage = Stage::kRunning;
        lock.unlock();
        task->run();
        lock.lock();
        task->stage = Stage::kDone;
        ended_.notify_all();
      }
    }
  }

  const int most_;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_, ended_;
  Due due_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Timer> make_timer(int threads) {
  return std::make_unique<ThreadTimer>(threads);
}

}  // namespace dugout::pipeline
