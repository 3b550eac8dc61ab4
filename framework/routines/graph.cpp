#include "routines/graph.hpp"

#include <nlohmann/json.hpp>

#include "routines/graph_checks.hpp"

namespace dugout::routines {
namespace {

void add(std::vector<GraphEdge>& out, int from, int to, std::string why) {
  if (to != 0) out.push_back({from, to, std::move(why)});
}

}  // namespace

std::vector<GraphEdge> edges(const Flow& flow) {
  std::vector<GraphEdge> out;
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& call : routine.calls) {
      if (call.on_failure) add(out, number, call.on_failure->go, "on failure of " + call.tool);
    }
    for (const auto& edge : routine.next) {
      const bool only = routine.next.size() == 1;
      add(out, number, edge.go, edge.when ? edge.when->text() : only ? "always" : "otherwise");
    }
    if (routine.repair) {
      add(out, number, routine.repair->then,
          "after " + std::to_string(routine.repair->attempts) + " refusals");
    }
  }
  return out;
}

void check_graph(const Flow& flow, const std::map<std::string, std::string>& settings,
                 const Known& known, core::Findings& findings) {
  check_reach(flow, findings);
  check_conditions(flow, findings);
  check_reads(flow, settings, findings);
  check_tools(flow, known, findings);
}

}  // namespace dugout::routines
