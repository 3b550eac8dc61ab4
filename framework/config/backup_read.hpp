// The keys and ranges of `backup:`. Private to config.
#pragma once

#include "config/backup_settings.hpp"
#include "config/settings_reader.hpp"

namespace dugout::config {

BackupSettings read_backup(const Node* node, LoadState& state);  // the node may be null

}  // namespace dugout::config
