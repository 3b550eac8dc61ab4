// A timer whose tasks run when the test says so, on the thread that says it.
#pragma once

#include <memory>
#include <vector>

#include "pipeline/timer.hpp"

namespace dugout::test {

class PlayedTimer final : public pipeline::Timer {
 public:
  struct Task {
    std::function<void()> run;
    bool done = false, off = false;
  };
  class Ticket final : public Pending {
   public:
    explicit Ticket(std::shared_ptr<Task> task) : task_(std::move(task)) {}
    ~Ticket() override { call_off(); }
    bool call_off() override {
      if (!task_->done) task_->off = true;
      return task_->done;
    }

   private:
    std::shared_ptr<Task> task_;
  };

  std::unique_ptr<Pending> after(core::Duration delay, std::function<void()> task) override {
    asked.push_back(core::seconds(delay));
    tasks.push_back(std::make_shared<Task>());
    tasks.back()->run = std::move(task);
    return std::make_unique<Ticket>(tasks.back());
  }

  // What waits, runs.
  void fire() {
    for (const auto& task : std::vector(tasks)) {
      if (task->done || task->off) continue;
      task->done = true;
      task->run();
    }
  }

  std::vector<std::shared_ptr<Task>> tasks;
  std::vector<double> asked;
};

}  // namespace dugout::test
