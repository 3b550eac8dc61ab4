#include "orchestrator/attempt_line.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"
#include "core/random.hpp"
#include "dugout/sdk/dates.hpp"
#include "orchestrator/retry_choice.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using Words = std::pair<std::string_view, std::string_view>;

// The planner's own reasons, as pipeline/recovery.cpp words them.
constexpr std::array<Words, 10> kReasons = {{
    {"the strategy advised to stop", "advised_stop"},
    {"the waits of the call are used up", "waits_used_up"},
    {"the attempts of the call are used up", "call_attempts_used_up"},
    {"the attempts of the turn are used up", "turn_attempts_used_up"},
    {"the deadline of the turn has passed", "deadline_passed"},
    {"the tokens or the money of the turn are used up", "turn_spent"},
    {"too much fails just now: nothing is tried again", "retry_budget_empty"},
    {"it was asked again once already", "asked_again_already"},
    {"the wait would pass the deadline of the turn", "wait_beyond_deadline"},
    {"no other remote target is left", "no_target_left"},
}};

// How strategies with patterns begin their reason; what follows may be anybody's words.
constexpr std::array<Words, 3> kPatterns = {{
    {"class ", "pattern_class"},
    {"code ", "pattern_code"},
    {"text ", "pattern_text"},
}};

// How the planner begins to tell of advice that nothing could come of.
constexpr std::string_view kPassedOver = "; passed over: ";

double milliseconds(core::Duration duration) {
  return core::seconds(duration) * 1000.0;
}

std::string stamp(std::int64_t ms) {
  auto text = sdk::iso_time(ms);
  const auto fraction = std::to_string(1000 + ((ms % 1000) + 1000) % 1000).substr(1);
  text.insert(text.size() - 1, "." + fraction);
  return text;
}

Json or_null(const std::optional<double>& figure) {
  return figure ? Json(*figure) : Json(nullptr);
}

// A tuner is a plugin: its figures are taken, its words are not.
Json proposal_of(const std::string& text) {
  if (text.empty()) return nullptr;
  const auto read = core::parse_json(text);
  if (!read || !read->is_object()) return nullptr;
  Json out = Json::object();
  for (const auto* name : {"max_retries", "base_delay", "multiplier", "p_success"}) {
    const auto found = read->find(name);
    if (found != read->end() && found->is_number()) out[name] = *found;
  }
  return out;
}

void add_facts(Json& out, const CallFacts& facts) {
  out["call_type"] = facts.call_type;
  out["agent"] = facts.agent;
  out["messages"] = facts.messages;
  out["recent_success_rate"] = or_null(facts.recent_success_rate);
  out["recent_latency"] = or_null(facts.recent_latency);
  out["max_retries"] = facts.max_retries;
  out["base_delay"] = facts.base_delay;
  out["multiplier"] = facts.multiplier;
  out["tuner"] = facts.tuner;
  out["proposal"] = proposal_of(facts.proposal);
}

void add_time(Json& out, core::WallTime now) {
  const std::int64_t ms = now.time_since_epoch().count();
  out["at"] = stamp(ms);
  out["at_ms"] = ms;
  out["hour"] = hour_of(now);
  out["weekday"] = weekday_of(now);
}

Json outcome_of(const pipeline::AttemptRecord& attempt) {
  Json verdicts = Json::object();
  for (const auto& [validator, confidence] : attempt.verdicts) verdicts[validator] = confidence;
  return {{"attempt", attempt.number},
          {"target", attempt.target},
          {"outcome", attempt.outcome},
          {"status", attempt.status},
          {"parser", attempt.parser},
          {"advisor", attempt.advisor},
          {"action", attempt.action},
          {"why", why_category(attempt.why)},
          {"waited_ms", milliseconds(attempt.waited)},
          {"took_ms", milliseconds(attempt.took)},
          {"input_tokens", attempt.usage.input_tokens},
          {"output_tokens", attempt.usage.output_tokens},
          {"cost", attempt.cost},
          {"confidence", or_null(attempt.confidence)},
          {"verdicts", std::move(verdicts)},
          {"flagged", attempt.flagged},
          {"hedge", attempt.hedge},
          {"cache", attempt.outcome == "cache_hit"}};
}

}  // namespace

std::string_view why_category(std::string_view why) {
  if (why.empty()) return {};
  if (why.starts_with(kPassedOver.substr(2))) return "passed_over";
  // What comes after a reason tells which other advice could not be taken.
  why = why.substr(0, why.find(kPassedOver));
  for (const auto& [words, category] : kReasons) {
    if (why == words) return category;
  }
  for (const auto& [start, category] : kPatterns) {
    if (why.substr(0, start.size()) == start) return category;
  }
  return "advice";
}

std::string attempt_text(const pipeline::AttemptRecord& attempt, const AttemptPlace& place,
                         const CallFacts& facts, core::WallTime now) {
  auto out = outcome_of(attempt);
  out["schema"] = 2;
  // Whoever has the id of a session may go on with it, so it is not written down whole.
  out["session"] = core::stable_hash(place.session);
  out["turn"] = place.turn;
  out["routine"] = place.routine;
  out["call"] = place.call;
  add_time(out, now);
  add_facts(out, facts);
  return core::canonical(out);
}

observability::AttemptFigures attempt_figures(const pipeline::AttemptRecord& attempt,
                                              const AttemptPlace& place, const CallFacts& facts) {
  observability::AttemptFigures out;
  out.call_type = facts.call_type;
  out.agent = facts.agent;
  out.target = attempt.target;
  out.outcome = attempt.outcome;
  out.action = attempt.action;
  out.parser = attempt.parser;
  out.call = place.call;
  out.number = attempt.number;
  out.status = attempt.status;
  out.took = attempt.took;
  out.waited = attempt.waited;
  out.input_tokens = attempt.usage.input_tokens;
  out.output_tokens = attempt.usage.output_tokens;
  out.cost = attempt.cost;
  out.confidence = attempt.confidence;
  out.verdicts = attempt.verdicts;
  out.flagged = attempt.flagged;
  out.hedge = attempt.hedge;
  out.local = attempt.local;
  return out;
}

}  // namespace dugout::orchestrator
