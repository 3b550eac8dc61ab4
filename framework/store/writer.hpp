// Group commit: one named thread owns the only writing connection. Callers hand in a write and wait
// until it is on the disk; all writes that wait at one time share a transaction, and so one sync
// of the disk. Each is in a savepoint of its own: one that fails takes no other with it. [worker]
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "store/sqlite.hpp"

namespace dugout::store {

class Writer {
 public:
  // May run more than once, when a shared transaction broke and each write is tried alone; so it
  // must assign its results, not add to them.
  using Write = std::function<Status(Database&)>;

  explicit Writer(std::unique_ptr<Database> database);
  ~Writer();  // finishes what was handed in, then joins the thread

  // Runs `write` and waits until its effect is durable, or undone.
  Status run(Write write);

 private:
  struct Waiting {
    Write write;
    std::promise<Status> outcome;
  };
  using Batch = std::vector<Waiting>;

  void loop();
  Batch next_batch();
  void serve(Batch batch);
  // Fills outcomes; false when the transaction as a whole broke.
  bool transact(Batch& batch, std::size_t first, std::size_t count, std::vector<Status>& outcomes);

  const std::unique_ptr<Database> database_;  // the thread's alone
  std::mutex mutex_;                          // guards queue_ and stopping_
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace dugout::store
