// The attempt log as a learner reads it: one JSON object a line, members that are missing take
// their usual values, lines that are none are counted and left out. [any]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "features.hpp"

namespace tuner_learned {

struct Row {
  std::int64_t at_ms = 0;
  std::string call;  // attempts of one call have the same
  Facts facts;
  Try one;
  bool success = false;
  int cls = kNoClass;  // of a failure
  double took = 0.0, cost = 0.0;
};

struct AttemptLog {
  std::vector<Row> rows;  // by time; the class of the attempt before is filled in
  std::size_t unreadable = 0;
};

// Only the latest rows are kept of a very long log. Attempts that say nothing about a provider
// (the understudy, answers from memory, cancelled ones, hedges) are left out.
AttemptLog read_attempts(std::string_view text);

}  // namespace tuner_learned
