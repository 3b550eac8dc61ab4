// Which settings a running server cannot take over. [any]
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace dugout::cli {

// The keys, in the words of dugout.yaml, that differ and count from the next start only.
std::vector<std::string> keys_for_a_restart(const config::Settings& serving,
                                            const config::Settings& read);

}  // namespace dugout::cli
