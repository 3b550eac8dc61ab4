// The header traceparent: what is followed is written as it was read.
#include "observability/trace_context.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(trace) {
  const auto read = observability::read_traceparent(input);
  if (!read) return;
  constexpr std::string_view kHex = "0123456789abcdef";
  require(read->trace_id.size() == 32 && read->span_id.size() == 16, "ids have their length");
  for (const auto* id : {&read->trace_id, &read->span_id}) {
    require(id->find_first_not_of(kHex) == id->npos, "and are lower-case hex");
    require(id->find_first_not_of('0') != id->npos, "and not zero");
  }
  require(observability::read_traceparent(observability::traceparent(*read)) == read,
          "what is written is read again");
}
