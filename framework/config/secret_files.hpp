// Secrets in files, as containers hand them over: where NAME is not set but NAME_FILE is, the
// variable has what that file holds. Private to config.
#pragma once

#include "config/settings.hpp"

namespace dugout::config {

// The same environment with files behind it. A file that cannot be read is a finding, once.
// REQUIRES: `findings` outlives it.
Environment with_secret_files(const Environment& environment, core::Findings& findings);

// The first line of such a file, without what stands around it; nullopt, with the reason in `why`:
// it cannot be read, is empty, or is larger than any secret.
std::optional<std::string> read_secret_file(const std::string& path, std::string& why);

}  // namespace dugout::config
