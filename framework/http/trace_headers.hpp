// W3C Trace Context over HTTP: who asks may name the trace that a turn belongs to, and is told
// which span the turn became. [worker]
#pragma once

#include <optional>

#include "http/exchange.hpp"
#include "observability/trace_context.hpp"
#include "orchestrator/chat.hpp"

namespace dugout::http {

// What the header `traceparent` says; nullopt when there is none, more than one, or none that the
// standard lets us follow.
std::optional<observability::TraceContext> caller_trace(Exchange& exchange);

// Before the answer is sent. A repeat that got the first one's answer has no span.
void answer_trace(Exchange& exchange, const orchestrator::ChatReply& reply);

}  // namespace dugout::http
