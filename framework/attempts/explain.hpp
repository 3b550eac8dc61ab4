// One answer explained: which model gave it, after which attempts, which waits, on whose advice,
// and which checks it passed. Pure. [any]
#pragma once

#include <string>
#include <vector>

#include "attempts/attempt.hpp"

namespace dugout::attempts {

// Plain sentences about the attempts of one turn, in their order. REQUIRES: at least one.
std::vector<std::string> sentences(const std::vector<Attempt>& attempts);

// The same as JSON, for programs: figures, and the sentences.
std::string explanation_json(const std::vector<Attempt>& attempts);

}  // namespace dugout::attempts
