// How a connection ends after an answer that came before the whole request was read. [worker]
#pragma once

#include "core/clock.hpp"
#include "http/socket_watch.hpp"

namespace dugout::http {

// Takes what still comes and throws it away, within bounds, so that the other side reads the answer
// before it meets a reset. `announced`: bytes of the body. The socket stays the caller's.
void hear_out(SocketWatch& watch, int socket, long long announced, bool hurry);

}  // namespace dugout::http
