#include "orchestrator/decision.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "orchestrator/answers.hpp"
#include "orchestrator/corrections.hpp"
#include "orchestrator/question.hpp"
#include "orchestrator/sentences.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using routines::Field;
using routines::FieldType;
using routines::Routine;
using routines::RoutineKind;

constexpr int kMostHops = 100;  // more than a flow has routines between two questions

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
      upload_(upload),
      heard_{text_} {}

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

Verdict Decider::evaluate(const Proposals& proposals) {
  Verdict verdict{base_, routine_, "", std::nullopt, "", refusals_, false, false, {}, {}};
  hops_ = 0;
  news_.clear();
  detour_.reset();
  const auto* routine = flow_.find(routine_);
  if (routine == nullptr) return verdict;
  const bool early = corrects_early();
  if (early || corrects_late()) {
    if (early) {
      verdict.draft.set(routines::kCorrectionReturn, std::to_string(routine_), routine_, turn_);
    }
    const Proposals own_text;
    verdict.accepted = true;
    verdict.refusals = 0;
    verdict.news = true;
    enter(verdict, routine_, flow_.corrections->go, "", &own_text);
  } else {
    answer(verdict, *routine, proposals, "");
  }
  return verdict;
}

// A detail told earlier is wrong: that comes before what is asked here.
bool Decider::corrects_late() const {
  if (!flow_.corrections || upload_) return false;
  const auto& from = flow_.corrections->from;
  return std::find(from.begin(), from.end(), routine_) != from.end() &&
         asks_for_correction(text_, flow_, base_);
}

// The same while the flow still collects: it comes back to the question that is open now.
bool Decider::corrects_early() const {
  if (!flow_.corrections || upload_) return false;
  const auto& back = flow_.corrections->back;
  return std::find(back.begin(), back.end(), routine_) != back.end() &&
         asks_to_change(text_, flow_, routine_, base_);
}

void Decider::answer(Verdict& verdict, const Routine& routine, const Proposals& proposals,
                     const std::string& said) {
  if (routine.kind == RoutineKind::kEnd) {
    verdict.accepted = true;
    verdict.path.emplace_back(routine.number, routine.number);
    verdict.say = joined(said, ask_of(routine, verdict.draft));
    return;
  }
  if (!collect(verdict, routine, proposals)) {
    verdict.say = joined(said, verdict.say);
    return;
  }
  if (const auto detour = std::exchange(detour_, std::nullopt)) {
    verdict.accepted = true;
    verdict.refusals = 0;
    if (const auto* asked = flow_.find(detour->go);
        asked != nullptr && verdict.draft.has(routines::kCorrectionReturn)) {
      if (verdict.draft.get(routines::kCorrectionReturn) == std::to_string(detour->go)) {
        verdict.draft.clear(routines::kCorrectionReturn);
      }
      // What a change calls for is asked anew, also where it was answered before.
      for (const auto& field : asked->collects) verdict.draft.clear(field.name);
    }
    enter(verdict, routine.number, detour->go, joined(said, detour->say),
          detour->carried.empty() ? nullptr : &detour->carried);
    return;
  }
  if (!call_tools(verdict, routine)) {
    verdict.say = joined(said, verdict.say);
    return;
  }
  verdict.accepted = true;
  verdict.refusals = 0;
  follow(verdict, routine, said);
}

bool Decider::call_tools(Verdict& verdict, const Routine& routine) {
  for (const auto& step : routine.calls) {
    if (step.when && !step.when->holds(verdict.draft)) continue;
    const auto run =
        tools_.run(step.tool, render_arguments(step.args, verdict.draft), routine.number);
    verdict.results[step.tool] = result_of(run);
    if (!run.ok) {
      fail_call(verdict, routine, step, run.code);
      return false;
    }
    for (const auto& [path, target] : step.save) {
      if (const auto member = result_member(run.data, path)) {
        know(verdict, target, *member, routine.number);
      }
    }
  }
  return true;
}

