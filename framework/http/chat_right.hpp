// Who may go on with a conversation. Its id decides by its shape:
//   ses_ and 32 hex digits   the id is the secret: whoever holds it goes on (for programs)
//   web_ and 32 hex digits   bound: the id alone will not do, but for the first message sent again
//   any other                a client's own name: open, or bound too (access.client_sessions)
// What is bound needs its token, which is made from the id and its first turn with a key of the
// server, and kept nowhere: a browser's page has it in a cookie that scripts cannot read, a program
// is given it as session_token and shows it as a bearer. There is none before a first message is
// accepted, and none of a conversation that was deleted opens another one of its name. [worker]
#pragma once

#include <optional>
#include <set>
#include <string>

#include "http/endpoints.hpp"

namespace dugout::http {

// The conversation whose id a program shows as the bearer that it is; "" = none.
std::string shown_session(Exchange& exchange);

// What a request says for itself besides its head.
struct ChatClaim {
  std::string message;    // client_message_id; may be empty
  std::string token;      // of the body; may be empty
  bool may_begin = true;  // else only what there is already
};

// The right of one request, or of one batch. What it is about to begin nobody else begins while it
// lives.
class ChatRight {
 public:
  ChatRight(Service& service, Exchange& exchange) : service_(service), exchange_(exchange) {}
  ~ChatRight();
  ChatRight(const ChatRight&) = delete;
  ChatRight& operator=(const ChatRight&) = delete;

  // May it say something in `session_id`? An empty one becomes a fresh one. nullopt = yes.
  std::optional<Problem> admit(std::string& session_id, const ChatClaim& claim);
  // Puts on the answer what it takes to come back: our pages' cookie, or the session_token for a
  // program. Nothing as long as no message is accepted. An error: the store cannot say, and whoever
  // asks has nothing yet to come back with, so that they have to ask again; may be called again.
  // REQUIRES: admitted, the head is not sent.
  Status give(const std::string& session_id);
  // The token for a body, where no cookie was shown for it; "" = none. An error: as of give().
  Outcome<std::string> token_for(const std::string& session_id) const;

 private:
  void let_go(const std::string& session_id);
  std::optional<Problem> begin(const std::string& session_id, const ChatClaim& claim,
                               const std::optional<store::FirstTurn>& first);
  Outcome<std::string> owed_token(const std::string& session_id) const;

  Service& service_;
  Exchange& exchange_;
  std::multiset<std::string> beginning_;  // each is one leave()
  std::set<std::string> by_cookie_;
  std::set<std::string> owed_;  // let in without a token: they need one to come back
};

// May whoever asks read it? Only what nobody can guess is ever read. An error: the store cannot
// say.
Outcome<bool> may_read_chat(Service& service, Exchange& exchange, const std::string& session_id);

}  // namespace dugout::http
