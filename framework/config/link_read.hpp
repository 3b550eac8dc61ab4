// The keys of `links:`. Private to config.
#pragma once

#include "config/link_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

// The node may be null.
LinkSettings read_links(const Node* node, LoadState& state);

}  // namespace dugout::config
