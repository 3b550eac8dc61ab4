#include "orchestrator/pins.hpp"

#include <algorithm>

namespace dugout::orchestrator {
namespace {

// Of many edits within the time that a parent needs for an answer; each has a few kilobytes.
constexpr std::size_t kMostRoutines = 256;

bool leads_into(const routines::Routine& routine, const routines::Flow& flow) {
  const auto there = [&flow](int number) { return number == 0 || flow.find(number) != nullptr; };
  const auto edges_fit = [&there](const std::vector<routines::Edge>& edges) {
    return std::all_of(edges.begin(), edges.end(),
                       [&](const routines::Edge& edge) { return there(edge.go); });
  };
  if (!edges_fit(routine.next) || (routine.repair && !there(routine.repair->then))) return false;
  for (const auto& field : routine.collects) {
    if (!edges_fit(field.corrected)) return false;
  }
  return std::all_of(routine.calls.begin(), routine.calls.end(), [&](const auto& call) {
    return !call.on_failure || there(call.on_failure->go);
  });
}

bool tools_are_there(const routines::Routine& routine, const host::Generation& plugins) {
  const auto known = [&plugins](const std::string& tool) {
    return tool.empty() || plugins.tool(tool) != nullptr;
  };
  return std::all_of(routine.calls.begin(), routine.calls.end(),
                     [&](const auto& call) { return known(call.tool); }) &&
         std::all_of(routine.collects.begin(), routine.collects.end(),
                     [&](const auto& field) { return known(field.tool); });
}

std::shared_ptr<const routines::Application> with_routine(const routines::Application& application,
                                                          const std::string& flow,
                                                          const routines::Routine& routine) {
  auto own = std::make_shared<routines::Application>(application);
  own->flows.at(flow).routines.insert_or_assign(routine.number, routine);
  return own;
}

bool answered(const routines::Routine& routine, const Draft& record) {
  for (const auto& field : routine.collects) {
    if (field.optional || (field.when && !field.when->holds(record))) continue;
    if (!record.has(field.name)) return false;
  }
  for (const auto& call : routine.calls) {
    if (call.when && !call.when->holds(record)) continue;
    for (const auto& [member, field] : call.save) {
      if (!record.has(field)) return false;
    }
  }
  return true;
}

}  // namespace

void Pins::remember(const routines::Application& old, const routines::Application& next) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, flow] : old.flows) {
    const auto after = next.flows.find(name);
    for (const auto& [number, routine] : flow.routines) {
      const auto* now = after == next.flows.end() ? nullptr : after->second.find(number);
      if (now != nullptr && now->hash == routine.hash) continue;
      const auto made = std::make_shared<const routines::Routine>(routine);
      if (routines_.insert_or_assign(routine.hash, made).second) order_.push_back(routine.hash);
    }
  }
  for (; order_.size() > kMostRoutines; order_.pop_front()) routines_.erase(order_.front());
}

std::shared_ptr<const routines::Routine> Pins::remembered(const std::string& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = routines_.find(hash);
  return found == routines_.end() ? nullptr : found->second;
}

Pinned Pins::of(const store::Session& session, const std::string& asked,
                const std::shared_ptr<const routines::Application>& now,
                const host::Generation& plugins, core::WallTime today) const {
  Pinned out{now, false, false, session.routine};
  const auto agent = now->agents.find(session.agent);
  if (session.routine == 0 || agent == now->agents.end()) return out;
  const auto flow = now->flows.find(agent->second.flow);
  if (flow == now->flows.end()) return out;
  const auto* routine = flow->second.find(session.routine);
  if (routine != nullptr && (asked.empty() || asked == routine->hash)) return out;

  const auto old = remembered(asked);
  if (old != nullptr && old->number == session.routine && leads_into(*old, flow->second) &&
      tools_are_there(*old, plugins)) {
    out.application = with_routine(*now, flow->first, *old);
    out.old_routine = true;
    return out;
  }
  // Of a question that nobody remembers, as after a restart, the answer is tried all the same.
  if (routine != nullptr && old == nullptr) return out;
  out.asked_anew = true;
  if (routine != nullptr) return out;
  Draft record(now->settings, today);
  record.load(session.record);
  out.routine = place_by_record(flow->second, record);
  return out;
}

int place_by_record(const routines::Flow& flow, const Draft& record) {
  auto number = flow.start;
  for (auto left = flow.routines.size(); left > 0; --left) {
    const auto* routine = flow.find(number);
    if (routine == nullptr || routine->kind == routines::RoutineKind::kEnd) break;
    if (!answered(*routine, record)) break;
    const auto edge = std::find_if(
        routine->next.begin(), routine->next.end(),
        [&record](const auto& rule) { return !rule.when || rule.when->holds(record); });
    if (edge == routine->next.end() || flow.find(edge->go) == nullptr) break;
    number = edge->go;
  }
  return number;
}

}  // namespace dugout::orchestrator
