// GET and POST /admin/log-level: how much the log says, changed while the server runs. For
// operators. [worker]
#pragma once

#include "http/endpoints.hpp"

namespace dugout::http {

void serve_log_level(Service& service, Exchange& exchange);
// {"level": "debug", "for_s"?: 600}
void serve_set_log_level(Service& service, Exchange& exchange);

}  // namespace dugout::http
