// What all calls of a process share: the breaker of each target, the bulkhead of each provider, the
// retry budget, the answers in memory, and what was seen of the latest attempts. It outlives the
// generations, as long as their options of it stay the same; [any].
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/chat.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/breaker.hpp"
#include "pipeline/bulkhead.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/timer.hpp"

namespace dugout::orchestrator {

class Guards {
 public:
  // Takes clock and timer of the parts, which outlive it.
  Guards(const ResilienceOptions& options, const Parts& parts);

  // The model behind its target's breaker and its provider's bulkhead, which it shares with every
  // other model of that target. REQUIRES: the guards outlive it.
  std::unique_ptr<pipeline::Model> guarded(std::unique_ptr<pipeline::Model> model);

  // Fills what a plan takes of the guards; `cached`: its answers may come from memory, those that
  // were given within the same scope.
  void equip(pipeline::CallPlan& plan, const std::string& scope, bool cached);

  pipeline::RecentAttempts& recent() { return recent_; }
  GuardStates states() const;
  // Would guards with these options be the same? What chooses the retries is none of theirs.
  bool fit(const ResilienceOptions& options) const;

 private:
  const ResilienceOptions options_;
  core::Clock& clock_;
  pipeline::RetryBudget retry_budget_;
  pipeline::AnswerCache cache_;
  pipeline::RecentAttempts recent_;
  std::unique_ptr<pipeline::Timer> own_timer_;  // null when another one is used
  pipeline::Timer* const timer_;
  mutable std::mutex mutex_;  // guards the two below, which only grow
  std::map<std::string, std::unique_ptr<pipeline::Breaker>, std::less<>> breakers_;
  std::map<std::string, std::unique_ptr<pipeline::Bulkhead>, std::less<>> bulkheads_;
};

}  // namespace dugout::orchestrator
