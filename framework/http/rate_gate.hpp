// Who asks too often is told so: 429 with Retry-After, and with each limited answer what is left
// (RateLimit and RateLimit-Policy, draft-ietf-httpapi-ratelimit-headers). By address for every
// request but health checks, by session for messages and photos. [worker]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.hpp"
#include "http/rate_limit.hpp"
#include "observability/door_figures.hpp"

namespace dugout::http {

class RateGate {
 public:
  // `figures` may be null; it outlives this.
  RateGate(const RateOptions& options, observability::DoorFigures* figures);

  // The problem to answer with; otherwise the answer's headers are set. `address`: address_key().
  std::optional<Problem> admit(Exchange& exchange, const std::string& address, core::MonoTime now);
  // Nothing to say for a session that has no id yet.
  std::optional<Problem> admit_session(Exchange& exchange, std::string_view session,
                                       core::MonoTime now);
  // Of a batch, for its address as for each session in it: let in when one message would be, so
  // that none is cut in the middle; what it holds beyond that is owed, and single ones wait for it.
  std::optional<Problem> admit_batch(Exchange& exchange, const std::string& address, int calls,
                                     core::MonoTime now);
  std::optional<Problem> admit_in_batch(std::string_view session, int calls, core::MonoTime now);

 private:
  std::optional<Problem> ask(Exchange& exchange, RateLimit& limit, const char* name,
                             std::string_view key, core::MonoTime now, int count = 1);
  Problem refused(const RateLimit& limit, const RateVerdict& verdict);

  const bool enabled_;
  observability::DoorFigures* const figures_;
  RateLimit chat_, upload_, batch_, other_, session_;
};

}  // namespace dugout::http
