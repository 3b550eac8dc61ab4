// The keys and ranges of `reload:`. Private to config.
#pragma once

#include "config/reload_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

ReloadSettings read_reload(const Node* node, LoadState& state);  // the node may be null

}  // namespace dugout::config
