// Reads the application: agents/*.yaml, agents/data/*.yaml, routines/<flow>/NN_name.yaml. Every
// finding has file, line, column and a hint; a set with an error is not to be used.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/finding.hpp"
#include "routines/model.hpp"

namespace dugout::routines {

// What the loader needs to know of a tool to check its uses. Filled from the plugins by cli.
struct ToolShape {
  std::string name;
  std::vector<std::string> arguments, required;  // of the arguments' schema
  std::string check_argument;                    // empty = not usable under `check:`
  bool has_effects = false;
  bool operator==(const ToolShape&) const = default;
};

struct Known {
  std::vector<ToolShape> tools;
  std::vector<std::string> parsers, recovery;  // names behind the kind: "structured"
  std::vector<std::string> providers;          // "openai_responses"
  std::vector<std::string> validators;         // "json_structure"
  bool operator==(const Known&) const = default;
};

// root: the folder that holds agents/ and routines/. Loads, then runs the graph checks of
// graph.hpp.
Application load_application(const std::string& root, const Known& known, core::Findings& findings);

}  // namespace dugout::routines
