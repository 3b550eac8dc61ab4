// What a server asks for after a failure: waits are never negative, nor longer than a year or so.
#include "orchestrator/retry_after.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(retry_after) {
  const fuzz::Parts<3> part(input);
  const core::WallTime now(std::chrono::milliseconds(1'759'320'000'000));
  net::Headers headers;
  constexpr const char* kNames[] = {"retry-after", "retry-after-ms", "x-should-retry"};
  for (std::size_t at = 0; at < 3; ++at) {
    if (!part[at].empty()) headers[kNames[at]] = std::string(part[at]);
  }
  const auto wait = orchestrator::retry_after(headers, now);
  require(!wait || *wait >= core::Duration::zero(), "no wait is negative");
  require(!wait || *wait <= std::chrono::hours(24 * 366), "nor longer than a year");
  orchestrator::should_retry(headers);
}
