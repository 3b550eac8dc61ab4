// One generation at work: what was loaded, and what is made of it for the turns. Immutable; each
// turn holds the one it began with, and the last turn lets go of its plugins.
#pragma once

#include <memory>

#include "orchestrator/chat.hpp"
#include "orchestrator/guards.hpp"
#include "orchestrator/targets.hpp"

namespace dugout::orchestrator {

struct LiveGeneration {
  // `before`: whose guards are taken over when their options are the same; may be null.
  LiveGeneration(int number_in, Parts parts_in, OrchestratorOptions options_in,
                 const LiveGeneration* before)
      : number(number_in),
        parts(std::move(parts_in)),
        options(std::move(options_in)),
        guards(before != nullptr && before->guards->fit(options.resilience)
                   ? before->guards
                   : std::make_shared<Guards>(options.resilience, parts)),
        targets(parts, options, *guards) {}

  const int number;
  const Parts parts;
  const OrchestratorOptions options;
  const std::shared_ptr<Guards> guards;
  const Targets targets;
};

}  // namespace dugout::orchestrator
