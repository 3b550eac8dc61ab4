// What the server answers by itself, without a model: a registration code is taken, refused or put
// off; a file that nobody asked for. [worker] (the directory is in the store)
#pragma once

#include <optional>
#include <string>

#include "orchestrator/codes.hpp"
#include "orchestrator/draft.hpp"
#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

struct Entry {
  enum class Kind {
    kNone,     // no code in the message
    kReply,    // say `reply`; nothing moves
    kHandOff,  // go to `agent` with `code`
  };
  Kind kind = Kind::kNone;
  std::string reply;
  std::string agent;
  RegistrationCode code;
};

// A message of somebody without an agent.
Outcome<Entry> read_entry(const std::string& message, const routines::Application& application,
                          store::Store& store);

// A valid code typed in the middle of a registration: what to say, with the open question again.
std::optional<std::string> code_meanwhile(const std::string& message,
                                          const routines::Application& application,
                                          const std::string& open_question);

// The record a hand-off starts with: code, team, age group, season, and a 100 code's name.
Draft first_record(const Entry& entry, const routines::Application& application,
                   core::WallTime today, const std::string& turn);

// The pinned message that tells a model who comes: registration type, team, age group, season.
std::string hand_off_note(const Entry& entry);

}  // namespace dugout::orchestrator
