#include "http/operator_pass.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace dugout::http {

constexpr auto kMinute = std::chrono::minutes(1);

std::string OperatorPasses::begin(core::MonoTime now, Who who) {
  auto id = core::new_id("");
  const std::lock_guard lock(mutex_);
  std::erase_if(passes_, [now](const auto& pass) { return pass.second.until <= now; });
  if (passes_.size() >= kMost) {
    passes_.erase(std::min_element(
        passes_.begin(), passes_.end(),
        [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
  }
  passes_[id] = {now + kLasts, std::move(who)};
  return id;
}

std::optional<Who> OperatorPasses::holder(std::string_view id, core::MonoTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = passes_.find(id);
  if (found == passes_.end() || now >= found->second.until) return std::nullopt;
  return found->second.who;
}

void OperatorPasses::end(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = passes_.find(id);
  if (found != passes_.end()) passes_.erase(found);
}

core::Duration WrongTokens::shut_for(std::string_view address, core::MonoTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(address);
  if (found == rows_.end() || found->second.wrong < kPerMinute) return core::Duration::zero();
  return std::max(core::Duration::zero(), found->second.begun + kMinute - now);
}

void WrongTokens::count(std::string_view address, core::MonoTime now) {
  const std::lock_guard lock(mutex_);
  auto found = rows_.find(address);
  if (found == rows_.end()) {
    make_room(now);
    found = rows_.emplace(address, Row{now, 0}).first;
  }
  if (now - found->second.begun >= kMinute) found->second = {now, 0};
  ++found->second.wrong;
}

void WrongTokens::make_room(core::MonoTime now) {
  if (rows_.size() < kMost) return;
  std::erase_if(rows_, [now](const auto& row) { return now - row.second.begun >= kMinute; });
  if (rows_.size() < kMost) return;
  rows_.erase(std::min_element(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) {
    return a.second.begun < b.second.begun;
  }));
}

}  // namespace dugout::http
