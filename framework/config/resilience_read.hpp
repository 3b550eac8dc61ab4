// The keys and ranges of `resilience:` and `prices:`. Private to config.
#pragma once

#include "config/resilience_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

// Either node may be null. `prices` is a map of its own, as its keys are names of targets.
ResilienceSettings read_resilience(const Node* node, const Node* prices, LoadState& state);

}  // namespace dugout::config
