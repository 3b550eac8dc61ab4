// The conformance suite over one plugin, in a process of its own: what crashes, hangs or eats
// memory there does not do so in a server. The process has none of the server's secrets, no file
// and no socket of it, and ends with it; a plugin that is to be shut in is so there too. [worker]
#pragma once

#include "core/clock.hpp"
#include "core/sanitized.hpp"
#include "host/host.hpp"

namespace dugout::cli {

// kInvalid with the checks that failed, the first ones in full; kTimeout; kCancelled; kUnavailable
// when the process cannot be started.
Status self_check(const host::Manifest& manifest, const core::CancelToken& stop,
                  std::chrono::seconds at_most = std::chrono::seconds(60 * core::kPatience));

}  // namespace dugout::cli
