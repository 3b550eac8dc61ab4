#include "host/reaping.hpp"

#include <pthread.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/plugin.hpp"

namespace dugout::host {
namespace {

// Outlives every plugin, as late completions may let go of one at any time.
struct Queue {
  std::mutex mutex;  // guards all below
  std::condition_variable changed;
  bool open = false;  // there is a reaper
  std::vector<std::unique_ptr<Plugin>> gone;
  std::thread thread;  // by start and end alone
};

Queue& queue() {
  static auto* only = new Queue();
  return *only;
}

void work() {
  auto& waiting = queue();
  std::unique_lock lock(waiting.mutex);
  for (;;) {
    waiting.changed.wait(lock, [&] { return !waiting.open || !waiting.gone.empty(); });
    if (waiting.gone.empty()) return;
    auto gone = std::exchange(waiting.gone, {});
    lock.unlock();
    gone.clear();  // runs code of theirs
    lock.lock();
  }
}

}  // namespace

void reap(Plugin* plugin) {
  std::unique_ptr<Plugin> gone(plugin);
  auto& waiting = queue();
  const std::lock_guard lock(waiting.mutex);
  if (!waiting.open) return;
  waiting.gone.push_back(std::move(gone));
  waiting.changed.notify_one();
}

Reaper::Reaper() {
  auto& waiting = queue();
  {
    const std::lock_guard lock(waiting.mutex);
    waiting.open = true;
  }
  waiting.thread = std::thread(work);
  pthread_setname_np(waiting.thread.native_handle(), "dugout-reaper");
}

Reaper::~Reaper() {
  auto& waiting = queue();
  {
    const std::lock_guard lock(waiting.mutex);
    waiting.open = false;
  }
  waiting.changed.notify_one();
  waiting.thread.join();
}

}  // namespace dugout::host
