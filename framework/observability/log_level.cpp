#include "observability/log_level.hpp"

#include <algorithm>
#include <array>

namespace dugout::observability {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};

}  // namespace

std::optional<Level> level_named(std::string_view name) {
  const auto* const found = std::find(kLevelNames.begin(), kLevelNames.end(), name);
  if (found == kLevelNames.end()) return std::nullopt;
  return static_cast<Level>(found - kLevelNames.begin());
}

std::string_view name_of(Level level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

Level LiveLevel::get() const {
  if (passes_.load(std::memory_order_acquire)) {
    const std::lock_guard lock(mutex_);
    if (passes_ && clock_.now() >= until_) {
      level_ = usual_;
      passes_ = false;
    }
  }
  return level_.load(std::memory_order_relaxed);
}

void LiveLevel::set(Level level, std::optional<core::Duration> lasts) {
  const std::lock_guard lock(mutex_);
  if (lasts) {
    until_ = clock_.now() + *lasts;
  } else {
    usual_ = level;
  }
  level_ = level;
  passes_ = lasts.has_value();
}

LevelNow LiveLevel::now() const {
  const auto level = get();
  const std::lock_guard lock(mutex_);
  LevelNow out{level, usual_, std::nullopt};
  if (passes_) out.left = std::max(core::Duration::zero(), until_ - clock_.now());
  return out;
}

}  // namespace dugout::observability
