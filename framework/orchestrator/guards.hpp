// What all calls of a process share: the breaker of each target, the bulkhead of each provider, the
// retry budget, the answers in memory, and what was seen of the latest attempts. Made once; [any].
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/chat.hpp"
#include "orchestrator/retry_choice.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/breaker.hpp"
#include "pipeline/bulkhead.hpp"
#include "pipeline/cache.hpp"
#include "pipeline/timer.hpp"

namespace dugout::orchestrator {

class Guards {
 public:
  // Takes clock, log, timer and the tuner's plugin of the parts, which outlive it.
  Guards(const ResilienceOptions& options, const Parts& parts);

  // The model behind its target's breaker and its provider's bulkhead, which it shares with every
  // other model of that target. REQUIRES: the guards outlive it.
  std::unique_ptr<pipeline::Model> guarded(std::unique_ptr<pipeline::Model> model);

  // Fills what a plan takes of the guards; `cached`: its answers may come from memory.
  void equip(pipeline::CallPlan& plan, const std::string& agent, bool cached);

  pipeline::RecentAttempts& recent() { return recent_; }
  // The options as the latest attempts of the call type, and the tuner, ask for them.
  RetryChoice choose(const pipeline::RetryOptions& options, const RetryFacts& facts) const;
  TunerMode tuner_mode() const { return chooser_.mode(); }

  GuardStates states() const;

 private:
  const ResilienceOptions options_;
  core::Clock& clock_;
  pipeline::RetryBudget retry_budget_;
  pipeline::AnswerCache cache_;
  pipeline::RecentAttempts recent_;
  const RetryChooser chooser_;
  std::unique_ptr<pipeline::Timer> own_timer_;  // null when another one is used
  pipeline::Timer* const timer_;
  mutable std::mutex mutex_;  // guards the two below, which only grow
  std::map<std::string, std::unique_ptr<pipeline::Breaker>, std::less<>> breakers_;
  std::map<std::string, std::unique_ptr<pipeline::Bulkhead>, std::less<>> bulkheads_;
};

}  // namespace dugout::orchestrator
