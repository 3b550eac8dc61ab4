// The keys and ranges of what clients may take, and of TLS. Private to config.
#pragma once

#include "config/client_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

// `limits`: the reader of that map, which is finished afterwards.
ClientSettings read_clients(SettingsReader& limits, LoadState& state);
// The node may be null.
TlsSettings read_tls(const Node* node, LoadState& state);

}  // namespace dugout::config
