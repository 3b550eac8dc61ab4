// The orchestrator's options out of the settings and the agents' own keys. One thread.
#pragma once

#include "cli/app.hpp"

namespace dugout::cli {

// `scripted`: every provider counts as configured. Figures of agents that are out of range are
// findings.
orchestrator::OrchestratorOptions orchestrator_options(const Reading& reading,
                                                       const AppOptions& options, bool scripted,
                                                       core::Findings& findings);

}  // namespace dugout::cli
