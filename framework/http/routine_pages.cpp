// GET /api/flows and /api/flows/{flow}: what editors see of the routines. The picture and the texts
// are those that run; files and findings are as they are on the disk now, so that an editor sees
// why what was saved does not serve.
#include <nlohmann/json.hpp>

#include "http/flow_order.hpp"
#include "http/overview_query.hpp"
#include "http/routine_json.hpp"
#include "store/store.hpp"

namespace dugout::http {
namespace {

using core::Json;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMostDays = 3650;

// "new_registration" -> "New registration"
std::string flow_title(std::string name) {
  for (auto& c : name) c = c == '_' ? ' ' : c;
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  return name;
}

// The findings of one flow: those of each routine's file, and the others that concern it.
struct FlowFindings {
  std::map<std::string, core::Findings> of_file;
  core::Findings others;
  int errors = 0, warnings = 0;
};

FlowFindings findings_of(const routines::Flow& flow, const routines::Application& application,
                         const core::Findings& all) {
  FlowFindings out;
  for (const auto& [number, routine] : flow.routines) out.of_file[routine.file];
  const auto of_agent = [&](const std::string& file) {
    for (const auto& [name, agent] : application.agents) {
      if (agent.file == file && agent.flow == flow.name) return true;
    }
    return false;
  };
  for (const auto& finding : all) {
    const auto own = out.of_file.find(finding.file);
    const bool in_folder = finding.file == flow.folder ||
                           finding.file.substr(0, flow.folder.size() + 1) == flow.folder + "/";
    if (own == out.of_file.end() && !in_folder && !of_agent(finding.file)) continue;
    (own == out.of_file.end() ? out.others : own->second).push_back(finding);
    ++(finding.severity == core::Finding::Severity::kError ? out.errors : out.warnings);
  }
  return out;
}

core::Findings check_now(Service& service) {
  return service.options.check ? service.options.check() : core::Findings{};
}

std::vector<std::string> agents_of(const routines::Flow& flow,
                                   const routines::Application& application) {
  std::vector<std::string> names;
  for (const auto& [name, agent] : application.agents) {
    if (agent.flow == flow.name) names.push_back(name);
  }
  return names;
}

Json flow_head(const routines::Flow& flow, const routines::Application& application,
               const FlowFindings& findings) {
  return {{"flow", flow.name},         {"title", flow_title(flow.name)},
          {"start", flow.start},       {"agents", agents_of(flow, application)},
          {"errors", findings.errors}, {"warnings", findings.warnings}};
}

struct FlowPage {
  Service& service;
  const routines::Application& application;
  const routines::Flow& flow;
  const Funnel& funnel;

  std::string json() const;
};

std::string FlowPage::json() const {
  const auto findings = findings_of(flow, application, check_now(service));
  const ShownPaths paths(flow);
  const SampleValues values(flow, application.settings, service.clock.wall_now());
  auto out = flow_head(flow, application, findings);
  out["findings"] = findings_json(findings.others, paths);
  out["edges"] = edges_json(flow, funnel);
  out["routines"] = Json::array();
  for (const auto number : flow_order(flow)) {
    const auto& routine = flow.routines.at(number);
    out["routines"].push_back(routine_json(
        {routine, funnel.steps.at(number), values, paths, findings.of_file.at(routine.file)}));
  }
  return core::canonical(out);
}

}  // namespace

void serve_flows(Service& service, Exchange& exchange) {
  const OverviewGate gate(service, exchange);
  if (!gate.admitted()) return;
  const auto loaded = service.orchestrator.application();
  const auto& application = *loaded;
  const auto findings = check_now(service);
  Json flows = Json::array();
  for (const auto& [name, flow] : application.flows) {
    auto head = flow_head(flow, application, findings_of(flow, application, findings));
    head["routines"] = flow.routines.size();
    flows.push_back(std::move(head));
  }
  exchange.json(200, core::canonical(Json{{"flows", std::move(flows)}}));
}

void serve_flow(Service& service, Exchange& exchange) {
  const OverviewGate gate(service, exchange);
  if (!gate.admitted()) return;
  OverviewQuery query(exchange);
  const auto before = stopped_before(service, query);
  const auto days = query.number("days", 0, kMostDays, 0);
  if (query.refused(service, exchange)) return;
  const auto loaded = service.orchestrator.application();
  const auto& application = *loaded;
  const auto flow = application.flows.find(exchange.part("flow"));
  if (flow == application.flows.end()) {
    auto problem = nothing_at(exchange.path());
    problem.detail = "There is no such flow; /api/flows lists them.";
    return exchange.problem(problem, service.clock);
  }
  auto& store = *service.options.store;
  const auto standing = store.standing(before);
  if (!standing) return exchange.problem(overview_problem(standing.error()), service.clock);
  // Today is one of the days.
  const auto since = days == 0 ? 0 : overview_now(service) - (days - 1) * kDayMs;
  const auto traffic = store.traffic(flow->first, since);
  if (!traffic) return exchange.problem(overview_problem(traffic.error()), service.clock);
  const auto funnel = funnel_of(flow->second, application, *traffic, *standing);
  exchange.json(200, FlowPage{service, application, flow->second, funnel}.json());
}

}  // namespace dugout::http
