// What routines and agents may name: the tools with their arguments, and the other plugins. [any]
#pragma once

#include "config/settings.hpp"
#include "host/host.hpp"
#include "routines/load.hpp"

namespace dugout::cli {

routines::Known known_of(const host::Generation& plugins, const config::Settings& settings);

}  // namespace dugout::cli
