// A small pool of reading connections, opened when first needed. With WAL they see the last commit
// and never wait for the writer. [worker]
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite.hpp"

namespace dugout::store {

class Readers {
 public:
  // `fit`: asked before a connection is opened; an error refuses it.
  Readers(std::string path, OpenOptions options, std::size_t limit, std::function<Status()> fit);

  // Runs `read` on a free connection; waits for one while all are taken.
  template <typename Read>
  auto with(Read read) -> decltype(read(std::declval<Database&>())) {
    auto taken = take();
    if (!taken) return taken.error();
    const Lease lease(*this, std::move(*taken));
    return read(*lease.database);
  }

 private:
  struct Lease {
    Lease(Readers& pool, std::unique_ptr<Database> taken)
        : readers(pool), database(std::move(taken)) {}
    ~Lease() { readers.give_back(std::move(database)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Readers& readers;
    std::unique_ptr<Database> database;
  };

  Outcome<std::unique_ptr<Database>> take();
  void give_back(std::unique_ptr<Database> database);

  const std::string path_;
  const OpenOptions options_;
  const std::size_t limit_;
  const std::function<Status()> fit_;
  std::mutex mutex_;  // guards idle_ and taken_
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Database>> idle_;
  std::size_t taken_ = 0;
};

}  // namespace dugout::store
