#include "http/shared_probe.hpp"

namespace dugout::http {

Status SharedProbe::ask(core::Clock& clock, const std::function<Status()>& probe) {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return !asking_; });
  if (clock.now() < until_) return last_;
  asking_ = true;
  lock.unlock();
  auto answer = Status(Error{Code::kInternal, "it cannot be asked"});
  try {
    answer = probe();
  } catch (const std::exception&) {
    // Whoever waits has to be told all the same.
  }
  lock.lock();
  asking_ = false;
  last_ = answer;
  until_ = clock.now() + kHolds;
  answered_.notify_all();
  return answer;
}

}  // namespace dugout::http
