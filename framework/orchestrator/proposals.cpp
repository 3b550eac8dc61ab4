#include "orchestrator/proposals.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;

constexpr std::size_t kMostBytes = 16'000;

std::string as_text(const Json& value) {
  if (value.is_string())
    return std::string(core::clip(value.get_ref<const std::string&>(), kMostBytes));
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.is_number() ? value.dump() : std::string();
}

void propose(Proposals& proposals, const routines::Routine& routine, const std::string& field,
             const Json& value) {
  const bool collected =
      std::any_of(routine.collects.begin(), routine.collects.end(),
                  [&](const routines::Field& known) { return known.name == field; });
  auto text = as_text(value);
  if (collected && !text.empty()) proposals[field] = std::move(text);
}

}  // namespace

Proposals proposals_in_arguments(const Json& arguments, const routines::Routine& routine) {
  Proposals proposals;
  if (!arguments.is_object()) return proposals;
  for (const auto& [field, value] : arguments.items()) propose(proposals, routine, field, value);
  return proposals;
}

Proposals proposals_in(std::string_view metadata, const routines::Routine& routine) {
  const auto parsed = metadata.empty() ? Outcome<Json>(Json::object()) : core::parse_json(metadata);
  if (!parsed || !parsed->is_object()) return {};
  const auto collected = parsed->find("collected");
  if (collected == parsed->end()) return {};
  if (collected->is_object()) return proposals_in_arguments(*collected, routine);
  Proposals proposals;
  if (!collected->is_array()) return proposals;
  for (const auto& entry : *collected) {
    if (entry.is_object() && entry.contains("value")) {
      propose(proposals, routine, core::member(entry, "field"), entry["value"]);
    }
  }
  return proposals;
}

}  // namespace dugout::orchestrator
