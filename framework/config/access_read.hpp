// The keys and ranges of access settings. Private to config.
#pragma once

#include "config/access_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

// `limits`: the reader of that map, which is finished afterwards.
AccessSettings read_access(SettingsReader& limits, LoadState& state);
// The node may be null.
TlsSettings read_tls(const Node* node, LoadState& state);

}  // namespace dugout::config
