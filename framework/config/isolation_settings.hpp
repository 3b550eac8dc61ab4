// `isolation:` of dugout.yaml: which plugins run in a process of their own, over the word of their
// manifests. Private to config.
#pragma once

#include "config/settings_reader.hpp"

namespace dugout::config {

// Plugin id -> in a process of its own. The node may be null.
std::map<std::string, bool> read_isolation(const Node* node, LoadState& state);

}  // namespace dugout::config
