// The keys and ranges of `operators:` and `access:`. Private to config.
#pragma once

#include "config/access_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

// The node may be null.
std::vector<OperatorSettings> read_operators(const Node* node, LoadState& state);
AccessSettings read_access(const Node* node, LoadState& state);

}  // namespace dugout::config
