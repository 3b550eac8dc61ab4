// What a server asks for after a failure: retry-after-ms, retry-after (seconds or an HTTP date) and
// x-should-retry, read in that order (RFC 9110 section 10.2.3, and the customs of model providers).
#pragma once

#include <optional>

#include "core/clock.hpp"
#include "net/http_client.hpp"

namespace dugout::orchestrator {

// nullopt when nothing usable was sent; negative and unparsable values are ignored.
std::optional<core::Duration> retry_after(const net::Headers& headers, core::WallTime now);
std::optional<bool> should_retry(const net::Headers& headers);

}  // namespace dugout::orchestrator
