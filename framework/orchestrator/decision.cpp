#include "orchestrator/decision.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/text.hpp"
#include "orchestrator/answers.hpp"
#include "orchestrator/corrections.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using routines::Field;
using routines::FieldType;
using routines::Routine;
using routines::RoutineKind;

constexpr int kMostHops = 40;  // more than a flow has routines between two questions

std::string joined(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return first + "\n\n" + second;
}

bool wanted(const Field& field, const Draft& draft) {
  return !field.when || field.when->holds(draft);
}

Json result_of(const ToolRun& run) {
  if (run.ok) return {{"ok", true}, {"data", run.data}};
  return {{"ok", false}, {"error", {{"code", run.code}, {"message", run.message}}}};
}

}  // namespace

std::string ask_of(const Routine& routine, const Draft& draft) {
  return routines::render(routine.ask, draft);
}

Decider::Decider(const routines::Flow& flow, ToolRunner& tools, Draft base, int routine,
                 int refusals, std::string turn, std::string text, bool upload)
    : flow_(flow),
      tools_(tools),
      base_(std::move(base)),
      routine_(routine),
      refusals_(refusals),
      turn_(std::move(turn)),
      text_(std::move(text)),
      upload_(upload) {}

const Verdict& Decider::decide(const Proposals& proposals) {
  if (settled_ != nullptr) return *settled_;
  auto found = verdicts_.find(proposals);
  if (found == verdicts_.end()) found = verdicts_.emplace(proposals, evaluate(proposals)).first;
  if (tools_.effects_ran()) settled_ = &found->second;
  return found->second;
}

Proposals Decider::read_text(int number, const Draft& draft) const {
  Proposals proposals;
  const auto* routine = flow_.find(number);
  if (routine == nullptr) return proposals;
  for (const auto& field : routine->collects) {
    if (!wanted(field, draft) || draft.has(field.name)) continue;
    if ((field.type == FieldType::kFile) != upload_) continue;
    // One message may answer several questions only where a check finds its own part in it.
    if (proposals.empty() || field.type == FieldType::kCheck) proposals[field.name] = text_;
  }
  if (!proposals.empty() || upload_) return proposals;
  // All is there already, so a step after it failed: the message repeats or changes the answer.
  for (const auto& field : routine->collects) {
    if (field.type == FieldType::kInteger && read_integer(text_, field).value) {
      proposals[field.name] = text_;
    }
  }
  return proposals;
}

bool Decider::contradicts(const Field& field, const std::string& proposed) const {
  std::optional<std::string> own, theirs;
  if (field.type == FieldType::kYesNo) {
    own = orchestrator::read_yes_no(text_, field.values).value;
    theirs = orchestrator::read_yes_no(proposed, field.values).value;
  } else if (field.type == FieldType::kChoice) {
    own = orchestrator::read_choice(text_, field.values).value;
    theirs = orchestrator::read_choice(proposed, field.values).value;
  } else if (field.type == FieldType::kInteger) {
    own = orchestrator::read_integer(text_, field).value;
    theirs = orchestrator::read_integer(proposed, field).value;
  }
  return own && theirs && *own != *theirs;
}

Verdict Decider::evaluate(const Proposals& proposals) {
  Verdict verdict{base_, routine_, "", std::nullopt, "", refusals_, false, {}, {}};
  hops_ = 0;
  const auto* routine = flow_.find(routine_);
  if (routine != nullptr) answer(verdict, *routine, proposals, "");
  return verdict;
}

void Decider::answer(Verdict& verdict, const Routine& routine, const Proposals& proposals,
                     const std::string& said) {
  if (routine.kind == RoutineKind::kEnd) {
    verdict.accepted = true;
    verdict.path.emplace_back(routine.number, routine.number);
    verdict.say = joined(said, ask_of(routine, verdict.draft));
    return;
  }
  if (!collect(verdict, routine, proposals) || !call_tools(verdict, routine)) {
    verdict.say = joined(said, verdict.say);
    return;
  }
  verdict.accepted = true;
  verdict.refusals = 0;
  follow(verdict, routine, said);
}

