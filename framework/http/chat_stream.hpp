// POST /chat for a client that asks for text/event-stream: what the turn is busy with, as it
// happens, then its end.
//   event: progress   data: {"kind", "text"}
//   event: reply      data: the JSON of /chat
//   event: problem    data: the problem, with "retry_after" (s) where it may be sent again
#pragma once

#include "http/endpoints.hpp"

namespace dugout::http {

bool wants_stream(Exchange& exchange);

// [worker] The turn goes to its end also when the client goes away: what was told counts, and the
// same message sent again gets its answer.
void stream_chat(Service& service, Exchange& exchange, orchestrator::ChatRequest request);

}  // namespace dugout::http
