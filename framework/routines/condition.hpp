// The `when` of a rule: comparisons and all/any/not, nothing else; no code in YAML.
//   when: age_group.number >= 16
//   when: {all: [played_last_season == Y, {not: kit_needed == N}]}
// A comparison with an unset field is false, whatever the operator, except `is unset`/`is set`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/yaml.hpp"
#include "core/finding.hpp"
#include "routines/values.hpp"

namespace dugout::routines {

struct Condition {
  enum class Kind { kCompare, kAll, kAny, kNot };
  enum class Op { kEq, kNe, kLt, kLe, kGt, kGe, kSet, kUnset };
  Kind kind = Kind::kCompare;
  Op op = Op::kEq;
  std::string left;              // a name, see values.hpp
  std::string right;             // a literal
  std::vector<Condition> parts;  // of all / any / not
  config::Mark mark;

  // Numbers compare as numbers when both sides are numbers, else as text, case-sensitively.
  bool holds(const Values& values) const;
  std::string text() const;                // as an editor would write it
  std::vector<std::string> reads() const;  // the names it looks at
};

std::optional<Condition> parse_condition(const config::Node& node, const std::string& file,
                                         core::Findings& findings);

}  // namespace dugout::routines
