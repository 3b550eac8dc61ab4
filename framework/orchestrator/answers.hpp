// Reading what a person typed as a value of a built-in field type, without a model. Pure, [any],
// linear in the length of the text. The same reading checks what a model proposes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routines/model.hpp"

namespace dugout::orchestrator {

struct Reading {
  std::optional<std::string> value;  // as stored
  std::string reason;                // why not: "unclear", "out of range" ...
  bool left_out = false;             // answered with "none": the field is settled and stays unset
};

// The one value whose variants occur in the text as whole words. The longest variant wins where
// they overlap ("not correct" over "correct"); two different values left are unclear.
Reading read_choice(std::string_view text, const std::vector<routines::ChoiceValue>& values);

// "Y" or "N" by everyday variants, and the field's own.
Reading read_yes_no(std::string_view text, const std::vector<routines::ChoiceValue>& own);

// Digits, "15th", "number seven", or the field's own words ("last day" -> -1).
Reading read_integer(std::string_view text, const routines::Field& field);

// Tidied free text within the field's length, pattern and case.
Reading read_text(std::string_view text, const routines::Field& field);

}  // namespace dugout::orchestrator
