// What a child may ask of its host, answered. Private to host. [worker]
#pragma once

#include "dugout/abi.h"
#include "host/frame.hpp"

namespace dugout::host {

struct Served {
  dugout_status status = DUGOUT_E_UNAVAILABLE;
  std::string first, second;
};

// Whether the answer may take time, so that it is for the thread of the call.
bool waits_for_host(const Frame& asked);

// `host`: the plugin's own table, which knows the services that its manifest names; nullptr = none.
// Whatever the frame holds, it is one of the calls that the plugin could make in this process.
Served serve_child(const dugout_host* host, const Frame& asked);

}  // namespace dugout::host
