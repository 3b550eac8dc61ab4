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

// What could be neither kept nor undone takes the whole transaction with it: committed, it would be
// half a write.
Status give_up(Database& database, Status why) {
  if (database.in_transaction()) (void)database.run("ROLLBACK");
  return why;
}

// Runs `write` in a savepoint, so that its failure undoes it alone.
Status in_savepoint(const Writer::Write& write, Database& database) {
  if (auto opened = database.run("SAVEPOINT one"); !opened) return opened;
  auto outcome = guarded(write, database);
  if (!database.in_transaction()) return outcome;  // SQLite rolled all of it back
  if (!outcome) {
    if (auto undone = database.run("ROLLBACK TO one"); !undone) return give_up(database, undone);
  }
  if (auto released = database.run("RELEASE one"); !released) return give_up(database, released);
  return outcome;
}

// The first failure that is the store's own and not of what was asked.
Status worst_of(const std::vector<Status>& outcomes, std::size_t first, std::size_t count) {
  for (auto at = first; at < first + count; ++at) {
    if (!outcomes[at] && outcomes[at].error().code == Code::kUnavailable) return outcomes[at];
  }
  return Done{};
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, WriterDuties duties)
    : duties_(std::move(duties)),
      last_beat_(std::chrono::steady_clock::now()),
      database_(std::move(database)),
      thread_([this] { loop(); }) {
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
    beat();
    auto batch = next_batch();
    if (!batch.empty()) {
      serve(std::move(batch));
      continue;
    }
    const std::lock_guard lock(mutex_);
    if (stopping_ && queue_.empty()) return;
  }
}

// A failure shows with the next write that somebody waits for.
void Writer::beat() {
  const auto now = std::chrono::steady_clock::now();
  if (!duties_.beat || now - last_beat_ < duties_.every) return;
  last_beat_ = now;
  Batch alone(1);
  alone.front().write = duties_.beat;
  serve(std::move(alone));
}

void Writer::tell(const Status& outcome) const {
  if (duties_.ended) duties_.ended(outcome);
}

Writer::Batch Writer::next_batch() {
  std::unique_lock lock(mutex_);
  const auto wanted = [&] { return stopping_ || !queue_.empty(); };
  if (duties_.beat) {
    changed_.wait_until(lock, last_beat_ + duties_.every, wanted);
  } else {
    changed_.wait(lock, wanted);
  }
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
  auto begun = duties_.fit ? duties_.fit() : Status(Done{});
  if (begun) begun = database_->run("BEGIN IMMEDIATE");
  if (!begun) {
    tell(begun);
    std::fill(begin, end, begun);
    return true;  // nothing ran, and alone they would wait for the same lock again
  }
  const auto changes = database_->total_changes();
  for (auto at = first; at < first + count; ++at) {
    outcomes[at] = in_savepoint(batch[at].write, *database_);
    if (database_->in_transaction()) continue;
    const auto cause = outcomes[at] ? Status(database_->failure()) : outcomes[at];
    tell(cause);
    std::fill(begin, end, cause);
    return false;
  }
  if (auto committed = database_->run("COMMIT"); !committed) {
    if (database_->in_transaction()) (void)database_->run("ROLLBACK");
    tell(committed);
    std::fill(begin, end, committed);
    return false;
  }
  const auto worst = worst_of(outcomes, first, count);
  if (!worst || database_->total_changes() != changes) tell(worst);
  return true;
}

}  // namespace dugout::store
