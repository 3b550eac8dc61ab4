// Who may go on with a conversation. Its id decides by its shape:
//   ses_ and 32 hex digits   the id is the secret: whoever holds it goes on (for programs)
//   web_ and 32 hex digits   bound: the id alone will not do, but for the first message sent again
//   any other                a client's own name: open, or bound too (access.client_sessions)
// What is bound needs its token, which is made from the id with a key of the server and kept
// nowhere: a browser's page has it in a cookie that scripts cannot read, a program is given it as
// session_token and shows it as a bearer. [worker]
#pragma once

#include <optional>
#include <string>

#include "http/endpoints.hpp"

namespace dugout::http {

// The conversation whose id a program shows as the bearer that it is; "" = none.
std::string shown_session(Exchange& exchange);

// May whoever asks say something in `session_id`? An empty one becomes a fresh one. nullopt = yes:
// the answer then carries what it takes to come back. `shown`: a token in the body; may be empty.
std::optional<Problem> admit_chat(Service& service, Exchange& exchange, std::string& session_id,
                                  const std::string& shown = "");

// May whoever asks read it? Only what nobody can guess is ever read.
bool may_read_chat(Service& service, Exchange& exchange, const std::string& session_id);

// The token of a bound conversation; "" = it is not bound.
std::string chat_token(const Service& service, const std::string& session_id);

}  // namespace dugout::http
