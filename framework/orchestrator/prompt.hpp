// The request a model gets: the agent's instructions, the routine's brief, what is known, history,
// and the tools it may ask for. Text that people wrote is marked as data. Pure, [any].
#pragma once

#include <string>
#include <vector>

#include "host/host.hpp"
#include "orchestrator/draft.hpp"
#include "pipeline/call.hpp"
#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

struct PromptParts {
  const routines::Agent& agent;
  const routines::Routine* routine = nullptr;  // nullptr outside a flow
  const routines::Flow* flow = nullptr;
  const Draft& draft;
  const std::vector<store::Message>& history;
  const host::Generation& plugins;
  std::string user_message;
  std::string image;  // data URL, or empty
  std::string mark;   // key of the marks around what other people wrote
};

pipeline::Request build_request(const PromptParts& parts);

// What a model may set when it asks for a tool of this routine: the fields collected here that the
// call's arguments read. All else is pinned: the server fills it in.
std::vector<const routines::Field*> open_arguments(const routines::Routine& routine,
                                                   const routines::CallStep& step);

}  // namespace dugout::orchestrator
