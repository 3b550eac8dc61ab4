// Which recovery strategy is listened to: the first of the agent's order that recognises the
// failure and whose action is possible now. One thread, one call.
#pragma once

#include <optional>
#include <string>

#include "pipeline/recovery.hpp"

namespace dugout::pipeline {

struct Choice {
  std::optional<Advice> advice;   // nullopt = the class table decides
  std::string advisor = "table";  // whose advice it is
  std::string passed_over;        // who recognised it too, and why nothing could come of it
  bool known = false;             // somebody recognised the failure
};

// Asks the strategies in their order. A key that is to be changed has been changed when this
// returns: it failed, so that nobody has a use for it, whatever becomes of this call.
Choice choose_advice(CallState& state, const Failure& failure);

// A server asked for a longer wait than the call is ready for.
bool too_long_asked(const CallState& state, const Failure& failure);

}  // namespace dugout::pipeline
