// Where a session stands, in the words of a reply. Pure. [any]
#pragma once

#include <optional>
#include <string>

#include "core/clock.hpp"
#include "orchestrator/chat.hpp"
#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

inline constexpr auto kUniversal = "universal";  // the agent of a session that has none yet

struct SessionPlace {
  std::string agent = kUniversal;
  std::optional<int> routine_number;  // nullopt outside a flow
  std::string expects = "text";       // or "file"
  std::string question;               // as in ChatReply
  Steps steps;
  bool ended = false;  // at an end of the flow
};

SessionPlace place_of(const store::Session& session, const routines::Application& application,
                      core::WallTime today);

bool collects_file(const routines::Routine& routine);

}  // namespace dugout::orchestrator
