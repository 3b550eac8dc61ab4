// A session as a page needs it that comes back to it. [worker]
#pragma once

#include <string>

#include "orchestrator/chat.hpp"
#include "orchestrator/pins.hpp"

namespace dugout::orchestrator {

// kNotFound when there is no such session.
Outcome<SessionView> view_of(const std::string& session_id, const Parts& parts, const Pins& pins);

}  // namespace dugout::orchestrator
