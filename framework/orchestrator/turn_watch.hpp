// What is told of a turn while it runs and when it has ended, in the words of observability.
#pragma once

#include "core/clock.hpp"
#include "observability/turn_trace.hpp"
#include "orchestrator/chat.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

// The report of a turn that begins now.
observability::TurnReport report_of(const ChatRequest& request, const store::AcceptedTurn& accepted,
                                    const core::Clock& clock);

// Tells `listener`, which may be empty, in its own words.
observability::TurnTrace::Listener progress_of(const ProgressListener& listener);

// The turn's own span: ids, place and, where they are wanted, the texts.
void describe(observability::TurnTrace& trace, const ChatRequest& request, const ChatReply& reply);

}  // namespace dugout::orchestrator
