#include "attempts/explain.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::attempts {
namespace {

using core::Json;
using Words = std::pair<std::string_view, std::string_view>;

constexpr std::array<Words, 15> kWhys = {{
    {"advised_stop", "it advised to stop"},
    {"waits_used_up", "the waits of the call were used up"},
    {"call_attempts_used_up", "the attempts of the call were used up"},
    {"turn_attempts_used_up", "the attempts of the turn were used up"},
    {"deadline_passed", "the deadline of the turn had passed"},
    {"turn_spent", "the tokens or the money of the turn were used up"},
    {"retry_budget_empty", "too much was failing at that time to try anything again"},
    {"asked_again_already", "it had been asked again once already"},
    {"wait_beyond_deadline", "the wait would have passed the deadline of the turn"},
    {"no_target_left", "no other remote model was left"},
    {"pattern_class", "it knows this class of failure"},
    {"pattern_code", "it knows the provider's code"},
    {"pattern_text", "it knows the provider's message"},
    {"passed_over", "nothing could come of other advice"},
    {"advice", "for a reason of its own"},
}};

constexpr std::array<Words, 8> kActions = {{
    {"retry", "ask the same model again"},
    {"next_target", "go to the next model"},
    {"truncate_history", "ask again with a shorter history"},
    {"simplify_prompt", "ask again with a simpler prompt"},
    {"stop", "stop"},
    {"raise_output_limit", "ask again with more room for the answer"},
    {"reask", "ask again and say what was wrong"},
    {"next_key", "ask again with another key"},
}};

template <std::size_t N>
std::string worded(const std::array<Words, N>& table, const std::string& name) {
  for (const auto& [known, words] : table) {
    if (known == name) return std::string(words);
  }
  return name;
}

std::string seconds(double ms) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), ms < 1000.0 ? "%.2f s" : "%.1f s", ms / 1000.0);
  return text.data();
}