void Decider::fail_call(Verdict& verdict, const Routine& routine, const routines::CallStep& step,
                        const std::string& code) {
  verdict.news = true;
  if (code == kUnknownOutcome) {
    verdict.say = kNotKnownYet;  // the values stay, so that the same effect is asked for again
    return;
  }
  verdict.say = kNotJustNow;
  if (!step.on_failure) return;
  const auto& edge = *step.on_failure;
  const auto said = routines::render(edge.say, verdict.draft);
  for (const auto& name : edge.clear) verdict.draft.clear(name);
  if (edge.go > 0) {
    verdict.accepted = true;
    verdict.refusals = 0;
    enter(verdict, routine.number, edge.go, said);
    return;
  }
  verdict.path.emplace_back(routine.number, routine.number);
  if (!said.empty()) verdict.say = said;
}

void Decider::know(Verdict& verdict, const std::string& field, std::string value, int routine) {
  verdict.draft.set(field, std::move(value), routine, turn_);
  news_.insert(field);
}

std::string Decider::tell(Verdict& verdict, const std::string& text) {
  for (const auto& slot : routines::slots(text)) {
    if (news_.count(routines::base_name(slot)) != 0) verdict.news = true;
  }
  return routines::render(text, verdict.draft);
}

int Decider::way_back(const Verdict& verdict, const Routine& routine) const {
  if (!flow_.corrections || flow_.corrections->go != routine.number) return 0;
  for (const int number : flow_.corrections->back) {
    if (verdict.draft.get(routines::kCorrectionReturn) == std::to_string(number)) return number;
  }
  return 0;
}

bool Decider::comes_back(Verdict& verdict, const Routine& routine, const std::string& said) {
  const auto target = verdict.draft.get(routines::kCorrectionReturn);
  if (!target || !flow_.corrections || routine.number == flow_.corrections->go) return false;
  const auto* open = open_field(routine, verdict.draft);
  const auto& back = flow_.corrections->back;
  const bool collecting = std::find(back.begin(), back.end(), routine.number) != back.end();
  if (std::to_string(routine.number) == *target) {
    verdict.draft.clear(routines::kCorrectionReturn);
    if (open == nullptr) return false;
    verdict.say = joined(said, tell(verdict, open->ask.empty() ? routine.ask : open->ask));
    return true;
  }
  // Another way than the one it came by, with nothing left to come back to.
  if (!collecting) verdict.draft.clear(routines::kCorrectionReturn);
  if (open != nullptr || !collecting) return false;
  follow(verdict, routine, said, true);
  return true;
}

void Decider::follow(Verdict& verdict, const Routine& routine, const std::string& said,
                     bool passing) {
  for (const auto& edge : routine.next) {
    if (edge.when && !edge.when->holds(verdict.draft)) continue;
    const auto say = passing ? said : joined(said, tell(verdict, edge.say));
    for (const auto& [field, text] : edge.set) {
      const auto value = routines::render(text, verdict.draft);
      if (!value.empty()) know(verdict, field, value, routine.number);
    }
    for (const auto& name : edge.clear) verdict.draft.clear(name);
    const int back = way_back(verdict, routine);
    const Proposals own_text;  // read only where it is entered, over what is open there
    const bool carry = edge.carry && back == 0 && !passing;
    enter(verdict, routine.number, back != 0 ? back : edge.go, say, carry ? &own_text : nullptr);
    return;
  }
  // The checks at load see to it that one rule holds; stay where we are if none does.
  verdict.say = joined(said, ask_of(routine, verdict.draft));
}

void Decider::enter(Verdict& verdict, int from, int number, const std::string& said,
                    const Proposals* carried) {
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
  if (carried == nullptr && comes_back(verdict, *routine, said)) return;
  // Entering a routine opens its questions anew.
  for (const auto& field : routine->collects) verdict.draft.clear(field.name);
  if (carried != nullptr) {
    answer(verdict, *routine, carried->empty() ? read_text(number, verdict.draft) : *carried, said);
    if (!verdict.refused) return;
    verdict.refused.reset();  // the message did not answer what it has not been asked: just ask
    verdict.refusals = 0;
    verdict.accepted = true;
  }
  const bool same_question = from == number && !said.empty();
  verdict.say = same_question ? said : joined(said, tell(verdict, routine->ask));
}

}  // namespace dugout::orchestrator
