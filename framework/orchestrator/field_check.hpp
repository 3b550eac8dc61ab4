// Checks one raw answer against its field: built-in types by answers.hpp, `check:` fields and dates
// by a tool without effects. What comes back is what may be stored.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/draft.hpp"
#include "orchestrator/tool_runner.hpp"
#include "routines/model.hpp"

namespace dugout::orchestrator {

struct Checked {
  std::optional<std::string> value;                        // to store under the field's name
  std::vector<std::pair<std::string, std::string>> saves;  // and beside it
  bool left_out = false;                                   // settled by "none": nothing is stored
  std::string reason;                                      // why it was refused, for the model
  std::string code;                                        // of the refusal, as the check names it
  std::string say;           // what the check would tell the user; may be empty
  bool unavailable = false;  // the check itself failed: nothing is known of the answer

  bool ok() const { return value.has_value() || left_out; }
};

// The code of a refusal because another field has the same value.
inline constexpr auto kSameValue = "same_value";

// The words that the field has for just this refusal, instead of `clarify`; empty = none.
std::string words_for(const routines::Field& field, const Checked& checked, const Draft& draft);

// [worker]
Checked check_field(const routines::Field& field, const std::string& raw, const Draft& draft,
                    ToolRunner& tools, int routine);

// Arguments with every string rendered over the record. A member whose only slot is unset is left
// out, so that an optional value is absent rather than empty.
core::Json render_arguments(const std::vector<std::pair<std::string, core::Json>>& arguments,
                            const routines::Values& values);

// A member of a tool's data by dotted path, as record text; nullopt when absent or null.
std::optional<std::string> result_member(const core::Json& data, const std::string& path);

}  // namespace dugout::orchestrator
