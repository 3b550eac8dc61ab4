#include "orchestrator/plugin_parts.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using pipeline::Advice;

std::optional<Advice::Action> action_named(std::string_view name) {
  static constexpr std::pair<std::string_view, Advice::Action> kActions[] = {
      {"wait", Advice::Action::kWait},
      {"next_target", Advice::Action::kNextTarget},
      {"truncate_history", Advice::Action::kTruncateHistory},
      {"simplify_prompt", Advice::Action::kSimplifyPrompt},
      {"stop", Advice::Action::kStop}};
  for (const auto& [known, action] : kActions) {
    if (known == name) return action;
  }
  return std::nullopt;
}

double number(const Json& object, const char* key, double fallback) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : fallback;
}

}  // namespace

Outcome<pipeline::Parsed> PluginParser::parse(std::string_view text,
                                              std::string_view schema) const {
  const auto outcome = handle_->parse(text, schema);
  if (!outcome) return outcome.error();
  const auto answer = core::parse_json(*outcome);
  if (!answer || !answer->is_object()) {
    return Error{Code::kInternal, std::string(name()) + " gave no JSON object"};
  }
  pipeline::Parsed parsed;
  parsed.message = core::member(*answer, "agent_final_response");
  parsed.parser = std::string(name());
  const auto repaired = answer->find("repaired");
  parsed.repaired = repaired != answer->end() && *repaired == true;
  if (const auto routine = answer->find("routine_number");
      routine != answer->end() && routine->is_number_integer()) {
    parsed.routine = routine->get<long long>();
  }
  if (const auto metadata = answer->find("metadata"); metadata != answer->end()) {
    parsed.metadata = core::canonical(*metadata);
  }
  return parsed;
}

std::optional<Advice> PluginAdvisor::advise(const pipeline::Failure& failure, int attempt,
                                            int repeats, std::string_view target) const {
  const Json seen{{"class", pipeline::name_of(failure.cls)},
                  {"code", failure.code},
                  {"message", failure.message},
                  {"status", failure.status},
                  {"attempt", attempt},
                  {"repeats", repeats},
                  {"target", target}};
  const auto outcome = handle_->advise(core::canonical(seen));
  if (!outcome) return std::nullopt;
  const auto said = core::parse_json(*outcome);
  if (!said || !said->is_object()) return std::nullopt;
  const auto action = action_named(core::member(*said, "action"));
  if (!action) return std::nullopt;
  Advice advice;
  advice.action = *action;
  advice.wait_multiplier = number(*said, "wait_multiplier", 1.0);
  advice.fraction = number(*said, "fraction", 0.5);
  advice.why = core::member(*said, "why");
  return advice;
}

}  // namespace dugout::orchestrator
