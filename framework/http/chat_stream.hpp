// POST /chat for a client that asks for text/event-stream: what the turn is busy with, as it
// happens, then its end.
//   event: progress   data: {"kind", "text"}
//   event: reply      data: the JSON of /chat
//   event: problem    data: the problem, with "retry_after" (s) where it may be sent again
#pragma once

#include "http/chat_right.hpp"

namespace dugout::http {

bool wants_stream(Exchange& exchange);

// [worker] The turn goes to its end also when the client goes away: what was told counts, and the
// same message sent again gets its answer. The head of the answer, which may hold the cookie of a
// conversation that begins, waits for the first sign that the message is accepted.
void stream_chat(Service& service, Exchange& exchange, orchestrator::ChatRequest request,
                 ChatRight& right);

}  // namespace dugout::http
