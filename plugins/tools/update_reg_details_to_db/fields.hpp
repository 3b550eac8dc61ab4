// The fields of a registration record as this tool takes them: one row each, from which both the
// JSON Schema of the arguments and the checks follow. [any]
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace registration {

enum class Kind {
  kText,      // `min` to `max` characters
  kChoice,    // one of `choices`, any letter case; stored as written here
  kDate,      // DD-MM-YYYY, in the calendar, not in the future
  kTime,      // 2025-10-01T12:00:00Z, not after today
  kAge,       // u and one or two digits, or open
  kMobile,    // stored 07 and nine digits
  kEmail,     // stored in small letters
  kPostcode,  // stored "M41 7QT"
  kMoney,     // pounds, stored with two decimals
  kDay,       // 1 to 31 or -1
  kSetLater,  // another tool's field: only an empty value is taken
  kComputed,  // taken and dropped: the record computes it
};

struct Field {
  std::string_view name;
  Kind kind;
  bool required = false;
  std::size_t min = 1, max = 50;
  std::string_view choices{};  // separated by |
  // Belongs to the state after the first write: never overwritten by registering again.
  bool state = false;
};

std::span<const Field> fields();

// The declaration of the tool, as JSON text.
std::string declaration();

}  // namespace registration
