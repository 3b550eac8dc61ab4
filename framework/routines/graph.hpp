// A flow as a graph: the checks at load, and the picture of it.
#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"
#include "routines/load.hpp"
#include "routines/model.hpp"

namespace dugout::routines {

// By a rule of `next`, when a detail is corrected, when asking is given up, when a tool fails: from
// the usual to the rare.
enum class EdgeKind { kRule, kCorrection, kRepair, kFailure };

struct GraphEdge {
  int from = 0, to = 0;
  // The condition as text, "otherwise", "on failure of <tool>", "after 3 refusals".
  std::string why;
  EdgeKind kind = EdgeKind::kRule;
  bool operator==(const GraphEdge&) const = default;
};

// All edges, self-edges that a rule names included; the implicit stay on a refused answer is not.
std::vector<GraphEdge> edges(const Flow& flow);

// Missing targets, unreachable routines, dead ends, a field read before it can be set, a tool or
// argument that does not exist, a `when` that cannot hold, rules behind a rule without `when`.
void check_graph(const Flow& flow, const std::map<std::string, std::string>& settings,
                 const Known& known, core::Findings& findings);

std::string to_dot(const Flow& flow);
std::string to_mermaid(const Flow& flow);

}  // namespace dugout::routines
