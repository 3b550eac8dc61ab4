// The order of next rules, and conditions that can never hold.
#include <nlohmann/json.hpp>

#include "routines/graph_checks.hpp"
#include "routines/satisfiable.hpp"

namespace dugout::routines {
namespace {

class ConditionCheck {
 public:
  ConditionCheck(const Flow& flow, core::Findings& findings)
      : domains_(domains_of(flow)), findings_(findings) {}

  void check(const std::optional<Condition>& when, const std::string& file) {
    if (!when) return;
    const auto before = findings_.size();
    comparisons(*when, file);
    // A comparison that is wrong by itself explains the whole.
    if (findings_.size() == before) report(*when, file);
  }

 private:
  // Depth is bounded by the YAML loader.
  void comparisons(const Condition& condition, const std::string& file) {
    if (condition.kind == Condition::Kind::kCompare) report(condition, file);
    for (const auto& part : condition.parts) comparisons(part, file);
  }

  void report(const Condition& condition, const std::string& file) {
    std::string hint;
    const auto why = why_never(condition, domains_, hint);
    if (why.empty()) return;
    FileFindings{file, findings_}.error(condition.mark, "this can never hold: " + why, hint);
  }

  const Domains domains_;
  core::Findings& findings_;
};

// True when one of the rules always holds.
bool check_order(const std::vector<Edge>& rules, const FileFindings& out) {
  bool settled = false;
  for (const auto& edge : rules) {
    if (settled) {
      out.error(edge.mark, "this rule is never looked at: the one before it has no when",
                "put the rule without when last");
      return true;
    }
    settled = !edge.when;
  }
  return settled;
}

void check_rules(const Routine& routine, core::Findings& findings) {
  const FileFindings out{routine.file, findings};
  for (const auto& field : routine.collects) check_order(field.corrected, out);
  const bool settled = check_order(routine.next, out);
  if (settled || routine.kind == RoutineKind::kEnd) return;
  if (routine.next.empty()) {
    out.error(routine.mark, "the routine has no \"next\"", "next: [{go: 2}], or kind: end");
  } else {
    out.error(routine.next.back().mark,
              "dead end: when no rule holds, the conversation cannot go on",
              "end with a rule without when");
  }
}

}  // namespace

void check_conditions(const Flow& flow, core::Findings& findings) {
  ConditionCheck conditions(flow, findings);
  for (const auto& [number, routine] : flow.routines) {
    check_rules(routine, findings);
    for (const auto& field : routine.collects) {
      conditions.check(field.when, routine.file);
      for (const auto& rule : field.corrected) conditions.check(rule.when, routine.file);
    }
    for (const auto& call : routine.calls) conditions.check(call.when, routine.file);
    for (const auto& edge : routine.next) conditions.check(edge.when, routine.file);
  }
}

}  // namespace dugout::routines
