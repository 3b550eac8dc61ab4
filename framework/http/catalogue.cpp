// GET /api/routines, /api/agents, /api/plugins: what is loaded, without secrets and without data.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/endpoints.hpp"

namespace dugout::http {

using core::Json;

void serve_routines(Service& service, Exchange& exchange) {
  Json flows = Json::array();
  const auto application = service.orchestrator.application();
  for (const auto& [name, flow] : application->flows) {
    Json routines = Json::array();
    for (const auto& [number, routine] : flow.routines) {
      Json fields = Json::array(), next = Json::array();
      for (const auto& field : routine.collects) fields.push_back(field.name);
      for (const auto& edge : routine.next) next.push_back(edge.go);
      routines.push_back({{"number", number},
                          {"name", routine.name},
                          {"title", routine.title},
                          {"collects", fields},
                          {"next", next}});
    }
    flows.push_back({{"name", name}, {"start", flow.start}, {"routines", routines}});
  }
  exchange.json(200, core::canonical(Json{{"flows", flows}}));
}

void serve_agents(Service& service, Exchange& exchange) {
  Json agents = Json::array();
  const auto application = service.orchestrator.application();
  for (const auto& [name, agent] : application->agents) {
    agents.push_back({{"name", name},
                      {"flow", agent.flow},
                      {"model", agent.model},
                      {"fallbacks", agent.fallbacks},
                      {"parsers", agent.parsers},
                      {"recovery", agent.recovery},
                      {"tools", agent.tools}});
  }
  exchange.json(200, core::canonical(Json{{"agents", agents}}));
}

void serve_plugins(Service& service, Exchange& exchange) {
  Json plugins = Json::array();
  const auto generation = service.orchestrator.plugins();
  for (const auto& info : generation->plugins()) {
    const auto counts = generation->counts(info.manifest.id);
    plugins.push_back({{"id", info.manifest.id},
                       {"version", info.manifest.version},
                       {"faces", info.manifest.faces},
                       {"state", info.state},
                       {"health", generation->health(info.manifest.id)},
                       {"isolation", info.manifest.isolated ? "process" : "none"},
                       {"errors", counts.errors},
                       {"slow", counts.slow},
                       {"restarts", counts.restarts},
                       {"why", info.why}});
  }
  exchange.json(200, core::canonical(Json{{"plugins", plugins}}));
}

}  // namespace dugout::http
