// http/1: calls of outside services for tools. One pooled client for all of them, a time-out for
// each try and a deadline for the whole, and repeats by the pipeline's own class table, as far as
// the effect of the call allows: what may have arrived is sent again only if that does no harm.
#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "host/host.hpp"
#include "net/http_client.hpp"
#include "observability/log.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

class ToolHttp final : public host::HttpService {
 public:
  // REQUIRES: all outlive it. The options' attempt_timeout is not used: each call brings its own.
  ToolHttp(net::HttpClient& client, core::Clock& clock, core::Random& random,
           observability::Log& log, pipeline::RetryOptions retry = tool_retry())
      : client_(client), clock_(clock), random_(random), log_(log), retry_(retry) {}

  Outcome<host::HttpAnswer> send(const host::HttpCall& call) override;

  // A parent waits for the answer: two repeats, after a half and one second.
  static pipeline::RetryOptions tool_retry();

 private:
  net::HttpClient& client_;
  core::Clock& clock_;
  core::Random& random_;
  observability::Log& log_;
  const pipeline::RetryOptions retry_;
};

}  // namespace dugout::orchestrator
