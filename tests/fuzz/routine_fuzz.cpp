// One routine file: whatever it holds, findings have a place, and what is kept stays in bounds.
#include "config/yaml.hpp"
#include "routines/load_parts.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(routine) {
  core::Findings findings;
  const auto file = config::parse_yaml(input, "r.yaml", findings, {.bytes = 1U << 16});
  if (!file) return;
  const auto routine = routines::load_routine(file->root, {"r.yaml", findings});
  for (const auto& finding : findings) {
    require(finding.file == "r.yaml" && finding.line > 0, "a finding has a file and a line");
    require(!finding.message.empty(), "and words");
  }
  require(routine || core::has_errors(findings), "what is not usable is an error");
  if (!routine || core::has_errors(findings)) return;
  require(routine->number > 0 && !routine->name.empty(), "a routine has a number and a name");
  for (const auto& edge : routine->next) require(edge.go >= 0, "an edge leads to a number");
  for (const auto& field : routine->collects)
    require(routines::is_field_name(field.name), "a field has a name");
}
