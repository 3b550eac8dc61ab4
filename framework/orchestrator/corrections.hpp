// A correction of something told earlier: which field is meant, what it should be, and the same
// check as the first time. "change my email to a@example.org", "email is wrong", then
// "a@example.org".
#pragma once

#include <string>
#include <vector>

#include "orchestrator/field_check.hpp"

namespace dugout::orchestrator {

struct Correction {
  enum class Kind { kApplied, kAskValue, kUnclear, kNothing };
  Kind kind = Kind::kUnclear;
  const routines::Field* field = nullptr;  // of kApplied and kAskValue
  int routine = 0;                         // the field's home
  Checked checked;                         // of kApplied; of kAskValue why the value did not do
};

// routines::kCorrectionFields by name: the field that is being corrected, between two turns, and
// what was changed, for the sentence that tells it.
inline constexpr auto kCorrectionField = routines::kCorrectionFields[0];
inline constexpr auto kCorrectionLabel = routines::kCorrectionFields[1];
inline constexpr auto kCorrectionValue = routines::kCorrectionFields[2];

// Does the text say that a detail told earlier is wrong? It names the detail, and says so.
bool asks_for_correction(const std::string& text, const routines::Flow& flow, const Draft& draft);

// Is the text nothing but the wish to change a detail told earlier? "Change my email to ...", "my
// email is wrong"; narrower than the above, as any question of the flow may be open.
bool asks_to_change(const std::string& text, const routines::Flow& flow, int routine,
                    const Draft& draft);

// What may be changed while this routine's question is open, in the order of the flow.
std::vector<const routines::Field*> changeable(const routines::Flow& flow, int routine,
                                               const Draft& draft);

// [worker]
Correction read_correction(const std::string& text, const routines::Flow& flow, const Draft& draft,
                           ToolRunner& tools);

}  // namespace dugout::orchestrator
