// The daily removal of what is past its time: the job of `dugout serve`, and `dugout retention
// run`.
#pragma once

#include <map>
#include <string>

#include "cli/app.hpp"

namespace dugout::cli {

inline constexpr auto kRetentionKind = "retention";  // of the job; also its key below `jobs:`
inline constexpr auto kRetentionTime = "03:30";      // UTC; nobody registers a child then

// Does it once.
// REQUIRES: the set outlives it.
jobs::Work retention_work(Set& set);

}  // namespace dugout::cli
