// Routines that somebody was in the middle of when their file changed: whoever was asked the old
// question is served by the old routine until it is left. [any]
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/host.hpp"
#include "orchestrator/draft.hpp"
#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

// What serves a session, and what became of the question it was asked.
struct Pinned {
  std::shared_ptr<const routines::Application> application;
  bool old_routine = false;  // the session's routine is the one that was asked, put into the flow
  // It cannot be that one: the open question is another one now, and is to be put again. The
  // session's routine may be gone: then another one is open.
  bool asked_anew = false;
  int routine = 0;  // that is open
};

class Pins {
 public:
  // Remembers the routines of `old` that are other ones, or none, in `next`.
  void remember(const routines::Application& old, const routines::Application& next);

  // `asked`: hash of the routine whose question the session was asked; empty = not known.
  Pinned of(const store::Session& session, const std::string& asked,
            const std::shared_ptr<const routines::Application>& now,
            const host::Generation& plugins, core::WallTime today) const;

 private:
  std::shared_ptr<const routines::Routine> remembered(const std::string& hash) const;

  mutable std::mutex mutex_;  // guards the two below
  std::map<std::string, std::shared_ptr<const routines::Routine>> routines_;  // by hash
  std::deque<std::string> order_;                                             // the oldest first
};

// The routine that a walk from the start stops at: the first whose answers or results are missing.
int place_by_record(const routines::Flow& flow, const Draft& record);

}  // namespace dugout::orchestrator
