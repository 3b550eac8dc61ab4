// Which files a server is read from, and so which it watches. [any]
#pragma once

#include <string>
#include <vector>

#include "cli/file_watch.hpp"
#include "config/settings.hpp"

namespace dugout::cli {

// Plugins, agents and routines; dugout.yaml and what `tls` names.
WatchedPlaces watched_by(const config::Settings& settings, const std::string& root,
                         const std::string& settings_file);

}  // namespace dugout::cli
