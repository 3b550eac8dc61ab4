// The models, parsers and advisors of each agent, made once per generation. A target whose provider
// has no credentials is left out. Immutable after construction, [any].
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/answer_context.hpp"
#include "orchestrator/chat.hpp"
#include "orchestrator/guards.hpp"
#include "orchestrator/key_ring.hpp"
#include "orchestrator/retry_choice.hpp"
#include "orchestrator/words_check.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

struct AgentTargets {
  std::vector<std::unique_ptr<pipeline::Model>> models;  // remote ones, in the agent's order
  bool understudy = false;                               // the agent names it
  std::vector<std::unique_ptr<pipeline::Parser>> parsers;
  std::vector<std::unique_ptr<pipeline::Advisor>> advisors;
  std::vector<std::unique_ptr<pipeline::Validator>> validators;
  std::vector<pipeline::WeighedValidator> weighed;  // them, in the agent's order
};

class Targets {
 public:
  // REQUIRES: the guards outlive it.
  Targets(const Parts& parts, const OrchestratorOptions& options, Guards& guards);
  const AgentTargets& of(const std::string& agent) const;
  // Where an answer may lead from this routine.
  const std::vector<int>& next(const std::string& flow, int routine) const;
  // The options as the latest attempts of the call type, and the tuner, ask for them.
  RetryChoice choose(const pipeline::RetryOptions& options, const RetryFacts& facts) const;
  TunerMode tuner_mode() const { return chooser_.mode(); }
  const WordsCheck& words() const { return words_; }

 private:
  static void add_validators(const routines::Agent& agent, AgentTargets& targets,
                             const Parts& parts);
  void add_models(const routines::Agent& agent, AgentTargets& targets, const Parts& parts,
                  const OrchestratorOptions& options, Guards& guards);
  const pipeline::AdaptiveOptions adaptive_;
  const RetryChooser chooser_;
  const WordsCheck words_;
  std::map<std::string, AgentTargets> agents_;
  std::map<std::string, Following> following_;            // by flow
  std::map<std::string, std::shared_ptr<KeyRing>> keys_;  // by provider
  std::set<std::string> left_out_;                        // targets that the log has told of
};

}  // namespace dugout::orchestrator
