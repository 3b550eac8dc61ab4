#include "store/readers.hpp"

namespace dugout::store {

Readers::Readers(std::string path, OpenOptions options, std::size_t limit,
                 std::function<Status()> fit)
    : path_(std::move(path)), options_(options), limit_(limit), fit_(std::move(fit)) {}

Outcome<std::unique_ptr<Database>> Readers::take() {
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return taken_ < limit_; });
    ++taken_;
    if (!idle_.empty()) {
      auto database = std::move(idle_.back());
      idle_.pop_back();
      return database;
    }
  }
  // Opened outside the lock: it reads the file.
  const auto fit = fit_();
  auto opened =
      fit ? Database::open(path_, options_) : Outcome<std::unique_ptr<Database>>(fit.error());
  if (!opened) give_back(nullptr);
  return opened;
}

void Readers::give_back(std::unique_ptr<Database> database) {
  {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (database) idle_.push_back(std::move(database));
  }
  freed_.notify_one();
}

}  // namespace dugout::store
