// Which routines can be entered, and from which an end can be reached. Iterative: the size of a
// flow is an editor's choice.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "routines/graph_checks.hpp"

namespace dugout::routines {
namespace {

// Everything reachable over `edges` from `seen`, which is included; backwards if asked.
std::set<int> spread(std::set<int> seen, const std::vector<GraphEdge>& all, bool backwards) {
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& edge : all) {
      const int from = backwards ? edge.to : edge.from;
      const int to = backwards ? edge.from : edge.to;
      grown = (seen.contains(from) && seen.insert(to).second) || grown;
    }
  }
  return seen;
}

std::string near_numbers(const Flow& flow, int number) {
  std::string hint = "known near it:";
  for (const auto& [other, routine] : flow.routines) {
    if (std::abs(other - number) <= 2) hint += " " + std::to_string(other) + " " + routine.name;
  }
  return hint.ends_with(':') ? "there is no file with this number" : hint;
}

void check_target(const Flow& flow, const Routine& routine, int go, Mark mark,
                  core::Findings& findings) {
  if (go == 0 || flow.find(go) != nullptr) return;
  FileFindings{routine.file, findings}.error(
      mark, "routine " + std::to_string(go) + " does not exist", near_numbers(flow, go));
}

void check_targets(const Flow& flow, const Routine& routine, core::Findings& findings) {
  for (const auto& edge : routine.next) {
    check_target(flow, routine, edge.go, edge.mark, findings);
  }
  for (const auto& call : routine.calls) {
    if (!call.on_failure) continue;
    check_target(flow, routine, call.on_failure->go, call.on_failure->mark, findings);
  }
  for (const auto& field : routine.collects) {
    for (const auto& rule : field.corrected) {
      check_target(flow, routine, rule.go, rule.mark, findings);
    }
  }
  if (routine.repair) check_target(flow, routine, routine.repair->then, routine.mark, findings);
}

// Routes run without the user, so a circle of them would never stop.
void check_route_circles(const Flow& flow, const std::vector<GraphEdge>& all,
                         core::Findings& findings) {
  const auto is_route = [&flow](int number) {
    const auto* routine = flow.find(number);
    return routine != nullptr && routine->kind == RoutineKind::kRoute;
  };
  std::vector<GraphEdge> between;
  std::copy_if(all.begin(), all.end(), std::back_inserter(between),
               [&](const auto& edge) { return is_route(edge.from) && is_route(edge.to); });
  for (const auto& [number, routine] : flow.routines) {
    if (!is_route(number)) continue;
    std::set<int> next;
    for (const auto& edge : between) {
      if (edge.from == number) next.insert(edge.to);
    }
    if (!spread(next, between, false).contains(number)) continue;
    FileFindings{routine.file, findings}.error(
        routine.mark, "the route leads back to itself without asking anything",
        "let one of its rules go to a routine that asks");
  }
}

}  // namespace

void check_late_corrections(const Flow& flow, core::Findings& findings) {
  if (!flow.corrections) return;
  const FileFindings out{flow.folder + "/flow.yaml", findings};
  for (const auto number : flow.corrections->from) {
    const auto* routine = flow.find(number);
    if (routine != nullptr && routine->kind != RoutineKind::kRoute) continue;
    out.error(flow.corrections->mark,
              "corrections: routine " + std::to_string(number) + " takes no answers",
              "from: routines that ask, or ends");
  }
  const auto& from = flow.corrections->from;
  for (const auto number : flow.corrections->back) {
    const auto* routine = flow.find(number);
    const bool twice = std::find(from.begin(), from.end(), number) != from.end();
    if (routine != nullptr && routine->kind == RoutineKind::kAsk && !twice) continue;
    out.error(
        flow.corrections->mark,
        "corrections: there is no way back to routine " + std::to_string(number),
        twice ? "it is under \"from\" too; leave it in one of the two" : "back: routines that ask");
  }
  const auto* target = flow.find(flow.corrections->go);
  if (target != nullptr && corrects(*target)) return;
  out.error(
      flow.corrections->mark,
      "corrections: routine " + std::to_string(flow.corrections->go) + " takes no corrections",
      "go: a routine with a field of type correction");
}

void check_reach(const Flow& flow, core::Findings& findings) {
  check_late_corrections(flow, findings);
  const auto all = edges(flow);
  std::set<int> ends;
  for (const auto& [number, routine] : flow.routines) {
    check_targets(flow, routine, findings);
    if (routine.kind == RoutineKind::kEnd) ends.insert(number);
  }
  if (ends.empty()) {
    const auto& first = flow.routines.begin()->second;
    FileFindings{first.file, findings}.error(first.mark, "the flow has no end",
                                             "give its last routine kind: end");
  }
  const auto reached = spread({flow.start}, all, false);
  const auto ending = spread(ends, all, true);
  for (const auto& [number, routine] : flow.routines) {
    const FileFindings out{routine.file, findings};
    if (!reached.contains(number)) {
      out.error(routine.mark, "routine " + std::to_string(number) + " is never reached",
                "let a rule of another routine go to it, or delete the file");
    }
    if (!ends.empty() && !ending.contains(number)) {
      out.error(routine.mark,
                "dead end: no way leads from routine " + std::to_string(number) + " to an end",
                routine.next.empty() ? "add next rules, or set kind: end" : "");
    }
  }
  check_route_circles(flow, all, findings);
}

}  // namespace dugout::routines
