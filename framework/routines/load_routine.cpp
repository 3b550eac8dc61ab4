// Reads one routine file: its own keys, its calls and its next rules. What concerns several
// routines at once is checked by graph.hpp.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

constexpr int kMostNumber = 9999;

// 0 = absent or wrong. `stay` allows the number 0, "stay here".
int read_go(MapReader& reader, const config::Node& node, bool stay, const FileFindings& out) {
  if (node.is_map() && node.find("go") == nullptr) {
    reader.take("go");
    if (!stay) {
      out.error(node.mark, "a rule has no \"go\"", "go: the number of a routine");
    }
    return 0;
  }
  return static_cast<int>(reader.integer("go", stay ? 0 : 1, kMostNumber).value_or(0));
}

std::string read_say(MapReader& reader, const FileFindings& out) {
  check_template(reader.take("say"), out);
  return reader.text("say");
}

FailureEdge read_failure(const config::Node& node, const FileFindings& out) {
  FailureEdge edge;
  MapReader reader(node, "on_failure", out);
  edge.mark = node.mark;
  edge.go = read_go(reader, node, true, out);
  edge.say = read_say(reader, out);
  edge.clear = load_names(reader, "clear", out);
  reader.finish();
  return edge;
}

CallStep read_call(const config::Node& node, const FileFindings& out) {
  CallStep call;
  MapReader reader(node, "a call", out);
  call.mark = node.mark;
  call.tool = reader.required_text("tool");
  call.when = load_when(reader, out);
  call.args = reader.json_pairs("args");
  call.save = load_save(reader, out);
  if (const auto* failure = reader.take("on_failure"))
    call.on_failure = read_failure(*failure, out);
  reader.finish();
  return call;
}

Repair read_repair(const config::Node& node, const FileFindings& out) {
  Repair repair;
  MapReader reader(node, "repair", out);
  repair.attempts = static_cast<int>(reader.integer("attempts", 1, 100).value_or(3));
  repair.then = static_cast<int>(reader.integer("then", 0, kMostNumber).value_or(0));
  if (node.is_map() && node.find("then") == nullptr) {
    out.error(node.mark, "repair has no \"then\"", "then: the number of a routine, or 0 to stay");
  }
  repair.say = read_say(reader, out);
  reader.finish();
  return repair;
}

RoutineKind read_kind(MapReader& reader) {
  const auto kind = reader.word("kind", {"ask", "route", "end"});
  if (kind == "route") return RoutineKind::kRoute;
  return kind == "end" ? RoutineKind::kEnd : RoutineKind::kAsk;
}

// What the kind asks for and forbids.
void check_kind(const Routine& routine, const FileFindings& out) {
  if (routine.kind == RoutineKind::kRoute) {
    if (!routine.ask.empty() || !routine.collects.empty()) {
      out.error(routine.mark, "a routine of kind route runs without the user: no ask, no collects");
    }
    return;
  }
  if (core::trim(routine.ask).empty()) {
    out.error(routine.mark, "the routine has no \"ask\"", "ask: the question put to the user");
  }
  if (routine.kind == RoutineKind::kEnd) {
    if (!routine.collects.empty() || !routine.next.empty() || !routine.calls.empty()) {
      out.error(routine.mark, "a routine of kind end has no collects, calls or next");
    }
  } else if (routine.collects.empty()) {
    out.error(routine.mark, "the routine collects nothing",
              "add collects, or set kind to route or end");
  }
}

}  // namespace

Edge load_edge(const config::Node& node, bool stay, const FileFindings& out) {
  Edge edge;
  MapReader reader(node, stay ? "a corrected rule" : "a next rule", out);
  edge.mark = node.mark;
  edge.go = read_go(reader, node, stay, out);
  edge.when = load_when(reader, out);
  edge.say = read_say(reader, out);
  edge.set = load_set(reader, out);
  edge.clear = load_names(reader, "clear", out);
  edge.carry = reader.flag("carry", false);
  reader.finish();
  return edge;
}

void check_template(const config::Node* node, const FileFindings& out) {
  if (node == nullptr || !node->is_scalar()) return;
  const std::string& text = node->scalar;
  const auto doubled = [&text](char c) {
    std::size_t count = 0;
    for (std::size_t at = text.find(std::string(2, c)); at != text.npos;
         at = text.find(std::string(2, c), at + 2)) {
      ++count;
    }
    return 2 * count;
  };
  const auto opened =
      static_cast<std::size_t>(std::count(text.begin(), text.end(), '{')) - doubled('{');
  if (opened <= slots(text).size()) return;
  out.error(node->mark, "a brace that is no slot", "{name} reads a field; write {{ for a brace");
}

std::optional<Condition> load_when(MapReader& reader, const FileFindings& out) {
  const auto* node = reader.take("when");
  if (node == nullptr) return std::nullopt;
  return parse_condition(*node, out.file, out.findings);
}

TextPairs load_save(MapReader& reader, const FileFindings& out) {
  auto save = reader.text_pairs("save");
  for (const auto& [path, name] : save) {
    if (is_field_name(name)) continue;
    out.error(reader.mark_of("save"), "\"" + name + "\" is not a field name",
              "save: {member_of_the_result: record_field}");
  }
  return save;
}

TextPairs load_set(MapReader& reader, const FileFindings& out) {
  auto set = reader.text_pairs("set");
  for (const auto& [name, text] : set) {
    if (is_field_name(name)) continue;
    out.error(reader.mark_of("set"), "\"" + name + "\" is not a field name");
  }
  return set;
}

std::vector<std::string> load_names(MapReader& reader, std::string_view key,
                                    const FileFindings& out) {
  auto names = reader.texts(key);
  for (const auto& name : names) {
    if (!is_field_name(name)) {
      out.error(reader.mark_of(key), "\"" + name + "\" is not a field name");
    }
  }
  return names;
}

std::optional<Routine> load_routine(const config::Node& root, const FileFindings& out) {
  Routine routine;
  MapReader reader(root, "the routine", out);
  if (!root.is_map()) return std::nullopt;
  routine.file = out.file;
  routine.mark = root.mark;
  const auto number = reader.integer("number", 1, kMostNumber);
  if (root.find("number") == nullptr) out.error(root.mark, "the routine has no \"number\"");
  routine.number = static_cast<int>(number.value_or(0));
  routine.name = reader.required_text("name");
  routine.title = reader.required_text("title");
  routine.kind = read_kind(reader);
  routine.ask = reader.text("ask");
  routine.clarify = reader.text("clarify");
  routine.brief = reader.text("brief");
  routine.ask_mark = reader.mark_of("ask");
  routine.clarify_mark = reader.mark_of("clarify");
  for (const auto* key : {"ask", "clarify", "brief"}) check_template(reader.take(key), out);
  if (const auto* collects = reader.take("collects"))
    routine.collects = load_fields(*collects, out);
  for (const auto* node : reader.entries("calls")) routine.calls.push_back(read_call(*node, out));
  for (const auto* node : reader.entries("next"))
    routine.next.push_back(load_edge(*node, false, out));
  routine.examples = reader.texts("examples");
  if (const auto* repair = reader.take("repair")) routine.repair = read_repair(*repair, out);
  reader.finish();
  check_kind(routine, out);
  return routine;
}

}  // namespace dugout::routines
