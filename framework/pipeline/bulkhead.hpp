// At most so many attempts at one provider at a time, and so many that wait for a place; who finds
// the queue full, or waits in vain, is turned away at once and may go elsewhere. [any]; the lock is
// a leaf.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "core/clock.hpp"

namespace dugout::pipeline {

struct BulkheadOptions {
  int at_once = 1000;  // 1..100000; 0 = no limit
  int queued = 1000;   // 0..100000
  bool operator==(const BulkheadOptions&) const = default;
};

class Bulkhead {
 public:
  class Place {
   public:
    Place(Place&& other) noexcept : bulkhead_(other.bulkhead_) { other.bulkhead_ = nullptr; }
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (bulkhead_ != nullptr) bulkhead_->leave();
    }

   private:
    friend class Bulkhead;
    explicit Place(Bulkhead* bulkhead) : bulkhead_(bulkhead) {}
    Bulkhead* bulkhead_;
  };

  // REQUIRES: the clock outlives it.
  Bulkhead(BulkheadOptions options, core::Clock& clock) : options_(options), clock_(clock) {}

  // [worker] Waits until `deadline` at most; nullopt: the queue is full, or no place came free.
  // Also nullopt when the attempt is called back meanwhile.
  std::optional<Place> enter(core::MonoTime deadline, const core::CancelToken& cancel = {});
  int inside() const;

 private:
  void leave();

  const BulkheadOptions options_;
  core::Clock& clock_;
  mutable std::mutex mutex_;  // guards the two below
  int inside_ = 0, waiting_ = 0;
  std::condition_variable left_;
};

}  // namespace dugout::pipeline
