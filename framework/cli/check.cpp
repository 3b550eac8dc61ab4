// `dugout check` and `dugout graph`: the YAML, the plugins and the settings, without serving.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "routines/graph.hpp"

namespace dugout::cli {
namespace {

// Graphviz turns DOT into SVG; the text goes through a file, so nothing is quoted for a shell.
int draw(const std::string& dot, const std::string& output) {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) {
    std::cerr << "Graphviz is not installed; install the package graphviz, or use --format dot or "
                 "mermaid\n";
    return kEnvironment;
  }
  const auto source =
      std::filesystem::temp_directory_path() / ("dugout-" + std::to_string(getpid()) + ".dot");
  const auto drawn = source.string() + ".svg";
  std::ofstream(source) << dot;
  const auto command = "dot -Tsvg -o " + drawn + " " + source.string();
  const bool done = std::system(command.c_str()) == 0;
  std::filesystem::remove(source);
  if (!done) {
    std::cerr << "dot failed\n";
    return kEnvironment;
  }
  std::ifstream svg(drawn);
  if (output.empty()) {
    std::cout << svg.rdbuf();
  } else {
    std::ofstream(output) << svg.rdbuf();
  }
  svg.close();
  std::filesystem::remove(drawn);
  return kGood;
}

}  // namespace

int check(const AppOptions& options) {
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  const auto style = Style::for_stdout();
  const auto& application = *set.application();
  std::size_t routines = 0, loaded = 0;
  for (const auto& [name, flow] : application.flows) routines += flow.routines.size();
  for (const auto& plugin : set.plugins()->plugins()) loaded += plugin.state == "loaded" ? 1 : 0;
  std::cout << style.good("good") << "  " << application.agents.size() << " agents, "
            << application.flows.size() << " flows, " << routines << " routines, " << loaded
            << " plugins; no findings that stop a start\n";
  return kGood;
}

int graph(const AppOptions& options, const GraphOptions& graph_options) {
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  const auto& flows = set.application()->flows;
  const auto flow = flows.find(graph_options.flow);
  if (flow == flows.end()) {
    std::cerr << "there is no flow called " << graph_options.flow << "; there is:";
    for (const auto& [name, known] : flows) std::cerr << " " << name;
    std::cerr << "\n";
    return kUsage;
  }
  if (graph_options.format == "svg")
    return draw(routines::to_dot(flow->second), graph_options.output);
  const auto text = graph_options.format == "dot" ? routines::to_dot(flow->second)
                                                  : routines::to_mermaid(flow->second);
  if (graph_options.output.empty()) {
    std::cout << text;
    return kGood;
  }
  std::ofstream file(graph_options.output);
  file << text;
  if (!file) {
    std::cerr << "cannot write " << graph_options.output << "\n";
    return kEnvironment;
  }
  return kGood;
}

}  // namespace dugout::cli