std::string named(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

// The last one whose answer was used is what the user was told.
const Attempt* answer_of(const std::vector<Attempt>& attempts) {
  const Attempt* found = nullptr;
  for (const auto& attempt : attempts) {
    if (attempt.good() && attempt.outcome != "tool_calls") found = &attempt;
  }
  return found;
}

std::string opening(const std::vector<Attempt>& attempts) {
  const auto& first = attempts.front();
  std::string text = "Turn " + first.turn + " of session " + first.session + ", " + first.at;
  if (!first.agent.empty()) text += ", agent " + first.agent;
  return text + ", routine " + std::to_string(first.routine) + ".";
}

std::string conclusion(const std::vector<Attempt>& attempts) {
  const auto* answer = answer_of(attempts);
  if (answer == nullptr) return "No model gave an answer that could be used.";
  if (answer->from_memory()) {
    return "The answer came from memory; " + answer->target + " gave it first.";
  }
  std::string text = "The answer came from " + answer->target + ", at attempt " +
                     std::to_string(answer->number) + " of call " + std::to_string(answer->call);
  return text + (answer->flagged ? "; it was taken with a flag." : ".");
}

std::string checks(const Attempt& attempt) {
  if (!attempt.confidence) return "";
  std::string text = " Checks:";
  const char* comma = " ";
  for (const auto& [validator, confidence] : attempt.verdicts) {
    text += comma + validator + " " + core::fixed(confidence, 2);
    comma = ", ";
  }
  text += std::string(attempt.verdicts.empty() ? " " : "; ") + "together " +
          core::fixed(*attempt.confidence, 2);
  if (attempt.flagged) text += ", between the thresholds: taken and flagged";
  return text + ".";
}

std::string ending(const Attempt& attempt) {
  const auto after = " after " + seconds(attempt.took_ms);
  if (attempt.from_memory()) return "an equal call was answered before; nobody was asked";
  if (attempt.outcome == "tool_calls") return "asked for tools" + after;
  if (attempt.good()) return "answered" + after + ", read by " + named(attempt.parser, "nobody");
  if (attempt.called_back()) {
    return "was called back" + after +
           (attempt.advisor == "hedge" ? ": another model, asked as well, was quicker" : "");
  }
  auto text = "failed" + after + " with " + attempt.outcome;
  if (attempt.status != 0) text += " (HTTP " + std::to_string(attempt.status) + ")";
  return text;
}

std::string next(const Attempt& attempt) {
  if (attempt.action.empty() || attempt.good()) return "";
  const bool table = attempt.advisor.empty() || attempt.advisor == "table";
  std::string text = " " + (table ? std::string("By the table of classes")
                                  : "On the advice of " + attempt.advisor);
  text += ": " + worded(kActions, attempt.action);
  if (!attempt.why.empty()) text += " (" + worded(kWhys, attempt.why) + ")";
  return text + ".";
}

std::string one(const Attempt& attempt) {
  std::string text =
      "Call " + std::to_string(attempt.call) + ", attempt " + std::to_string(attempt.number) + ": ";
  if (attempt.hedge) {
    text += "the first being slow for " + seconds(attempt.waited_ms) + ", ";
  } else if (attempt.waited_ms > 0.0) {
    text += "after a wait of " + seconds(attempt.waited_ms) + " ";
  }
  text += attempt.target + " " + ending(attempt);
  if (attempt.tokens() > 0) {
    text +=
        " (" + std::to_string(attempt.tokens()) + " tokens" + (attempt.good() ? ")" : ", wasted)");
  }
  return text + "." + checks(attempt) + next(attempt);
}

Json attempt_json(const Attempt& attempt) {
  Json checks = Json::array();
  for (const auto& [validator, confidence] : attempt.verdicts) {
    checks.push_back({{"validator", validator}, {"confidence", confidence}});
  }
  return {{"call", attempt.call},
          {"attempt", attempt.number},
          {"target", attempt.target},
          {"outcome", attempt.outcome},
          {"status", attempt.status},
          {"used", attempt.good()},
          {"parser", attempt.parser},
          {"advisor", attempt.advisor},
          {"action", attempt.action},
          {"why", attempt.why},
          {"waited_ms", attempt.waited_ms},
          {"took_ms", attempt.took_ms},
          {"input_tokens", attempt.input_tokens},
          {"output_tokens", attempt.output_tokens},
          {"cost", attempt.cost},
          {"confidence", attempt.confidence ? Json(*attempt.confidence) : Json(nullptr)},
          {"checks", checks},
          {"flagged", attempt.flagged},
          {"hedge", attempt.hedge}};
}

}  // namespace

std::vector<std::string> sentences(const std::vector<Attempt>& attempts) {
  std::vector<std::string> out{opening(attempts), conclusion(attempts)};
  for (const auto& attempt : attempts) out.push_back(one(attempt));
  return out;
}

std::string explanation_json(const std::vector<Attempt>& attempts) {
  const auto& first = attempts.front();
  const auto* answer = answer_of(attempts);
  Json all = Json::array();
  double cost = 0.0, waited = 0.0;
  long long tokens = 0, wasted = 0;
  for (const auto& attempt : attempts) {
    all.push_back(attempt_json(attempt));
    cost += attempt.cost;
    if (!attempt.hedge) waited += attempt.waited_ms;
    tokens += attempt.tokens();
    if (!attempt.good()) wasted += attempt.tokens();
  }
  return core::canonical(
      Json{{"turn", first.turn},
           {"session", first.session},
           {"at", first.at},
           {"agent", first.agent},
           {"call_type", first.call_type},
           {"routine", first.routine},
           {"answered_by", answer ? Json(answer->target) : Json(nullptr)},
           {"from_memory", answer != nullptr && answer->from_memory()},
           {"flagged", answer != nullptr && answer->flagged},
           {"confidence", answer && answer->confidence ? Json(*answer->confidence) : Json(nullptr)},
           {"tokens", tokens},
           {"wasted_tokens", wasted},
           {"cost", cost},
           {"waited_ms", waited},
           {"attempts", all},
           {"sentences", sentences(attempts)}});
}

}  // namespace dugout::attempts
