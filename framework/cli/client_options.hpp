// The settings of limits and TLS as the server takes them.
#pragma once

#include "config/settings.hpp"
#include "http/server.hpp"

namespace dugout::cli {

void set_clients(const config::Settings& settings, http::ServerOptions& options);

}  // namespace dugout::cli
