// Where a piece of work belongs in a trace: W3C Trace Context, level 1 (`traceparent`). Pure. [any]
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dugout::observability {

struct TraceContext {
  std::string trace_id;  // 32 lower-case hex digits, not all zero
  std::string span_id;   // 16 lower-case hex digits, not all zero
  bool sampled = true;   // the caller records; bit 0 of the flags

  bool operator==(const TraceContext&) const = default;
};

// nullopt: not a header that the standard lets us follow; then a trace of our own begins. Versions
// from the future are read as far as version 00 goes.
std::optional<TraceContext> read_traceparent(std::string_view header);

std::string traceparent(const TraceContext& context);

// New random ids; the trace's is the caller's when there is one.
std::string new_trace_id();
std::string new_span_id();

}  // namespace dugout::observability
