// The attempt log for a person at a terminal. Writes to stdout.
#pragma once

#include "attempts/attempt.hpp"
#include "attempts/summary.hpp"
#include "cli/terminal.hpp"

namespace dugout::cli {

// One line: when, what came of it, of whom, how long, in which turn.
void print_attempt(const Style& style, const attempts::Attempt& attempt);

// Two tables: by target and by class.
void print_summary(const Style& style, const attempts::Summary& summary);

}  // namespace dugout::cli
