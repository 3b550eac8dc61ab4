// Reading values by name, for templates and conditions. A name is a record field, a setting
// ("club.contact_email"), or either followed by a property:
//   .age      whole years since a DD-MM-YYYY date, at the reader's today
//   .number   the digits of a text as an integer: "u16" -> 16
//   .length   characters
//   .upper .lower .title   letter case
//   .last3    the last three characters
//   .spaced   a phone number in groups, for reading back
//   .yes_no   "yes" for Y, "no" for N
// "now" is the time of the turn in UTC, as 2025-10-01T12:00:00Z, unless a field has that name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace dugout::routines {

inline constexpr std::string_view kNow = "now";

class Values {
 public:
  virtual ~Values() = default;
  // nullopt = not set.
  virtual std::optional<std::string> get(std::string_view name) const = 0;
  virtual core::WallTime today() const = 0;
  // How the value of a slot stands in a text.
  virtual std::string shown(std::string_view /*name*/, std::string value) const { return value; }
};

// Resolves a name with its property. nullopt = not set, or the property does not fit.
std::optional<std::string> resolve(std::string_view name, const Values& values);

// Replaces each {name}. A line in which a slot is not set is left out when the text has several
// lines; in a single line the slot becomes empty and white space is tidied. "{{" is a brace.
std::string render(std::string_view text, const Values& values);

// The names a template reads, properties included.
std::vector<std::string> slots(std::string_view text);
// The field behind a name: "age_group.number" -> "age_group".
std::string base_name(std::string_view name);

}  // namespace dugout::routines
