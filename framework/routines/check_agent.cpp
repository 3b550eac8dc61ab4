// What an agent names outside its own file: flow, tools, parsers, recovery, providers, and the
// names its welcome reads. Marks are found again in the file's tree, which is small.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

std::vector<std::string> names_of(const std::vector<ToolShape>& tools) {
  std::vector<std::string> out;
  for (const auto& tool : tools) out.push_back(tool.name);
  return out;
}

class AgentCheck {
 public:
  AgentCheck(const Agent& agent, core::Findings& findings)
      : agent_(agent), out_{agent.file, findings} {
    core::Findings ignored;  // the file was read once before, and its findings are known
    if (auto file = config::load_yaml(agent.file, ignored)) root_ = std::move(file->root);
  }

  // Nothing is known in a test without plugins; then nothing can be wrong.
  void each(std::string_view key, const std::vector<std::string>& names,
            const std::vector<std::string>& known, const std::string& what) const {
    if (known.empty()) return;
    for (std::size_t i = 0; i < names.size(); ++i) one(key, i, names[i], known, what);
  }

  void one(std::string_view key, std::size_t index, const std::string& name,
           const std::vector<std::string>& known, const std::string& what) const {
    unknown(mark(key, index), name, known, what);
  }

  void unknown(config::Mark at, const std::string& name, const std::vector<std::string>& known,
               const std::string& what) const {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    const auto near = config::nearest(name, known);
    out_.error(at, "unknown " + what + " \"" + name + "\"",
               near.empty() ? "" : "did you mean " + near + "?");
  }

  void validators(const std::vector<std::string>& known) const {
    if (known.empty()) return;
    for (const auto& use : agent_.validators) unknown(use.mark, use.name, known, "validator");
  }

  // Outside a flow no rule of the server's says when a tool is due, and nothing is pinned: what it
  // does would be a model's choice.
  void no_effects(const std::vector<ToolShape>& tools) const {
    for (std::size_t i = 0; i < agent_.tools.size(); ++i) {
      const auto& name = agent_.tools[i];
      const bool acts = std::any_of(tools.begin(), tools.end(), [&name](const ToolShape& tool) {
        return tool.name == name && tool.has_effects;
      });
      if (!acts) continue;
      out_.error(mark("tools", i), "tool \"" + name + "\" has effects, and the agent has no flow",
                 "put it under calls of a routine, where the server decides when it runs");
    }
  }

  void target(std::string_view key, std::size_t index, const std::string& name,
              const std::vector<std::string>& providers) const {
    const auto slash = name.find('/');
    if (slash == name.npos || providers.empty()) return;
    one(key, index, name.substr(0, slash), providers, "provider");
  }

  void welcome(const Application& application) const {
    const auto flow = application.flows.find(agent_.flow);
    if (flow == application.flows.end()) return;
    auto known = flow->second.given;
    for (const auto& [name, value] : application.settings) known.push_back(name);
    for (const auto& name : slots(agent_.welcome))
      one("welcome", 0, base_name(name), known, "name");
  }

 private:
  config::Mark mark(std::string_view key, std::size_t index) const {
    const auto* node = root_.find(key);
    if (node == nullptr) return root_.mark;
    return node->is_list() && index < node->items.size() ? node->items[index].mark : node->mark;
  }

  const Agent& agent_;
  FileFindings out_;
  config::Node root_;
};

}  // namespace

void check_agent(const Agent& agent, const Application& application, const Known& known,
                 core::Findings& findings) {
  const AgentCheck check(agent, findings);
  if (!agent.flow.empty()) {
    std::vector<std::string> flows;
    for (const auto& [name, flow] : application.flows) flows.push_back(name);
    check.one("flow", 0, agent.flow, flows, "flow");
    check.welcome(application);
  }
  check.each("tools", agent.tools, names_of(known.tools), "tool");
  if (agent.flow.empty()) check.no_effects(known.tools);
  check.each("parsers", agent.parsers, known.parsers, "parser");
  check.each("recovery", agent.recovery, known.recovery, "recovery strategy");
  check.validators(known.validators);
  check.target("model", 0, agent.model, known.providers);
  for (std::size_t i = 0; i < agent.fallbacks.size(); ++i) {
    check.target("fallbacks", i, agent.fallbacks[i], known.providers);
  }
}

}  // namespace dugout::routines
