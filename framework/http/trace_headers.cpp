#include "http/trace_headers.hpp"

#include "core/text.hpp"

namespace dugout::http {
namespace {

constexpr auto kTraceHeader = "traceparent";

}  // namespace

std::optional<observability::TraceContext> caller_trace(Exchange& exchange) {
  const std::string* value = nullptr;
  for (const auto& [name, text] : exchange.request()) {
    if (core::lower(name) != kTraceHeader) continue;
    if (value != nullptr) return std::nullopt;
    value = &text;
  }
  if (value == nullptr) return std::nullopt;
  return observability::read_traceparent(core::trim(*value));
}

void answer_trace(Exchange& exchange, const orchestrator::ChatReply& reply) {
  if (!reply.traceparent.empty()) exchange.header(kTraceHeader, reply.traceparent);
}

}  // namespace dugout::http
