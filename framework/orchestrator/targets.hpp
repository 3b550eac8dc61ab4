// The models, parsers and advisors of each agent, made once per generation. A target whose provider
// has no credentials is left out. Immutable after construction, [any].
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/chat.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

struct AgentTargets {
  std::vector<std::unique_ptr<pipeline::Model>> models;  // remote ones, in the agent's order
  bool understudy = false;                               // the agent names it
  std::vector<std::unique_ptr<pipeline::Parser>> parsers;
  std::vector<std::unique_ptr<pipeline::Advisor>> advisors;
};

class Targets {
 public:
  Targets(const Parts& parts, const OrchestratorOptions& options);
  const AgentTargets& of(const std::string& agent) const;

 private:
  void add_models(const routines::Agent& agent, AgentTargets& targets, const Parts& parts,
                  const OrchestratorOptions& options);
  std::map<std::string, AgentTargets> agents_;
  std::set<std::string> left_out_;  // targets that the log has told of
};

}  // namespace dugout::orchestrator
