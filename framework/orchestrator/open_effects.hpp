// Effects that tools had begun when their process ended: the journal has the intent and no result.
// Their tools are asked what became of them; nothing is run here. [worker]
#pragma once

#include "orchestrator/chat.hpp"

namespace dugout::orchestrator {

// Those of turns that have ended. What nobody can tell is logged as an error, and stays open.
Outcome<OpenEffects> settle_ended_turns(const Parts& parts);

// Those of one turn that is to run again, before it does: another answer of a model may not come to
// them. True = there are some.
Outcome<bool> settle_begun(const Parts& parts, const store::AcceptedTurn& turn);
// And after it has been answered: what certainly did not happen is closed.
void close_left_over(const Parts& parts, const store::AcceptedTurn& turn);

}  // namespace dugout::orchestrator