bool Decider::collect(Verdict& verdict, const Routine& routine, const Proposals& proposals) {
  std::set<std::string> used;  // texts that an earlier field of this routine has taken
  for (const auto& field : routine.collects) {
    if (!wanted(field, verdict.draft)) continue;
    const auto proposed = proposals.find(field.name);
    auto raw = proposed == proposals.end() ? std::string() : proposed->second;
    // A file comes from the upload alone. A yes or a choice whose question this very turn has
    // raised has not been put to the user yet, so nobody can have answered it.
    if (field.type == FieldType::kFile) raw = upload_ ? text_ : "";
    const bool just_raised = field.when && !wanted(field, base_) && field.type != FieldType::kCheck;
    if (just_raised) raw.clear();
    if (raw.empty()) {
      if (verdict.draft.has(field.name) || field.optional) continue;
      miss(verdict, routine, field);
      return false;
    }
    const auto taken = take(verdict, routine, field, raw);
    if (taken == Taken::kYes) {
      used.insert(raw);
      continue;
    }
    if (taken == Taken::kNo && used.count(raw) != 0) {
      verdict.refused.reset();
      verdict.refusals = refusals_;
      miss(verdict, routine, field);
    }
    return false;
  }
  return true;
}

Decider::Taken Decider::take(Verdict& verdict, const Routine& routine, const Field& field,
                             const std::string& raw) {
  if (field.type == FieldType::kCorrection) return take_correction(verdict, routine, field, raw);
  if (field.type != FieldType::kFile && contradicts(field, raw)) {
    Checked checked;
    checked.reason = "the user's own words say something else than the proposed value";
    refuse(verdict, routine, field, checked);
    return Taken::kNo;
  }
  const auto checked = check_field(field, raw, verdict.draft, tools_, routine.number);
  if (!checked.ok()) {
    refuse(verdict, routine, field, checked);
    return Taken::kNo;
  }
  if (checked.value) verdict.draft.set(field.name, *checked.value, routine.number, turn_);
  if (checked.left_out) verdict.draft.clear(field.name);
  for (const auto& [target, value] : checked.saves) {
    verdict.draft.set(target, value, routine.number, turn_);
  }
  return Taken::kYes;
}

Decider::Taken Decider::take_correction(Verdict& verdict, const Routine& routine,
                                        const Field& field, const std::string& raw) {
  const auto correction = read_correction(raw, flow_, verdict.draft, tools_);
  auto& draft = verdict.draft;
  switch (correction.kind) {
    case Correction::Kind::kNothing:
      for (const auto* name : {kCorrectionField, kCorrectionLabel, kCorrectionValue})
        draft.clear(name);
      return Taken::kYes;
    case Correction::Kind::kApplied: {
      const auto& target = *correction.field;
      const auto value = correction.checked.value.value_or("");
      if (correction.checked.left_out) draft.clear(target.name);
      if (!value.empty()) draft.set(target.name, value, correction.routine, turn_);
      for (const auto& [name, saved] : correction.checked.saves) {
        draft.set(name, saved, correction.routine, turn_);
      }
      draft.clear(kCorrectionField);
      draft.set(kCorrectionLabel, target.label.empty() ? target.name : target.label, routine.number,
                turn_);
      draft.set(kCorrectionValue, value.empty() ? "none" : value, routine.number, turn_);
      return Taken::kYes;
    }
    case Correction::Kind::kAskValue: {
      draft.set(kCorrectionField, correction.field->name, routine.number, turn_);
      const auto* home = flow_.find(correction.routine);
      const auto& own = correction.field->ask.empty() ? home->ask : correction.field->ask;
      verdict.missing = field.name;
      verdict.say = routines::render(own, draft);
      return Taken::kMissing;
    }
    case Correction::Kind::kUnclear:
      break;
  }
  Checked unclear;
  unclear.reason = "it is not clear which detail is meant";
  refuse(verdict, routine, field, unclear);
  return Taken::kNo;
}

