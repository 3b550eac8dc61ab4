// Reads JSON as models write it and gives back strict JSON. One pass, no recursion. [any]
#pragma once

#include <string>
#include <string_view>

namespace structured {

struct Repair {
  // kCutOff: the text ends inside the value. Nobody knows what was to come: it is never completed.
  enum class End { kComplete, kCutOff, kBroken };
  End end = End::kBroken;
  std::string json;          // of kComplete; scalars are for the strict reader to check
  std::size_t consumed = 0;  // of kComplete: bytes of the value
};

// Reads the object or array at the start of `text`; what follows it does not matter. Repairs
// trailing commas, single quotes, unquoted keys, True/False/None, comments, and raw control
// characters in strings.
Repair repair(std::string_view text);

}  // namespace structured
