#include "routines/load.hpp"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "routines/graph.hpp"
#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

namespace fs = std::filesystem;

void load_flows(const std::string& folder, Application& application, core::Findings& findings) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_directory(error) || it->path().filename().string().starts_with('.')) continue;
    auto flow = load_flow(it->path().string(), findings);
    if (flow.routines.empty()) {
      FileFindings{flow.folder, findings}.error({}, "the flow has no usable routine",
                                                "add files named NN_name.yaml");
    }
    application.flows.emplace(flow.name, std::move(flow));
  }
}

}  // namespace

Application load_application(const std::string& root, const Known& known,
                             core::Findings& findings) {
  Application application;
  const auto agents = (fs::path(root) / "agents").string();
  const auto flows = (fs::path(root) / "routines").string();
  std::error_code error;
  if (!fs::is_directory(agents, error)) {
    FileFindings{agents, findings}.error({}, "there is no folder of agents",
                                         "the root holds agents/ and routines/");
    return application;
  }
  load_data((fs::path(agents) / "data").string(), application, findings);
  if (fs::is_directory(flows, error)) load_flows(flows, application, findings);
  application.page =
      load_page((fs::path(agents) / kPageFile).string(), application.settings, known, findings);
  for (const auto& path : yaml_files(agents, findings)) {
    if (fs::path(path).filename() == kPageFile) continue;
    if (auto agent = load_agent(path, application.settings, findings)) {
      application.agents.emplace(agent->name, *std::move(agent));
    }
  }
  for (const auto& [name, flow] : application.flows) {
    if (!flow.routines.empty()) check_graph(flow, application.settings, known, findings);
  }
  for (const auto& [name, agent] : application.agents) {
    check_agent(agent, application, known, findings);
  }
  return application;
}

}  // namespace dugout::routines
