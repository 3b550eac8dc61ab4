// What a check found in a file a user edits: where, what, and how to mend it.
#pragma once

#include <string>
#include <vector>

#include "dugout/sdk/outcome.hpp"

namespace dugout::core {

struct Finding {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  std::string file;
  int line = 0;    // from 1; 0 = the whole file
  int column = 0;  // from 1
  std::string message;
  std::string hint;  // how to mend it; may be empty

  // "file:line:column: error: message (hint)"
  std::string text() const;
};

using Findings = std::vector<Finding>;

bool has_errors(const Findings& findings);

}  // namespace dugout::core
