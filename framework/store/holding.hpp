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

// Is that owner at work? With a lock that it still holds, time alone does not say no for long.
Outcome<bool> lives(Database& database, const Holder& holder, std::int64_t other);
// As SQL over `turns AS open`: nobody has answered it, and its session has not gone on without it:
// what was said then does not fit to where it stands now.
extern const char* const kOpenTurn;
constexpr int kMostTries = 3;  // in a row that ended with their process
// The same, when the client asks for it again and again: so many, and one more for each minute
// since it was accepted. Whoever was in work while a machine was restarted over and over is not at
// fault.
constexpr int kMostRepeats = 10;
constexpr std::int64_t kMostAgeMs = 24 * 3600 * 1000;  // nobody waits for its answer any longer

// A turn of this session is held by another owner, who lives.
Outcome<bool> held_elsewhere(Database& database, const Holder& holder, std::string_view session);
// The holder's own or nobody's: what it is about to write may be written.
Status may_write(Database& database, const Holder& holder, std::string_view turn);

// An earlier turn of its session than this one is to be taken over from an owner that is no more.
// REQUIRES: none of the session is held elsewhere.
Outcome<bool> is_behind(Database& database, const Holder& holder, std::string_view turn);

// It becomes the holder's, and counts as tried by it until release_turn().
Status begin_try(Database& database, const Holder& holder, std::string_view turn);

Outcome<std::vector<AcceptedTurn>> take_unanswered_turns(Database& database, const Holder& holder,
                                                         bool put_off_too);
Outcome<std::optional<AcceptedTurn>> take_unanswered_turn(Database& database, const Holder& holder,
                                                          std::string_view turn);
Status release_turn(Database& database, const Holder& holder, std::string_view turn);
// The same for what the session has passed with this turn's answer.
Status release_passed(Database& database, const Holder& holder, std::string_view turn);
// No server answers it any more, nor its repeat. kNotFound, kConflict: it is answered, or in work.
Status drop_turn(Database& database, const Holder& holder, std::string_view turn);

}  // namespace dugout::store
