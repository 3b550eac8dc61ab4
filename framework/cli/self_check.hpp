// The conformance suite over one plugin, in a process of its own: what crashes, hangs or eats
// memory there does not do so in a server. [worker]
#pragma once

#include "core/clock.hpp"
#include "host/host.hpp"

namespace dugout::cli {

// kInvalid with the checks that failed, the first ones in full; kTimeout; kUnavailable when the
// process cannot be started.
Status self_check(const host::Manifest& manifest,
                  std::chrono::seconds at_most = std::chrono::seconds(60));

}  // namespace dugout::cli
