#include "orchestrator/batch.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <system_error>
#include <thread>

namespace dugout::orchestrator {
namespace {

using Lane = std::deque<BatchCall>;  // the calls of one session, the next one first

// The lanes in the order of their first calls.
std::deque<Lane> lanes_of(std::vector<BatchCall> calls) {
  std::deque<Lane> lanes;
  std::map<std::string, std::size_t> places;
  for (auto& call : calls) {
    const auto& session = call.request.session_id;
    if (session.empty()) {
      lanes.emplace_back().push_back(std::move(call));
      continue;
    }
    const auto [found, fresh] = places.emplace(session, lanes.size());
    if (fresh) lanes.emplace_back();
    lanes[found->second].push_back(std::move(call));
  }
  return lanes;
}

class Batch {
 public:
  Batch(Orchestrator& orchestrator, std::vector<BatchCall> calls, const BatchPlan& plan)
      : orchestrator_(orchestrator), plan_(plan) {
    count_.left = calls.size();
    ready_ = lanes_of(std::move(calls));
  }

  BatchCount run() {
    const auto useful = static_cast<int>(std::min(ready_.size(), std::size_t{100'000}));
    std::vector<std::thread> others;
    try {
      for (int i = 1; i < std::min(plan_.workers, useful); ++i)
        others.emplace_back([&] { work(); });
    } catch (const std::system_error&) {
      // Fewer workers than asked for do the same, later.
    }
    work();
    for (auto& other : others) other.join();
    return count_;
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (auto lane = next(lock)) {
      auto call = std::move(lane->front());
      lane->pop_front();
      ++running_;
      --count_.left;
      lock.unlock();
      const auto reply = serve(call.request);
      lock.lock();
      tell(call.index, reply);
      --running_;
      if (!lane->empty()) ready_.push_back(std::move(*lane));
      changed_.notify_all();
    }
  }

  // The lane whose turn it is; nullopt when there is nothing left to begin.
  std::optional<Lane> next(std::unique_lock<std::mutex>& lock) {
    changed_.wait(lock, [&] { return !ready_.empty() || running_ == 0 || stopped_; });
    if (!stopped_ && !ready_.empty() && !may_begin()) {
      stopped_ = true;
      changed_.notify_all();
    }
    if (stopped_ || ready_.empty()) return std::nullopt;
    auto lane = std::move(ready_.front());
    ready_.pop_front();
    return lane;
  }

  bool may_begin() const {
    try {
      return !plan_.may_begin || plan_.may_begin();
    } catch (...) {
      return false;  // whoever asked for the batch cannot be asked any more
    }
  }

  Outcome<ChatReply> serve(const ChatRequest& request) {
    try {
      return orchestrator_.chat(request);
    } catch (...) {
      return Error{Code::kInternal, "the turn failed"};
    }
  }

  void tell(std::size_t index, const Outcome<ChatReply>& reply) {
    ++(reply ? count_.good : count_.failed);
    try {
      if (plan_.finished) plan_.finished(index, reply);
    } catch (...) {
      stopped_ = true;  // nobody listens
    }
  }

  Orchestrator& orchestrator_;
  const BatchPlan& plan_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Lane> ready_;  // with a call to begin, and none under way
  std::size_t running_ = 0;
  bool stopped_ = false;
  BatchCount count_;
};

}  // namespace

BatchCount run_batch(Orchestrator& orchestrator, std::vector<BatchCall> calls,
                     const BatchPlan& plan) {
  return Batch(orchestrator, std::move(calls), plan).run();
}

std::size_t sessions_in(const std::vector<BatchCall>& calls) {
  std::set<std::string_view> named;
  std::size_t own = 0;
  for (const auto& call : calls) {
    const auto& session = call.request.session_id;
    if (session.empty()) {
      ++own;
    } else {
      named.insert(session);
    }
  }
  return own + named.size();
}

}  // namespace dugout::orchestrator
