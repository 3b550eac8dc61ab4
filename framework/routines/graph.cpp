#include "routines/graph.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "routines/graph_checks.hpp"

namespace dugout::routines {
namespace {

void add(std::vector<GraphEdge>& out, int from, int to, std::string why,
         EdgeKind kind = EdgeKind::kRule) {
  if (to != 0) out.push_back({from, to, std::move(why), kind});
}

}  // namespace

std::vector<CorrectedRule> corrected_rules(const Flow& flow) {
  std::vector<CorrectedRule> out;
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      for (const auto& rule : field.corrected) out.push_back({routine, field, rule});
    }
  }
  return out;
}

bool takes_late_corrections(const Flow& flow, int number) {
  if (!flow.corrections) return false;
  const auto& from = flow.corrections->from;
  return std::find(from.begin(), from.end(), number) != from.end();
}

bool corrects(const Routine& routine) {
  return std::any_of(routine.collects.begin(), routine.collects.end(),
                     [](const auto& field) { return field.type == FieldType::kCorrection; });
}

std::vector<GraphEdge> edges(const Flow& flow) {
  std::vector<GraphEdge> out;
  for (const auto& [number, routine] : flow.routines) {
    if (corrects(routine)) {
      for (const auto& [home, field, rule] : corrected_rules(flow)) {
        add(out, number, rule.go, field.name + " is corrected", EdgeKind::kCorrection);
      }
    }
    for (const auto& call : routine.calls) {
      if (!call.on_failure) continue;
      add(out, number, call.on_failure->go, "on failure of " + call.tool, EdgeKind::kFailure);
    }
    if (takes_late_corrections(flow, number)) {
      add(out, number, flow.corrections->go, "a detail is corrected", EdgeKind::kCorrection);
    }
    for (const auto& edge : routine.next) {
      const bool only = routine.next.size() == 1;
      add(out, number, edge.go, edge.when ? edge.when->text() : only ? "always" : "otherwise");
    }
    if (routine.repair) {
      add(out, number, routine.repair->then,
          "after " + std::to_string(routine.repair->attempts) + " refusals", EdgeKind::kRepair);
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
