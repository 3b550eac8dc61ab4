// Two targets asked for the same answer: the second when the first has not answered after a while.
// Who answers first wins, the other is cancelled. One thread, one attempt.
#pragma once

#include <optional>

#include "pipeline/call.hpp"

namespace dugout::pipeline {

struct Asked {
  Attempted<Answer> outcome;
  core::Duration took{0};
};

struct Raced {
  Asked first;
  std::optional<Asked> second;  // when it was asked at all
  // The second's answer stands: it has one, and the first has none or came too late.
  bool second_won() const;
};

// REQUIRES: delay < within. A loser's outcome is a failure of code kCancelled, unless it ended by
// itself before. [worker]
Raced race(Model& first, Model& second, const Request& request, core::Duration within,
           const HedgePlan& hedge, const core::CancelToken& cancel, core::Clock& clock);

}  // namespace dugout::pipeline
