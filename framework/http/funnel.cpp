#include "http/funnel.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/flow_order.hpp"
#include "http/overview_query.hpp"

namespace dugout::http {
namespace {

using core::Json;

bool speaks_in(const routines::Application& application, const std::string& agent,
               const std::string& flow) {
  const auto found = application.agents.find(agent);
  return found != application.agents.end() && found->second.flow == flow;
}

// Sessions of before anything was counted stand somewhere, too: who stands there has reached it.
void settle_step(FunnelStep& step, bool end) {
  step.reached = std::max(step.reached, step.here + step.stopped);
  if (end) step.here = step.stopped = 0;
  step.left = step.reached - step.here - step.stopped;
}

Json funnel_json(const std::string& name, const routines::Flow& flow, const Funnel& funnel) {
  Json steps = Json::array();
  for (const auto number : flow_order(flow)) {
    const auto& routine = flow.routines.at(number);
    const auto& step = funnel.steps.at(number);
    steps.push_back({{"routine", number},
                     {"name", routine.name},
                     {"title", routine.title},
                     {"end", routine.kind == routines::RoutineKind::kEnd},
                     {"reached", step.reached},
                     {"left", step.left},
                     {"here", step.here},
                     {"stopped", step.stopped},
                     {"median_s", step.median_s ? Json(*step.median_s) : Json(nullptr)}});
  }
  return {{"flow", name}, {"steps", std::move(steps)}};
}

}  // namespace

Funnel funnel_of(const routines::Flow& flow, const routines::Application& application,
                 const store::FlowTraffic& traffic,
                 const std::vector<store::StandCount>& standing) {
  Funnel funnel;
  for (const auto& [number, routine] : flow.routines) funnel.steps[number] = {};
  for (const auto& count : traffic.routines) {
    const auto step = funnel.steps.find(count.routine);
    if (step == funnel.steps.end()) continue;
    step->second.reached = count.reached;
    step->second.median_s = count.median_s;
  }
  for (const auto& count : standing) {
    const auto step = funnel.steps.find(count.routine);
    if (step == funnel.steps.end() || !speaks_in(application, count.agent, flow.name)) continue;
    step->second.here += count.fresh;
    step->second.stopped += count.stopped;
  }
  for (auto& [number, step] : funnel.steps) {
    settle_step(step, flow.routines.at(number).kind == routines::RoutineKind::kEnd);
  }
  for (const auto& edge : traffic.edges) funnel.traffic[{edge.from, edge.to}] += edge.taken;
  return funnel;
}

void serve_funnel(Service& service, Exchange& exchange) {
  const OverviewGate gate(service, exchange);
  if (!gate.admitted()) return;
  OverviewQuery query(exchange);
  const auto before = stopped_before(service, query);
  if (query.refused(service, exchange)) return;
  auto& store = *service.options.store;
  const auto standing = store.standing(before);
  if (!standing) return exchange.problem(overview_problem(standing.error()), service.clock);
  const auto loaded = service.orchestrator.application();
  const auto& application = *loaded;
  Json flows = Json::array();
  for (const auto& [name, flow] : application.flows) {
    const auto traffic = store.traffic(name, 0);
    if (!traffic) return exchange.problem(overview_problem(traffic.error()), service.clock);
    flows.push_back(funnel_json(name, flow, funnel_of(flow, application, *traffic, *standing)));
  }
  exchange.json(200, core::canonical(Json{{"flows", std::move(flows)}}));
}

}  // namespace dugout::http
