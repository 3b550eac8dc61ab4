// A finished turn as OTLP/HTTP JSON writes it (ExportTraceServiceRequest of
// opentelemetry-proto 1.x, lowerCamelCase, ids as hex, 64-bit integers as text). Attribute names
// are those of OpenTelemetry's GenAI conventions where there are such, `dugout.` otherwise. Pure.
// [any]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "observability/turn_report.hpp"

namespace dugout::observability {

// The spans of a turn, separated by commas and without brackets, so that those of many turns fill
// one request. Attributes that carry what was said are left out unless `texts`.
std::string spans_json(const TurnReport& report, bool texts);

// What all spans come from.
struct TraceSource {
  std::string service = "dugout";
  std::string version;
  std::string instance;  // of this process
};

// The request around `spans`: texts of spans_json(), none of them empty.
std::string export_request(const TraceSource& source, const std::vector<std::string>& spans);

// How many spans the receiver did not take, by its answer to an accepted request; 0 when it says
// nothing that can be read.
std::uint64_t rejected_spans(std::string_view answer);

// Is a trace that begins here recorded? The same answer in every process that is asked for the same
// id and share, from 0 to 1.
bool in_sample(std::string_view trace_id, double share);

// Does a span's attribute of this name carry what was said?
bool carries_text(std::string_view attribute);

}  // namespace dugout::observability
