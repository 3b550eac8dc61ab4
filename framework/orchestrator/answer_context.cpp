#include "orchestrator/answer_context.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "routines/graph.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;

// Routines that a turn may pass through without the user being asked there.
std::set<int> passages(const routines::Flow& flow) {
  std::set<int> out;
  const auto carried = [&out](const std::vector<routines::Edge>& rules) {
    for (const auto& rule : rules) {
      if (rule.carry) out.insert(rule.go);
    }
  };
  for (const auto& [number, routine] : flow.routines) {
    if (routine.kind == routines::RoutineKind::kRoute) out.insert(number);
    carried(routine.next);
    for (const auto& field : routine.collects) carried(field.corrected);
  }
  // A correction that comes late is at once read as an answer to the routine that takes it.
  if (flow.corrections) out.insert(flow.corrections->go);
  return out;
}

}  // namespace

Following following(const routines::Flow& flow) {
  std::map<int, std::set<int>> steps;
  for (const auto& edge : routines::edges(flow)) steps[edge.from].insert(edge.to);
  if (flow.corrections) {
    for (const int number : flow.corrections->back) steps[number].insert(flow.corrections->go);
  }
  const auto through = passages(flow);
  Following out;
  for (const auto& [number, routine] : flow.routines) {
    std::vector<int> open{number};
    std::set<int> seen;
    while (!open.empty()) {
      const auto& further = steps[open.back()];
      open.pop_back();
      for (const int to : further) {
        if (seen.insert(to).second && through.contains(to)) open.push_back(to);
      }
    }
    out[number].assign(seen.begin(), seen.end());
  }
  return out;
}

std::string answer_context(const routines::Agent& agent, const AnswerPlace* place,
                           const Draft& record) {
  Json context{{"agent", agent.name}, {"schema", agent.schema_name}};
  if (place != nullptr) {
    context["routine"] = place->routine;
    // On the way back from a correction any routine that was answered may be passed.
    const bool coming_back = record.has(routines::kCorrectionReturn);
    if (place->next != nullptr && !coming_back) context["next"] = *place->next;
  }
  for (const auto& name : agent.pinned.amounts) {
    if (auto value = record.get(name)) context["amounts"].push_back(std::move(*value));
  }
  for (const auto& [fact, field] : agent.pinned.facts) {
    context["facts"][fact] = record.get(field) == "Y";
  }
  return core::canonical(context);
}

}  // namespace dugout::orchestrator
