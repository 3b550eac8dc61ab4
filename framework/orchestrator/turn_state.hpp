// The small things a turn keeps in the store as JSON, and the place of a turn within a flow.
#pragma once

#include <set>
#include <string>

#include "orchestrator/chat.hpp"
#include "orchestrator/decision.hpp"
#include "orchestrator/turn.hpp"

namespace dugout::orchestrator {

struct Turn::Place {
  Place(const routines::Routine& routine_in, Decider decider_in)
      : routine(routine_in), decider(std::move(decider_in)) {}

  const routines::Routine& routine;
  Decider decider;
  Proposals proposals;                // gathered over the tool rounds of this turn
  bool alone = false;                 // no model is asked: the server knows the answer
  const Verdict* accepted = nullptr;  // of the answer that stands; nullptr: nothing moves
  std::set<const Verdict*> told;      // verdicts whose words a model was given
};

// Stands for a photo in the conversation.
inline constexpr auto kPhotoNote = "(A photo was uploaded.)";

std::string memory_text(const Memory& memory);
Memory read_memory(const std::string& text);

std::string reply_text(const ChatReply& reply);
Outcome<ChatReply> read_reply(const std::string& text);

std::string request_text(const ChatRequest& request);
Outcome<ChatRequest> read_request(const std::string& text);

}  // namespace dugout::orchestrator
