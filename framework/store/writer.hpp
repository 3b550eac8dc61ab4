// Group commit: one named thread owns the only writing connection. Callers hand in a write and wait
// until it is on the disk; all writes that wait at one time share a transaction, and so one sync
// of the disk. Each is in a savepoint of its own: one that fails takes no other with it. [worker]
#pragma once

#include <chrono>
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

// What the writer does besides what it is told to. All may be empty; they run on its thread.
struct WriterDuties {
  std::function<Status()> fit;  // before each transaction; an error refuses it
  // What came of each transaction; not of one that had nothing to write, as that proves nothing.
  std::function<void(const Status&)> ended;
  std::function<Status(Database&)> beat;  // so often, in real time
  std::chrono::milliseconds every{0};
};

class Writer {
 public:
  // May run more than once, when a shared transaction broke and each write is tried alone; so it
  // must assign its results, not add to them.
  using Write = std::function<Status(Database&)>;

  explicit Writer(std::unique_ptr<Database> database, WriterDuties duties = {});
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
  void beat();
  Batch next_batch();  // empty: it is time for the beat, or to stop
  void serve(Batch batch);
  // Fills outcomes; false when the transaction as a whole broke.
  bool transact(Batch& batch, std::size_t first, std::size_t count, std::vector<Status>& outcomes);
  // Tells what the transaction came to, to whoever wants to know.
  void tell(const Status& outcome) const;

  const WriterDuties duties_;
  std::chrono::steady_clock::time_point last_beat_;  // the thread's alone
  const std::unique_ptr<Database> database_;         // the thread's alone
  std::mutex mutex_;                                 // guards queue_ and stopping_
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace dugout::store
