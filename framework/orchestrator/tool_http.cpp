#include "orchestrator/tool_http.hpp"

#include <algorithm>
#include <optional>

#include "core/text.hpp"
#include "orchestrator/retry_after.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/waits.hpp"

namespace dugout::orchestrator {
namespace {

using LogField = observability::Field;
using pipeline::FailureClass;

// What a try came to; nothing when its answer is one to hand on.
std::optional<FailureClass> class_of(const Outcome<net::HttpResponse>& outcome) {
  if (!outcome) {
    const auto code = outcome.error().code;
    if (code == Code::kTimeout) return FailureClass::kTimeout;
    return code == Code::kUnavailable ? FailureClass::kConnection : FailureClass::kInvalidRequest;
  }
  switch (outcome->status) {
    case 429:
      return FailureClass::kRateLimit;
    case 401:
    case 403:
      return FailureClass::kAuthentication;
    case 503:
      return FailureClass::kOverloaded;
    default:
      return outcome->status >= 500 ? std::optional(FailureClass::kServer) : std::nullopt;
  }
}

// May the request be sent again without doing something twice?
bool harmless(host::Effects effect, FailureClass cls, const Outcome<net::HttpResponse>& outcome) {
  if (effect != host::Effects::kOnce) return true;
  if (cls == FailureClass::kRateLimit) return true;  // turned away
  return !outcome && outcome.error().detail == net::kNeverSent;
}

net::HttpRequest request_of(const host::HttpCall& call) {
  net::HttpRequest request{call.method, call.url, {}, call.body};
  for (const auto& [name, value] : call.headers) request.headers[core::lower(name)] = value;
  return request;
}

// Who is asked, without what is asked: paths and queries may hold personal data.
std::string_view host_of(std::string_view url) {
  const auto start = url.find("://");
  if (start == url.npos) return "";
  url.remove_prefix(start + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

core::Duration server_wish(const Outcome<net::HttpResponse>& outcome, core::WallTime now) {
  if (!outcome) return core::Duration::zero();
  return retry_after(outcome->headers, now).value_or(core::Duration::zero());
}

}  // namespace

pipeline::RetryOptions ToolHttp::tool_retry() {
  pipeline::RetryOptions options;
  options.max_retries = 2;
  options.base_delay = 0.5;
  options.max_total_delay = 5.0;
  options.max_server_delay = 10.0;
  return options;
}

Outcome<host::HttpAnswer> ToolHttp::send(const host::HttpCall& call) {
  const auto request = request_of(call);
  const auto deadline = clock_.now() + call.deadline;
  pipeline::Waits waits(retry_);
  bool may_have_arrived = false;
  for (int tries = 1;; ++tries) {
    const auto left = deadline - clock_.now();
    auto outcome = client_.send(request, std::min<core::Duration>(call.timeout, left));
    const auto cls = class_of(outcome);
    if (!cls) return host::HttpAnswer{outcome->status, outcome->headers, outcome->body, tries};
    may_have_arrived |= outcome.ok() || outcome.error().detail != net::kNeverSent;
    log_.info("service.failed", {LogField::safe("host", host_of(call.url)),
                                 LogField::safe("class", pipeline::name_of(*cls)),
                                 {"status", std::int64_t{outcome ? outcome->status : 0}},
                                 {"try", std::int64_t{tries}}});

    const auto refused_by_server = outcome && should_retry(outcome->headers) == false;
    const bool again = pipeline::rule_of(*cls).then == pipeline::ClassRule::Then::kRetrySame &&
                       harmless(call.effect, *cls, outcome) && !refused_by_server &&
                       tries <= retry_.max_retries;
    const auto wait = again ? waits.next(tries - 1, 1.0, random_) : std::nullopt;
    const auto pause = wait ? std::max(wait->pause, server_wish(outcome, clock_.wall_now()))
                            : core::Duration::zero();
    const bool in_time =
        pause <= pipeline::to_duration(retry_.max_server_delay) && clock_.now() + pause < deadline;
    if (!wait || !in_time || !clock_.sleep(pause, {})) {
      if (outcome) return host::HttpAnswer{outcome->status, outcome->headers, outcome->body, tries};
      auto error = outcome.error();
      error.detail = may_have_arrived ? R"({"sent":true})" : net::kNeverSent;
      return error;
    }
  }
}

}  // namespace dugout::orchestrator
