// A text that costs something to make and that many ask for: it is made at most once in a while,
// by one of those who ask, and the others get the same one. [worker]
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/clock.hpp"

namespace dugout::observability {

class SharedText {
 public:
  using Text = std::shared_ptr<const std::string>;

  // `make` runs without a lock and one at a time. REQUIRES: the clock outlives it.
  SharedText(std::function<std::string()> make, const core::Clock& clock,
             core::Duration lasts = std::chrono::seconds(1));

  // Made no longer ago than `lasts`. Throws what `make` throws.
  Text get();

 private:
  bool fresh() const;

  const std::function<std::string()> make_;
  const core::Clock& clock_;
  const core::Duration lasts_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable made_;
  bool making_ = false;
  Text text_;
  core::MonoTime made_at_{};
};

}  // namespace dugout::observability
