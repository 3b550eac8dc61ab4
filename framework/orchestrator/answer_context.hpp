// What the validators of an answer are told of the place it was given in: JSON as in abi.h, with
// what the agent pins. Numbers, categories and the server's own amounts, nothing a user wrote.
// [any]
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/draft.hpp"
#include "routines/model.hpp"

namespace dugout::orchestrator {

using Following = std::map<int, std::vector<int>>;  // routine -> those that may be open after it

// Over routes, which ask nothing, and over rules that carry the message on, which may answer the
// next question with it.
Following following(const routines::Flow& flow);

// Where an answer is given.
struct AnswerPlace {
  int routine = 0;
  const std::vector<int>* next = nullptr;  // nullptr = not known
};

// `place`: nullptr = outside a flow. A fact without a value in the record is false.
std::string answer_context(const routines::Agent& agent, const AnswerPlace* place,
                           const Draft& record);

}  // namespace dugout::orchestrator
