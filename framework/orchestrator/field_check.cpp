#include "orchestrator/field_check.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "orchestrator/answers.hpp"
#include "routines/values.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using routines::Field;
using routines::FieldType;

constexpr auto kDateTool = "date_validation";

Checked from_reading(Reading reading) {
  Checked checked;
  checked.value = std::move(reading.value);
  checked.left_out = reading.left_out;
  checked.reason = std::move(reading.reason);
  return checked;
}

Checked from_run(const ToolRun& run, const Field& field) {
  Checked checked;
  if (run.broken()) {
    checked.unavailable = true;
    checked.reason = "its check is not available just now";
    return checked;
  }
  if (!run.ok) {
    checked.reason = checked.say = run.message;
    checked.code = run.code;
    return checked;
  }
  checked.value = result_member(run.data, "value");
  if (!checked.value) checked.reason = "the check gave no value";
  for (const auto& [path, target] : field.save) {
    if (const auto member = result_member(run.data, path))
      checked.saves.emplace_back(target, *member);
  }
  return checked;
}

Checked by_tool(const Field& field, const std::string& raw, const Draft& draft, ToolRunner& tools,
                int routine, const std::string& argument) {
  auto arguments = render_arguments(field.with, draft);
  arguments[argument] = raw;
  return from_run(tools.run(field.tool, arguments, routine), field);
}

Checked by_date(const Field& field, const std::string& raw, ToolRunner& tools, int routine) {
  Json arguments{{"date", raw}};
  if (field.min_age) arguments["min_age"] = *field.min_age;
  if (field.max_age) arguments["max_age"] = *field.max_age;
  if (field.min_year) arguments["min_year"] = *field.min_year;
  return from_run(tools.run(kDateTool, arguments, routine), field);
}

Checked by_type(const Field& field, const std::string& raw, const Draft& draft, ToolRunner& tools,
                int routine) {
  switch (field.type) {
    case FieldType::kChoice:
      return from_reading(read_choice(raw, field.values));
    case FieldType::kYesNo:
      return from_reading(read_yes_no(raw, field.values));
    case FieldType::kInteger:
      return from_reading(read_integer(raw, field));
    case FieldType::kText:
      return from_reading(read_text(raw, field));
    case FieldType::kDate:
      return by_date(field, raw, tools, routine);
    case FieldType::kFile:
      if (field.tool.empty()) return from_reading({raw, "", false});
      [[fallthrough]];
    case FieldType::kCheck: {
      const auto argument = tools.check_argument(field.tool);
      if (argument.empty())
        return from_reading({std::nullopt, "its check is not available", false});
      return by_tool(field, raw, draft, tools, routine, argument);
    }
    case FieldType::kCorrection:
      break;  // corrections.hpp
  }
  return from_reading({std::nullopt, "cannot be read", false});
}

// {"{one_slot}"} whose slot is unset renders to nothing at all.
bool only_unset_slot(const std::string& text, const routines::Values& values) {
  const auto slots = routines::slots(text);
  return slots.size() == 1 && core::trim(text) == "{" + slots[0] + "}" &&
         !routines::resolve(slots[0], values);
}

}  // namespace

Checked check_field(const Field& field, const std::string& raw, const Draft& draft,
                    ToolRunner& tools, int routine) {
  auto checked = by_type(field, raw, draft, tools, routine);
  if (checked.value && !field.differs_from.empty() &&
      draft.get(field.differs_from) == checked.value) {
    checked = {};
    checked.code = kSameValue;
    checked.reason = "the same as " + field.differs_from;
    checked.say = "That is the same as yours, and I need a different one here.";
  }
  if (checked.ok() && !field.set.empty()) {
    auto answered = draft;  // what is noted beside the answer may speak of it
    if (checked.value) answered.set(field.name, *checked.value, routine, "");
    for (const auto& [target, text] : field.set) {
      const auto value = routines::render(text, answered);
      if (!value.empty()) checked.saves.emplace_back(target, value);
    }
  }
  return checked;
}

std::string words_for(const Field& field, const Checked& checked, const Draft& draft) {
  for (const auto& [code, text] : field.refused) {
    if (code == checked.code) return routines::render(text, draft);
  }
  return {};
}

Json render_arguments(const std::vector<std::pair<std::string, Json>>& arguments,
                      const routines::Values& values) {
  Json rendered = Json::object();
  for (const auto& [name, value] : arguments) {
    if (!value.is_string()) {
      rendered[name] = value;
      continue;
    }
    const auto& text = value.get_ref<const std::string&>();
    if (!only_unset_slot(text, values)) rendered[name] = routines::render(text, values);
  }
  return rendered;
}

std::optional<std::string> result_member(const Json& data, const std::string& path) {
  const auto* at = &data;
  for (const auto& part : core::split(path, '.')) {
    if (!at->is_object() || !at->contains(part)) return std::nullopt;
    at = &(*at)[part];
  }
  if (at->is_null()) return std::nullopt;
  if (at->is_string()) return at->get<std::string>();
  if (at->is_boolean()) return at->get<bool>() ? "Y" : "N";
  return core::canonical(*at);
}

}  // namespace dugout::orchestrator