void Decider::refuse(Verdict& verdict, const Routine& routine, const Field& field,
                     const Checked& checked) {
  const auto& own = field.clarify.empty() ? routine.clarify : field.clarify;
  auto say = routines::render(own, verdict.draft);
  if (!field.differs_from.empty() && !checked.say.empty()) say = joined(checked.say, say);
  if (say.empty()) say = checked.say.empty() ? ask_of(routine, verdict.draft) : checked.say;
  verdict.refused = Refusal{field.name, checked.reason, say};
  verdict.say = say;
  verdict.refusals = refusals_ + 1;
  if (routine.repair && routine.repair->then > 0 && verdict.refusals >= routine.repair->attempts) {
    verdict.refusals = 0;
    verdict.refused.reset();
    enter(verdict, routine.number, routine.repair->then,
          routines::render(routine.repair->say, verdict.draft), false);
  }
}

void Decider::miss(Verdict& verdict, const Routine& routine, const Field& field) {
  verdict.missing = field.name;
  const bool no_file = field.type == FieldType::kFile && !routine.clarify.empty();
  const auto& text = !field.ask.empty() ? field.ask : no_file ? routine.clarify : routine.ask;
  verdict.say = routines::render(text, verdict.draft);
}

bool Decider::call_tools(Verdict& verdict, const Routine& routine) {
  for (const auto& step : routine.calls) {
    if (step.when && !step.when->holds(verdict.draft)) continue;
    const auto run =
        tools_.run(step.tool, render_arguments(step.args, verdict.draft), routine.number);
    verdict.results[step.tool] = result_of(run);
    if (!run.ok) {
      fail_call(verdict, routine, step);
      return false;
    }
    for (const auto& [path, target] : step.save) {
      if (const auto member = result_member(run.data, path)) {
        verdict.draft.set(target, *member, routine.number, turn_);
      }
    }
  }
  return true;
}

void Decider::fail_call(Verdict& verdict, const Routine& routine, const routines::CallStep& step) {
  if (step.on_failure && step.on_failure->go > 0) {
    const auto& edge = *step.on_failure;
    const auto said = routines::render(edge.say, verdict.draft);
    for (const auto& name : edge.clear) verdict.draft.clear(name);
    verdict.accepted = true;
    verdict.refusals = 0;
    enter(verdict, routine.number, edge.go, said, false);
    return;
  }
  if (step.on_failure) {
    verdict.path.emplace_back(routine.number, routine.number);
    verdict.say = routines::render(step.on_failure->say, verdict.draft);
    for (const auto& name : step.on_failure->clear) verdict.draft.clear(name);
  }
  if (verdict.say.empty()) {
    verdict.say =
        "I'm sorry, I could not do that just now. Nothing is lost: please send your answer again "
        "in a moment.";
  }
}

void Decider::follow(Verdict& verdict, const Routine& routine, const std::string& said) {
  for (const auto& edge : routine.next) {
    if (edge.when && !edge.when->holds(verdict.draft)) continue;
    const auto say = joined(said, routines::render(edge.say, verdict.draft));
    for (const auto& [field, text] : edge.set) {
      const auto value = routines::render(text, verdict.draft);
      if (!value.empty()) verdict.draft.set(field, value, routine.number, turn_);
    }
    for (const auto& name : edge.clear) verdict.draft.clear(name);
    enter(verdict, routine.number, edge.go, say, edge.carry);
    return;
  }
  // The checks at load see to it that one rule holds; stay where we are if none does.
  verdict.say = joined(said, ask_of(routine, verdict.draft));
}

void Decider::enter(Verdict& verdict, int from, int number, const std::string& said, bool carry) {
  const auto* routine = flow_.find(number);
  if (routine == nullptr || ++hops_ > kMostHops) {
    verdict.say = said;
    return;
  }
  verdict.path.emplace_back(from, number);
  verdict.to = number;
  if (routine->kind == RoutineKind::kRoute) {
    follow(verdict, *routine, said);
    return;
  }
  // Entering a routine opens its questions anew.
  for (const auto& field : routine->collects) verdict.draft.clear(field.name);
  if (carry) {
    answer(verdict, *routine, read_text(number, verdict.draft), said);
    if (!verdict.refused) return;
    verdict.refused.reset();  // the message did not answer what it has not been asked: just ask
    verdict.refusals = 0;
    verdict.accepted = true;
  }
  const bool same_question = from == number && !said.empty();
  verdict.say = same_question ? said : joined(said, ask_of(*routine, verdict.draft));
}

}  // namespace dugout::orchestrator
