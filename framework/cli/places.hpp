// Where things are when nobody says: beside the program, as built or as installed.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace dugout::cli {

// `wanted` if it has agents/, else the folder above the build, else share/dugout of the prefix.
std::string application_root(const std::string& wanted);

// The given folders, then lib/dugout/plugins beside the program.
std::vector<std::string> plugin_folders(std::vector<std::string> given);

config::Environment process_environment();

}  // namespace dugout::cli
