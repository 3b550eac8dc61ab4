#include "net/pool.hpp"

#include <algorithm>
#include <iterator>

namespace dugout::net {

std::unique_ptr<Connection> Pool::take(const std::string& key, core::MonoTime now) {
  while (true) {
    auto idle = newest(key);
    if (idle.connection == nullptr) return nullptr;
    if (now < idle.until && idle.connection->silent()) return std::move(idle.connection);
  }
}

void Pool::give(const std::string& key, std::unique_ptr<Connection> connection, core::MonoTime now,
                core::Duration server_keeps) {
  const auto keeps = std::min(keep_alive_, server_keeps);
  if (keeps <= core::Duration::zero()) return;
  Idles old;  // closed after the lock is released
  {
    const std::lock_guard lock(mutex_);
    collect_old(now, old);
    auto& idles = idle_[key];
    if (idles.size() < idle_per_host_) idles.push_back({std::move(connection), now + keeps});
  }
}

Pool::Idle Pool::newest(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = idle_.find(key);
  if (found == idle_.end() || found->second.empty()) return {};
  auto idle = std::move(found->second.back());
  found->second.pop_back();
  return idle;
}

void Pool::collect_old(core::MonoTime now, Idles& old) {
  for (auto& [key, idles] : idle_) {
    const auto fresh = std::stable_partition(idles.begin(), idles.end(),
                                             [&](const Idle& idle) { return idle.until > now; });
    old.insert(old.end(), std::make_move_iterator(fresh), std::make_move_iterator(idles.end()));
    idles.erase(fresh, idles.end());
  }
}

}  // namespace dugout::net
