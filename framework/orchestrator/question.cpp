#include "orchestrator/question.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "orchestrator/corrections.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using routines::Field;
using routines::FieldType;

bool speaks_of(const std::string& tool, std::string_view what) {
  return tool.find(what) != std::string::npos;
}

// Checks are named for what they check.
std::string kind_of_check(const std::string& tool) {
  if (speaks_of(tool, "dob") || speaks_of(tool, "date")) return "date";
  for (const auto* kind : {"phone", "email", "postcode"}) {
    if (speaks_of(tool, kind)) return kind;
  }
  return "text";
}

std::string kind_of(const Field& field) {
  if (!field.input.empty()) return field.input;
  switch (field.type) {
    case FieldType::kChoice:
      return "choice";
    case FieldType::kYesNo:
      return "yes_no";
    case FieldType::kInteger:
      return "number";
    case FieldType::kDate:
      return "date";
    case FieldType::kFile:
      return "file";
    case FieldType::kCheck:
      return kind_of_check(field.tool);
    case FieldType::kText:
    case FieldType::kCorrection:
      break;
  }
  return "text";
}

Json choice(const std::string& said, const std::string& label) {
  return {{"value", said}, {"label", label}};
}

Json choices_of(const Field& field) {
  Json choices = Json::array();
  if (field.buttons) {
    for (const auto& button : *field.buttons) choices.push_back(choice(button.said, button.label));
  } else if (field.type == FieldType::kYesNo) {
    choices = {choice("Yes", "Yes"), choice("No", "No")};
  } else if (field.type == FieldType::kChoice) {
    for (const auto& value : field.values) choices.push_back(choice(value.value, value.value));
  }
  return choices;
}

std::string capital(std::string text) {
  if (!text.empty()) text.front() = core::upper(text.substr(0, 1)).front();
  return text;
}

Json editable_of(const routines::Flow& flow, const routines::Routine& routine, const Draft& draft) {
  Json editable = Json::array();
  for (const auto* field : changeable(flow, routine.number, draft)) {
    editable.push_back({{"field", field->name},
                        {"label", capital(field->label)},
                        {"value", "Change " + field->label}});
  }
  return editable;
}

// Between two turns of a correction the question is the one of the detail that is corrected.
const Field* asked_for(const routines::Flow& flow, const routines::Routine& routine,
                       const Draft& draft) {
  const auto* open = open_field(routine, draft);
  if (open == nullptr || open->type != FieldType::kCorrection) return open;
  const auto pending = draft.get(kCorrectionField);
  const auto* corrected = pending ? flow.field(*pending) : nullptr;
  return corrected == nullptr ? open : corrected;
}

}  // namespace

const Field* open_field(const routines::Routine& routine, const Draft& draft) {
  for (const auto& field : routine.collects) {
    if (field.when && !field.when->holds(draft)) continue;
    if (!draft.has(field.name) && !field.optional) return &field;
  }
  return nullptr;
}

std::string question_of(const routines::Flow& flow, const routines::Routine& routine,
                        const Draft& draft) {
  const auto* field = asked_for(flow, routine, draft);
  // All is there, so a step after it failed: the answer is given once more.
  if (field == nullptr && !routine.collects.empty()) field = &routine.collects.front();
  Json question{{"routine", routine.number},
                {"field", nullptr},
                {"kind", "text"},
                {"label", routine.title},
                {"autofill", nullptr},
                {"choices", Json::array()},
                {"editable", editable_of(flow, routine, draft)}};
  if (field != nullptr) {
    question["field"] = field->name;
    question["kind"] = kind_of(*field);
    if (!field->label.empty()) question["label"] = capital(field->label);
    if (!field->autofill.empty()) question["autofill"] = field->autofill;
    question["choices"] = choices_of(*field);
  }
  return core::canonical(question);
}

}  // namespace dugout::orchestrator
