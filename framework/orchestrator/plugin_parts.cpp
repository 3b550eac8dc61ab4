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
      {"reask", Advice::Action::kReask},
      {"raise_output_limit", Advice::Action::kRaiseOutputLimit},
      {"next_key", Advice::Action::kNextKey},
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

std::string answer_text(const pipeline::Parsed& parsed, std::string_view raw) {
  Json answer{{"agent_final_response", parsed.message}, {"raw", raw}, {"parser", parsed.parser}};
  if (parsed.routine) answer["routine_number"] = *parsed.routine;
  if (parsed.repaired) answer["repaired"] = true;
  if (auto metadata = core::parse_json(parsed.metadata); metadata && !parsed.metadata.empty())
    answer["metadata"] = std::move(*metadata);
  return core::canonical(answer);
}

// A validator speaks of the answer's content: what it calls otherwise is a rule that was broken.
std::optional<pipeline::Failure> problem_in(const Json& verdict) {
  const auto found = verdict.find("problem");
  if (found == verdict.end()) return std::nullopt;
  pipeline::Failure failure;
  failure.message = core::member(*found, "message");
  if (failure.message.empty()) return std::nullopt;
  failure.field = core::member(*found, "field");
  failure.cls = pipeline::class_named(core::member(*found, "class"))
                    .value_or(pipeline::FailureClass::kBusinessRule);
  if (pipeline::tier_of(failure.cls) != pipeline::Tier::kValidation)
    failure.cls = pipeline::FailureClass::kBusinessRule;
  return failure;
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
  advice.wait_multiplier = number(*said, "wait_multiplier", advice.wait_multiplier);
  advice.fraction = number(*said, "fraction", advice.fraction);
  advice.output_factor = number(*said, "factor", advice.output_factor);
  advice.output_start = number(*said, "start", advice.output_start);
  advice.output_ceiling = number(*said, "ceiling", advice.output_ceiling);
  advice.why = core::member(*said, "why");
  return advice;
}

std::optional<pipeline::Verdict> PluginValidator::validate(const pipeline::Parsed& parsed,
                                                           std::string_view raw,
                                                           std::string_view context) const {
  const auto outcome = handle_->validate(answer_text(parsed, raw), context);
  if (!outcome) return std::nullopt;
  const auto said = core::parse_json(*outcome);
  if (!said || !said->is_object()) return std::nullopt;
  const double confidence = number(*said, "confidence", -1.0);
  if (!(confidence >= 0.0 && confidence <= 1.0)) return std::nullopt;
  pipeline::Verdict verdict;
  verdict.confidence = confidence;
  verdict.validator = std::string(name());
  if (const auto details = said->find("details"); details != said->end())
    verdict.details = core::canonical(*details);
  verdict.problem = problem_in(*said);
  return verdict;
}

}  // namespace dugout::orchestrator
