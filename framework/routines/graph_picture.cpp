// The flow as Graphviz DOT and as Mermaid, one node per routine, one arrow per edge.
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "routines/graph.hpp"

namespace dugout::routines {
namespace {

std::string dot_escape(std::string text) {
  text = core::replace_all(std::move(text), "\\", "\\\\");
  return core::replace_all(std::move(text), "\"", "\\\"");
}

// Mermaid has its own entities; quotes and the characters of its syntax must not appear raw.
std::string mermaid_escape(std::string text) {
  text = core::replace_all(std::move(text), "#", "#35;");
  text = core::replace_all(std::move(text), "\"", "#quot;");
  text = core::replace_all(std::move(text), "<", "#lt;");
  return core::replace_all(std::move(text), ">", "#gt;");
}

std::string_view dot_shape(RoutineKind kind) {
  switch (kind) {
    case RoutineKind::kRoute:
      return "diamond";
    case RoutineKind::kEnd:
      return "doublecircle";
    case RoutineKind::kAsk:
      break;
  }
  return "box";
}

bool is_plain(const GraphEdge& edge) {
  return edge.why == "always";
}

}  // namespace

std::string to_dot(const Flow& flow) {
  std::string out = "digraph \"" + dot_escape(flow.name) + "\" {\n  rankdir=TB;\n";
  out += "  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n";
  for (const auto& [number, routine] : flow.routines) {
    out += "  r" + std::to_string(number) + " [shape=" + std::string(dot_shape(routine.kind)) +
           ", label=\"" + std::to_string(number) + " " + dot_escape(routine.title) + "\"];\n";
  }
  for (const auto& edge : edges(flow)) {
    out += "  r" + std::to_string(edge.from) + " -> r" + std::to_string(edge.to);
    if (!is_plain(edge)) out += " [label=\"" + dot_escape(edge.why) + "\"]";
    out += ";\n";
  }
  return out + "}\n";
}

std::string to_mermaid(const Flow& flow) {
  std::string out = "flowchart TD\n";
  for (const auto& [number, routine] : flow.routines) {
    const bool route = routine.kind == RoutineKind::kRoute;
    const bool end = routine.kind == RoutineKind::kEnd;
    const std::string open = route ? "{" : end ? "([" : "[";
    const std::string close = route ? "}" : end ? "])" : "]";
    out += "  r" + std::to_string(number) + open + "\"" + std::to_string(number) + " " +
           mermaid_escape(routine.title) + "\"" + close + "\n";
  }
  for (const auto& edge : edges(flow)) {
    out += "  r" + std::to_string(edge.from) + " -->";
    if (!is_plain(edge)) out += "|\"" + mermaid_escape(edge.why) + "\"|";
    out += " r" + std::to_string(edge.to) + "\n";
  }
  return out;
}

}  // namespace dugout::routines
