// Sessions, turns and messages as SQL over one connection. The contracts are those of store.hpp;
// functions that write run inside the writer's transaction.
#pragma once

#include "store/holding.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace dugout::store {

Outcome<std::optional<Session>> find_session(Database& database, std::string_view id);
Outcome<std::vector<Message>> last_messages(Database& database, std::string_view session,
                                            std::size_t last);
Outcome<std::optional<FirstTurn>> find_first_turn(Database& database, std::string_view session);
Outcome<std::vector<AcceptedTurn>> unanswered_turns(Database& database);

// `fresh.id` is the id to give when the turn is new.
Outcome<AcceptedTurn> accept_turn(Database& database, const AcceptedTurn& fresh,
                                  const Holder& holder);
Status commit_turn(Database& database, const TurnCommit& commit, const Holder& holder);

}  // namespace dugout::store
