// How the store fares: what its calls came to is told here, and said to the log once and not per
// call. What does not pass by itself ends all writing: nothing is built on damaged pages.
// [any]
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "observability/log.hpp"
#include "store/trouble.hpp"

namespace dugout::store {

class Condition {
 public:
  // `log` may be null.
  Condition(core::Clock& clock, observability::Log* log) : clock_(clock), log_(log) {}

  // May anything be written?
  Status admit() const;
  // A write that went through says that all is well; a read says so of nothing.
  void wrote(const Status& outcome);
  void read(const Error& error);

 private:
  bool note(Trouble trouble, bool reading);
  void failed(const Error& error, bool reading);
  void well();

  core::Clock& clock_;
  observability::Log* const log_;
  std::atomic<bool> troubled_{false};             // a fast answer to "all well?"
  std::atomic<Trouble> lasting_{Trouble::kNone};  // that does not pass
  std::mutex mutex_;                              // guards the three below
  Trouble now_ = Trouble::kNone;
  core::MonoTime since_{}, last_{};  // when it began, when it was last seen
};

}  // namespace dugout::store
