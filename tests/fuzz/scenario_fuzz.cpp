// A scenario of the fault bench: findings have a place, times and shares are in their ranges.
#include "chaos/scenario.hpp"

#include "memory_file.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(scenario) {
  const fuzz::MemoryFile file(input.substr(0, 1U << 16));
  core::Findings findings;
  const auto scenario = chaos::load_scenario(file.path(), findings);
  for (const auto& finding : findings) {
    require(finding.file == file.path() && !finding.message.empty(),
            "a finding says what and where");
  }
  require(scenario.has_value() || core::has_errors(findings), "what is not usable has an error");
  if (!scenario) return;
  require(scenario->turns_per_second > 0 && scenario->lasts > 0, "turns come");
  for (const auto& fault : scenario->faults) {
    require(fault.share >= 0 && fault.share <= 1, "a share is one");
    scenario->strikes(fault, "openai_chat/x", 1.5);
  }
}
