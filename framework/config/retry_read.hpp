// The keys, variables and ranges of the retry figures. Private to config.
#pragma once

#include "config/settings_reader.hpp"

namespace dugout::config {

// `variables`: also look at the general AI_RETRY_* and DUGOUT_RETRY_* variables.
void read_retry(SettingsReader& reader, bool variables, RetrySettings& out);
// AI_RETRY_*, general and by call type.
RetrySource retry_from_environment(LoadState& state);
// `retry:` of dugout.yaml with its call_types.
RetrySource retry_from_file(const Node* node, LoadState& state);
// Says of each figure that nobody has set what it is then.
void note_retry_defaults(LoadState& state);

}  // namespace dugout::config
