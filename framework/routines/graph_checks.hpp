// The checks over a whole flow, one function per concern; graph.cpp runs them all. Pure.
#pragma once

#include "routines/graph.hpp"
#include "routines/load_parts.hpp"

namespace dugout::routines {

// The `corrected` rules of a flow, with the routine and field they belong to.
struct CorrectedRule {
  const Routine& home;
  const Field& field;
  const Edge& rule;
};
std::vector<CorrectedRule> corrected_rules(const Flow& flow);
// May a detail be corrected from this routine, by the flow's `corrections`?
bool takes_late_corrections(const Flow& flow, int number);
// Does it collect a correction? Then every corrected rule starts here.
bool corrects(const Routine& routine);

// Targets exist, everything is reached, every routine can come to an end, no route goes in a
// circle.
void check_reach(const Flow& flow, core::Findings& findings);
// Order and conditions of the next rules; conditions that can never hold, anywhere.
void check_conditions(const Flow& flow, core::Findings& findings);
// A field read before anything on the way can have set it.
void check_reads(const Flow& flow, const Settings& settings, core::Findings& findings);
// Tools and their arguments.
void check_tools(const Flow& flow, const Known& known, core::Findings& findings);

}  // namespace dugout::routines
