// Who holds which turn, as SQL over one connection. A turn is held from its acceptance to its
// answer, and the session with it: of two processes over one store, one works on a session at a
// time. The contracts are those of store.hpp; all run inside the writer's transaction.
#pragma once

#include "store/owner.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace dugout::store {

struct Holder {
  const Owner& owner;
  std::int64_t now_ms = 0;
};

// Makes the owner known to others, or renews it when a third of its time is over.
Status be_known(Database& database, const Holder& holder);
// Renews it when it has turns; else it may be forgotten.
Status renew_owner(Database& database, const Holder& holder);
// Lets go of all; the owner is no more.
Status leave(Database& database, const Holder& holder);

// A turn of this session is held by another owner, who lives.
Outcome<bool> held_elsewhere(Database& database, const Holder& holder, std::string_view session);
// The holder's own or nobody's: what it is about to write may be written.
Status may_write(Database& database, const Holder& holder, std::string_view turn);

Outcome<std::vector<AcceptedTurn>> take_unanswered_turns(Database& database, const Holder& holder,
                                                         bool put_off_too);
Outcome<std::optional<AcceptedTurn>> take_unanswered_turn(Database& database, const Holder& holder,
                                                          std::string_view turn);
Status release_turn(Database& database, const Holder& holder, std::string_view turn);

}  // namespace dugout::store
