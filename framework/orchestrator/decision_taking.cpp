// Taking an answer: the fields of a routine, one after the other, against what was proposed for
// them.
#include <nlohmann/json.hpp>

#include "orchestrator/answers.hpp"
#include "orchestrator/corrections.hpp"
#include "orchestrator/decision.hpp"
#include "orchestrator/grounding.hpp"
#include "orchestrator/sentences.hpp"

namespace dugout::orchestrator {

using routines::Field;
using routines::FieldType;
using routines::Routine;

bool Decider::contradicts(const Field& field, const std::string& proposed) const {
  std::optional<std::string> own, theirs;
  if (field.type == FieldType::kYesNo) {
    own = read_yes_no(text_, field.values).value;
    theirs = read_yes_no(proposed, field.values).value;
  } else if (field.type == FieldType::kChoice) {
    own = read_choice(text_, field.values).value;
    theirs = read_choice(proposed, field.values).value;
  } else if (field.type == FieldType::kInteger) {
    own = read_integer(text_, field).value;
    theirs = read_integer(proposed, field).value;
  }
  return own && theirs && *own != *theirs;
}

std::string Decider::raw_answer(const Field& field, const Proposals& proposals) const {
  const auto proposed = proposals.find(field.name);
  if (proposed == proposals.end()) return "";
  // Whether a file will do is proposed; which file it is comes from the upload alone.
  if (field.type == FieldType::kFile) return upload_ ? text_ : "";
  // A yes or a choice whose question this very turn has raised has not been put to the user yet, so
  // nobody can have answered it.
  const bool just_raised =
      field.when && !field.when->holds(base_) && field.type != FieldType::kCheck;
  return just_raised ? "" : proposed->second;
}

bool Decider::collect(Verdict& verdict, const Routine& routine, const Proposals& proposals) {
  std::set<std::string> used;  // texts that an earlier field of this routine has taken
  for (const auto& field : routine.collects) {
    if (field.when && !field.when->holds(verdict.draft)) continue;
    const auto raw = raw_answer(field, proposals);
    if (raw.empty()) {
      if (verdict.draft.has(field.name) || field.optional) continue;
      miss(verdict, routine, field);
      return false;
    }
    Checked checked;
    const auto taken = take(verdict, routine, field, raw, checked);
    if (taken == Taken::kYes) {
      used.insert(raw);
      continue;
    }
    // A text that has answered an earlier question was never meant for this one: just ask.
    if (taken == Taken::kNo && used.count(raw) != 0) {
      miss(verdict, routine, field);
    } else if (taken == Taken::kNo) {
      refuse(verdict, routine, field, checked);
    }
    return false;
  }
  return true;
}

Decider::Taken Decider::take(Verdict& verdict, const Routine& routine, const Field& field,
                             const std::string& raw, Checked& checked) {
  if (field.type == FieldType::kCorrection) {
    return take_correction(verdict, routine, field, raw, checked);
  }
  if (field.type != FieldType::kFile && contradicts(field, raw)) {
    checked.reason = "the user's own words say something else than the proposed value";
    return Taken::kNo;
  }
  checked = check_field(field, raw, verdict.draft, tools_, routine.number);
  if (!checked.ok()) return Taken::kNo;
  if (field.type != FieldType::kFile && checked.value && !said_by_person(*checked.value, heard_)) {
    checked = {};
    checked.reason = "the person has not said this";
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
                                        const Field& field, const std::string& raw,
                                        Checked& checked) {
  // The user's own words come first; a model's wording of them only where they are not clear.
  auto correction = read_correction(text_, flow_, verdict.draft, tools_);
  if (correction.kind == Correction::Kind::kUnclear && raw != text_) {
    correction = read_correction(raw, flow_, verdict.draft, tools_);
    if (correction.checked.value && !said_by_person(*correction.checked.value, heard_)) {
      correction = {};
    }
  }
  switch (correction.kind) {
    case Correction::Kind::kNothing:
      for (const auto* name : routines::kCorrectionFields) verdict.draft.clear(name);
      return Taken::kYes;
    case Correction::Kind::kApplied:
      apply(verdict, routine, correction);
      return Taken::kYes;
    case Correction::Kind::kAskValue: {
      verdict.draft.set(kCorrectionField, correction.field->name, routine.number, turn_);
      const auto* home = flow_.find(correction.routine);
      const auto& own = correction.field->ask.empty() ? home->ask : correction.field->ask;
      verdict.missing = field.name;
      verdict.say = words_for(*correction.field, correction.checked, verdict.draft);
      if (verdict.say.empty() && correction.checked.code == kSameValue)
        verdict.say = correction.checked.say;
      if (verdict.say.empty()) verdict.say = routines::render(own, verdict.draft);
      verdict.news = true;
      return Taken::kMissing;
    }
    case Correction::Kind::kUnclear:
      break;
  }
  checked.reason = "it is not clear which detail is meant";
  return Taken::kNo;
}

void Decider::apply(Verdict& verdict, const Routine& routine, const Correction& correction) {
  const auto& target = *correction.field;
  const auto value = correction.checked.value.value_or("");
  if (correction.checked.left_out) verdict.draft.clear(target.name);
  if (!value.empty()) know(verdict, target.name, value, correction.routine);
  for (const auto& [name, saved] : correction.checked.saves) {
    know(verdict, name, saved, correction.routine);
  }
  verdict.draft.clear(kCorrectionField);
  const auto& label = target.label.empty() ? target.name : target.label;
  know(verdict, kCorrectionLabel, label, routine.number);
  know(verdict, kCorrectionValue, value.empty() ? "none" : value, routine.number);
  bring_along(verdict, routine, target, value);
}

void Decider::bring_along(Verdict& verdict, const Routine& routine, const Field& corrected,
                          const std::string& value) {
  for (const auto& rule : corrected.corrected) {
    if (rule.when && !rule.when->holds(verdict.draft)) continue;
    Detour detour{rule.go, tell(verdict, rule.say), {}};
    for (const auto& [field, text] : rule.set) {
      const auto noted = routines::render(text, verdict.draft);
      if (!noted.empty()) know(verdict, field, noted, routine.number);
    }
    for (const auto& name : rule.clear) verdict.draft.clear(name);
    if (rule.go == 0) return;
    if (rule.carry && !value.empty()) detour.carried[corrected.name] = value;
    // The rules of this routine, which tell of the change, are not looked at.
    for (const auto* name : routines::kCorrectionFields) verdict.draft.clear(name);
    verdict.news = true;
    detour_ = std::move(detour);
    return;
  }
}

void Decider::refuse(Verdict& verdict, const Routine& routine, const Field& field,
                     const Checked& checked) {
  if (checked.unavailable) {
    // The check failed, not the answer: nothing is counted against the user.
    verdict.missing = field.name;
    verdict.say = kNotJustNow;
    verdict.news = true;
    return;
  }
  // What is wrong with a file says its check; the routine's clarify is for those who sent none.
  const bool bad_file = field.type == FieldType::kFile && !checked.say.empty();
  const auto& own = field.clarify.empty() && !bad_file ? routine.clarify : field.clarify;
  auto say = routines::render(own, verdict.draft);
  const bool give_reason = bad_file || !field.differs_from.empty();
  const auto special = words_for(field, checked, verdict.draft);
  if (!special.empty()) {
    say = special;
  } else if (give_reason && !checked.say.empty()) {
    say = joined(checked.say, say);
  }
  if (say.empty()) say = checked.say.empty() ? ask_of(routine, verdict.draft) : checked.say;
  verdict.refused = Refusal{field.name, checked.reason, say};
  verdict.say = say;
  verdict.refusals = refusals_ + 1;
  if (routine.repair && routine.repair->then > 0 && verdict.refusals >= routine.repair->attempts) {
    verdict.refusals = 0;
    verdict.refused.reset();
    enter(verdict, routine.number, routine.repair->then,
          routines::render(routine.repair->say, verdict.draft));
  }
}

void Decider::miss(Verdict& verdict, const Routine& routine, const Field& field) {
  verdict.missing = field.name;
  const bool no_file = field.type == FieldType::kFile && !routine.clarify.empty();
  const auto& text = !field.ask.empty() ? field.ask : no_file ? routine.clarify : routine.ask;
  verdict.say = routines::render(text, verdict.draft);
}

}  // namespace dugout::orchestrator
