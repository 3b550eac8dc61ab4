#include "http/routine_json.hpp"

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "routines/graph.hpp"

namespace dugout::http {
namespace {

using core::Json;
using routines::Routine;
using routines::RoutineKind;

std::string_view kind_name(RoutineKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"ask", "route", "end"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view type_name(routines::FieldType type) {
  constexpr std::array<std::string_view, 8> kNames = {"text", "choice", "yes_no", "integer",
                                                      "date", "file",   "check",  "correction"};
  return kNames[static_cast<std::size_t>(type)];
}

// The texts of a routine with the place each has in a conversation.
class Spoken {
 public:
  explicit Spoken(const SampleValues& values) : values_(values) {}

  void add(const std::string& where, const std::string& text, int line) {
    if (text.empty()) return;
    said_.push_back({{"where", where}, {"text", routines::render(text, values_)}, {"line", line}});
  }
  Json take() { return std::move(said_); }

 private:
  const SampleValues& values_;
  Json said_ = Json::array();
};

Json spoken_json(const Routine& routine, const SampleValues& values) {
  Spoken spoken(values);
  spoken.add("asked", routine.ask, routine.ask_mark.line);
  spoken.add("asked again when the answer will not do", routine.clarify, routine.clarify_mark.line);
  for (const auto& field : routine.collects) {
    const auto of = field.label.empty() ? field.name : field.label;
    spoken.add(of + ": asked", field.ask, field.mark.line);
    spoken.add(of + ": asked again", field.clarify, field.mark.line);
    for (const auto& [code, text] : field.refused) {
      spoken.add(of + ": refused as " + code, text, field.mark.line);
    }
  }
  for (const auto& step : routine.calls) {
    if (!step.on_failure) continue;
    spoken.add("when " + step.tool + " fails", step.on_failure->say, step.on_failure->mark.line);
  }
  for (const auto& edge : routine.next) {
    spoken.add("on the way to " + std::to_string(edge.go), edge.say, edge.mark.line);
  }
  if (routine.repair) spoken.add("when it gives up asking", routine.repair->say, routine.mark.line);
  return spoken.take();
}

Json fields_json(const Routine& routine) {
  Json fields = Json::array();
  for (const auto& field : routine.collects) {
    fields.push_back({{"name", field.name},
                      {"label", field.label},
                      {"type", type_name(field.type)},
                      {"check", field.tool},
                      {"optional", field.optional},
                      {"sensitive", field.sensitive},
                      {"when", field.when ? field.when->text() : ""},
                      {"line", field.mark.line}});
  }
  return fields;
}

Json calls_json(const Routine& routine) {
  Json calls = Json::array();
  for (const auto& step : routine.calls) {
    const bool elsewhere = step.on_failure && step.on_failure->go > 0;
    calls.push_back({{"tool", step.tool},
                     {"when", step.when ? step.when->text() : ""},
                     {"on_failure", elsewhere ? Json(step.on_failure->go) : Json(nullptr)},
                     {"line", step.mark.line}});
  }
  return calls;
}

Json next_json(const Routine& routine) {
  Json next = Json::array();
  for (const auto& edge : routine.next) {
    Json sets = Json::array();
    for (const auto& [field, text] : edge.set) sets.push_back(field);
    next.push_back({{"to", edge.go},
                    {"when", edge.when ? edge.when->text() : ""},
                    {"sets", std::move(sets)},
                    {"clears", edge.clear},
                    {"carry", edge.carry},
                    {"line", edge.mark.line}});
  }
  return next;
}

std::string_view kind_name(routines::EdgeKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"next", "correction", "repair", "failure"};
  return kNames[static_cast<std::size_t>(kind)];
}

// A correction comes from where it was told, and goes back there: no rule names these edges.
bool led_by_correction(const routines::Flow& flow, const std::pair<int, int>& pair) {
  if (!flow.corrections) return false;
  return pair.first == flow.corrections->go || pair.second == flow.corrections->go;
}

struct Drawn {
  std::string kind, when;
  std::vector<std::string> rules;
  routines::EdgeKind usual{};  // of its rules the most usual, whose name and reason stand here
};

}  // namespace

ShownPaths::ShownPaths(const routines::Flow& flow)
    : root_((std::filesystem::path(flow.folder).parent_path().parent_path() / "").string()) {}

std::string ShownPaths::shown(std::string text) const {
  return root_.empty() ? text : core::replace_all(std::move(text), root_, "");
}

Json findings_json(const core::Findings& findings, const ShownPaths& paths) {
  Json out = Json::array();
  for (const auto& finding : findings) {
    const bool error = finding.severity == core::Finding::Severity::kError;
    out.push_back({{"severity", error ? "error" : "warning"},
                   {"file", paths.shown(finding.file)},
                   {"line", finding.line},
                   {"column", finding.column},
                   {"message", paths.shown(finding.message)},
                   {"hint", paths.shown(finding.hint)}});
  }
  return out;
}

Json routine_json(const RoutineView& view) {
  const auto& routine = view.routine;
  const auto& step = view.step;
  const auto text = file_text(routine.file);
  Json repair = nullptr;
  if (routine.repair) {
    repair = {{"attempts", routine.repair->attempts}, {"then", routine.repair->then}};
  }
  return {{"number", routine.number},
          {"name", routine.name},
          {"title", routine.title},
          {"kind", kind_name(routine.kind)},
          {"file", view.paths.shown(routine.file)},
          {"yaml", text ? Json(core::to_utf8(*text)) : Json(nullptr)},
          {"changed", changed(routine, text)},
          {"sample", routines::render(routine.ask, view.values)},
          {"spoken", spoken_json(routine, view.values)},
          {"brief", routine.brief},
          {"fields", fields_json(routine)},
          {"calls", calls_json(routine)},
          {"next", next_json(routine)},
          {"repair", std::move(repair)},
          {"findings", findings_json(view.findings, view.paths)},
          {"reached", step.reached},
          {"left", step.left},
          {"here", step.here},
          {"stopped", step.stopped},
          {"median_s", step.median_s ? Json(*step.median_s) : Json(nullptr)}};
}

Json edges_json(const routines::Flow& flow, const Funnel& funnel) {
  std::map<std::pair<int, int>, Drawn> drawn;
  drawn[{0, flow.start}] = {"start", "a registration begins", {}, {}};
  for (const auto& edge : routines::edges(flow)) {
    auto& one = drawn[{edge.from, edge.to}];
    if (one.kind.empty() || edge.kind < one.usual) {
      one.usual = edge.kind;
      one.kind = kind_name(edge.kind);
      one.when = edge.why;
    }
    one.rules.push_back(edge.why);
  }
  for (const auto& [pair, taken] : funnel.traffic) {
    // Whoever stays takes no edge that anybody drew.
    if (pair.first == pair.second || flow.find(pair.second) == nullptr) continue;
    drawn.try_emplace(pair, led_by_correction(flow, pair)
                                ? Drawn{"correction", "a detail is corrected", {}, {}}
                                : Drawn{"past", "taken, but by no rule of today", {}, {}});
  }
  Json out = Json::array();
  for (const auto& [pair, one] : drawn) {
    const auto taken = funnel.traffic.find(pair);
    out.push_back({{"from", pair.first},
                   {"to", pair.second},
                   {"kind", one.kind},
                   {"when", one.when},
                   {"rules", one.rules},
                   {"traffic", taken == funnel.traffic.end() ? 0 : taken->second}});
  }
  return out;
}

}  // namespace dugout::http
