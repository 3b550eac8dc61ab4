#include "host/calls.hpp"

#include <unordered_map>
#include <vector>

#include "dugout/sdk/text.hpp"
#include "host/plugin.hpp"

namespace dugout::host {
namespace {

struct Registry {
  std::mutex mutex;  // guards all below
  std::uintptr_t last = 0;
  std::size_t dropped = 0;
  std::unordered_map<std::uintptr_t, std::shared_ptr<Call>> open;
  std::vector<std::shared_ptr<Plugin>> parked;  // of late completions
};

Registry& registry() {
  static auto* calls = new Registry();  // outlives every module and every late completion
  return *calls;
}

}  // namespace

bool Call::wait(std::chrono::milliseconds limit, const std::shared_ptr<Plugin>& lease,
                Answer& answer) {
  std::unique_lock lock(mutex_);
  // Waiting for the entry too makes sure that its thread gave its lease back.
  changed_.wait_for(lock, limit, [&] { return answered_ && returned_; });
  outlived_ = !returned_;
  if (!answered_) {
    lease_ = lease;
    return false;
  }
  answer = std::move(answer_);
  return true;
}

std::shared_ptr<Plugin> Call::answered(dugout_status status, dugout_text body) {
  const std::lock_guard lock(mutex_);
  answered_ = true;
  answer_.status = status;
  answer_.too_large = body.size > kMaxAnswer;
  if (!answer_.too_large) answer_.body = sdk::view(body);
  changed_.notify_all();
  return std::move(lease_);
}

bool Call::entry_returned() {
  const std::lock_guard lock(mutex_);
  returned_ = true;
  changed_.notify_all();
  return outlived_;
}

bool Call::outlived() {
  const std::lock_guard lock(mutex_);
  return outlived_;
}

dugout_call* open_call(const std::shared_ptr<Call>& call) {
  auto& calls = registry();
  const std::lock_guard lock(calls.mutex);
  calls.open.emplace(++calls.last, call);
  return reinterpret_cast<dugout_call*>(calls.last);
}

void sweep_calls() {
  std::vector<std::shared_ptr<Plugin>> parked;  // outlives the lock: letting go runs plugin code
  auto& calls = registry();
  const std::lock_guard lock(calls.mutex);
  parked.swap(calls.parked);
}

std::size_t open_calls() {
  auto& calls = registry();
  const std::lock_guard lock(calls.mutex);
  return calls.open.size();
}

std::size_t dropped_completions() {
  auto& calls = registry();
  const std::lock_guard lock(calls.mutex);
  return calls.dropped;
}

void complete_call(dugout_call* call, dugout_status status, dugout_text body) {
  auto& calls = registry();
  std::shared_ptr<Call> found;
  {
    const std::lock_guard lock(calls.mutex);
    const auto at = calls.open.find(reinterpret_cast<std::uintptr_t>(call));
    if (at == calls.open.end()) {
      ++calls.dropped;
      return;
    }
    found = std::move(at->second);
    calls.open.erase(at);
  }
  if (auto lease = found->answered(status, body)) {
    const std::lock_guard lock(calls.mutex);
    calls.parked.push_back(std::move(lease));
  }
}

void emit_call(dugout_call* /*call*/, dugout_text /*piece*/) {
}  // no consumer of partial answers yet

}  // namespace dugout::host
