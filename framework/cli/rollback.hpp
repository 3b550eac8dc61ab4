// What serves after plugins did worse than those before them. It is made of what served already: no
// file is read, so that an edit that nobody has checked yet has no part in it. [load]
#pragma once

#include <memory>
#include <vector>

#include "cli/probation.hpp"

namespace dugout::cli {

struct Rollback {
  std::shared_ptr<const Reading> reading;
  bool whole = false;  // it is all of an earlier reading, not only its plugins
};

// `serving`, but with the plugins of before. Where its routines may not do with them, as a tool has
// other arguments, all of the oldest reading before serves again, and a warning says so.
// REQUIRES: `worse` is not empty.
Rollback rolled_back(const Reading& serving, const std::vector<Worse>& worse,
                     core::Findings& findings);

}  // namespace dugout::cli
