#include "observability/trace_context.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace dugout::observability {
namespace {

constexpr std::size_t kTraceDigits = 32, kSpanDigits = 16;

bool lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

// version "-" trace-id "-" parent-id "-" flags, such as 00-<32>-<16>-01
std::optional<TraceContext> read_traceparent(std::string_view header) {
  constexpr std::size_t kLength = 2 + 1 + kTraceDigits + 1 + kSpanDigits + 1 + 2;
  if (header.size() < kLength) return std::nullopt;
  const auto version = header.substr(0, 2);
  const auto trace = header.substr(3, kTraceDigits);
  const auto span = header.substr(4 + kTraceDigits, kSpanDigits);
  const auto flags = header.substr(kLength - 2, 2);
  const bool dashes =
      header[2] == '-' && header[3 + kTraceDigits] == '-' && header[kLength - 3] == '-';
  const bool ends = header.size() == kLength || (version != "00" && header[kLength] == '-');
  if (!dashes || !ends || version == "ff" || !lower_hex(version) || !lower_hex(flags))
    return std::nullopt;
  if (!lower_hex(trace) || !lower_hex(span) || all_zero(trace) || all_zero(span))
    return std::nullopt;
  const char low = flags[1];
  const int bits = low <= '9' ? low - '0' : low - 'a' + 10;
  return TraceContext{std::string(trace), std::string(span), (bits & 1) != 0};
}

std::string traceparent(const TraceContext& context) {
  return "00-" + context.trace_id + "-" + context.span_id + (context.sampled ? "-01" : "-00");
}

std::string new_trace_id() {
  return core::new_id("");
}

// The standard forbids a span of zeros; the kernel's 64 bits are that once in an age, not never.
std::string new_span_id() {
  auto id = core::new_id("").substr(0, kSpanDigits);
  if (all_zero(id)) id.back() = '1';
  return id;
}

}  // namespace dugout::observability
