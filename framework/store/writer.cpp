#include "store/writer.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>

namespace dugout::store {
namespace {

// More would let the first of a burst wait for the last without saving syncs worth naming.
constexpr std::size_t kMaxBatch = 256;

Status guarded(const Writer::Write& write, Database& database) {
  try {
    return write(database);
  } catch (const std::exception& thrown) {
    return Error{Code::kInternal, std::string("store: ") + thrown.what()};
  }
}

// Runs `write` in a savepoint, so that its failure undoes it alone.
Status in_savepoint(const Writer::Write& write, Database& database) {
  if (auto opened = database.run("SAVEPOINT one"); !opened) return opened;
  auto outcome = guarded(write, database);
  if (!database.in_transaction()) return outcome;  // SQLite rolled all of it back
  if (!outcome) {
    if (auto undone = database.run("ROLLBACK TO one"); !undone) return undone;
  }
  if (auto released = database.run("RELEASE one"); !released) return released;
  return outcome;
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> database)
    : database_(std::move(database)), thread_([this] { loop(); }) {
  pthread_setname_np(thread_.native_handle(), "dugout-store");
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Status Writer::run(Write write) {
  std::future<Status> outcome;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(write), {}});
    outcome = queue_.back().outcome.get_future();
  }
  changed_.notify_one();
  return outcome.get();
}

void Writer::loop() {
  for (;;) {
    auto batch = next_batch();
    if (batch.empty()) return;
    serve(std::move(batch));
  }
}

Writer::Batch Writer::next_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  Batch batch;
  while (!queue_.empty() && batch.size() < kMaxBatch) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void Writer::serve(Batch batch) {
  std::vector<Status> outcomes(batch.size(), Status(Done{}));
  if (!transact(batch, 0, batch.size(), outcomes) && batch.size() > 1) {
    // One write may be what broke it (too large for the disk): each gets a transaction of its own.
    for (std::size_t at = 0; at < batch.size(); ++at) transact(batch, at, 1, outcomes);
  }
  for (std::size_t at = 0; at < batch.size(); ++at) {
    batch[at].outcome.set_value(std::move(outcomes[at]));
  }
}

bool Writer::transact(Batch& batch, std::size_t first, std::size_t count,
                      std::vector<Status>& outcomes) {
  const auto begin = outcomes.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = begin + static_cast<std::ptrdiff_t>(count);
  if (auto begun = database_->run("BEGIN IMMEDIATE"); !begun) {
    std::fill(begin, end, begun);
    return true;  // nothing ran, and alone they would wait for the same lock again
  }
  for (auto at = first; at < first + count; ++at) {
    outcomes[at] = in_savepoint(batch[at].write, *database_);
    if (database_->in_transaction()) continue;
    const auto cause = outcomes[at];
    std::fill(begin, end, cause ? Status(database_->failure()) : cause);
    return false;
  }
  if (auto committed = database_->run("COMMIT"); !committed) {
    if (database_->in_transaction()) (void)database_->run("ROLLBACK");
    std::fill(begin, end, committed);
    return false;
  }
  return true;
}

}  // namespace dugout::store
