// The tools a flow names: that they exist, take what they are given, are given what they need, and
// that a check changes nothing.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "routines/graph_checks.hpp"

namespace dugout::routines {
namespace {

using Arguments = std::vector<std::pair<std::string, core::Json>>;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class ToolCheck {
 public:
  ToolCheck(const Known& known, core::Findings& findings) : known_(known), findings_(findings) {
    for (const auto& tool : known.tools) names_.push_back(tool.name);
  }

  void field(const Routine& routine, const Field& field) const {
    const auto* tool = find(routine, field.tool, field.mark);
    if (tool == nullptr) return;
    const FileFindings out{routine.file, findings_};
    if (tool->has_effects) {
      return out.error(field.mark, "tool " + tool->name + " has effects, so it cannot be a check",
                       "put it under calls");
    }
    if (tool->check_argument.empty()) {
      return out.error(field.mark, "tool " + tool->name + " cannot check an answer",
                       "its plugin names no argument for the answer");
    }
    arguments(routine, *tool, field.with, field.mark, tool->check_argument);
  }

  void call(const Routine& routine, const CallStep& step) const {
    const auto* tool = find(routine, step.tool, step.mark);
    if (tool != nullptr) arguments(routine, *tool, step.args, step.mark, {});
  }

 private:
  const ToolShape* find(const Routine& routine, const std::string& name, Mark mark) const {
    const auto it = std::find_if(known_.tools.begin(), known_.tools.end(),
                                 [&name](const auto& tool) { return tool.name == name; });
    if (it != known_.tools.end()) return &*it;
    const auto near = config::nearest(name, names_);
    FileFindings{routine.file, findings_}.error(mark, "unknown tool \"" + name + "\"",
                                                near.empty() ? "" : "did you mean " + near + "?");
    return nullptr;
  }

  // `answer` is the argument that takes the user's answer; empty for calls.
  void arguments(const Routine& routine, const ToolShape& tool, const Arguments& given, Mark mark,
                 const std::string& answer) const {
    const FileFindings out{routine.file, findings_};
    std::vector<std::string> names;
    for (const auto& [name, value] : given) {
      names.push_back(name);
      if (contains(tool.arguments, name)) continue;
      const auto near = config::nearest(name, tool.arguments);
      out.error(mark, "tool " + tool.name + " has no argument \"" + name + "\"",
                near.empty() ? "" : "did you mean " + near + "?");
    }
    for (const auto& name : tool.required) {
      if (name == answer || contains(names, name)) continue;
      out.error(mark, "tool " + tool.name + " needs the argument \"" + name + "\"");
    }
  }

  const Known& known_;
  core::Findings& findings_;
  std::vector<std::string> names_;
};

}  // namespace

void check_tools(const Flow& flow, const Known& known, core::Findings& findings) {
  // Without plugins, as in some tests, nothing is known and nothing can be wrong.
  if (known.tools.empty()) return;
  const ToolCheck check(known, findings);
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      if (!field.tool.empty()) check.field(routine, field);
    }
    for (const auto& call : routine.calls) check.call(routine, call);
  }
}

}  // namespace dugout::routines
