#include "orchestrator/retry_choice.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;

// Whatever a tuner says, and whatever its own bounds are.
constexpr double kMostRetries = 5.0;
constexpr double kLeastDelay = 0.05, kMostDelay = 10.0;  // s
constexpr double kLeastMultiplier = 1.0, kMostMultiplier = 4.0;
constexpr core::JsonLimits kAnswer{8, 64U << 10};
constexpr std::size_t kModelName = 64;

constexpr std::pair<std::string_view, TunerMode> kModes[] = {
    {"off", TunerMode::kOff}, {"shadow", TunerMode::kShadow}, {"on", TunerMode::kOn}};

std::optional<double> finite(const Json& answer, const char* key) {
  const auto found = answer.find(key);
  if (found == answer.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<RetryProposal> proposal_in(std::string_view text) {
  const auto answer = core::parse_json(text, kAnswer);
  if (!answer || !answer->is_object()) return std::nullopt;
  const auto retries = finite(*answer, "max_retries"), delay = finite(*answer, "base_delay"),
             multiplier = finite(*answer, "multiplier");
  if (!retries || !delay || !multiplier) return std::nullopt;
  RetryProposal proposal;
  proposal.max_retries = static_cast<int>(std::clamp(std::round(*retries), 0.0, kMostRetries));
  proposal.base_delay = std::clamp(*delay, kLeastDelay, kMostDelay);
  proposal.multiplier = std::clamp(*multiplier, kLeastMultiplier, kMostMultiplier);
  proposal.p_success = std::clamp(finite(*answer, "p_success").value_or(0.0), 0.0, 1.0);
  proposal.model = core::member(*answer, "model").substr(0, kModelName);
  return proposal;
}

std::string situation_of(const pipeline::RetryOptions& fixed, const RetryFacts& facts) {
  return core::canonical(Json{{"call_type", facts.call_type},
                              {"messages", facts.messages},
                              {"routine", facts.routine},
                              {"recent_success_rate", facts.recent.success_rate},
                              {"recent_latency", facts.recent.latency},
                              {"hour", hour_of(facts.now)},
                              {"weekday", weekday_of(facts.now)},
                              {"attempt", 1},
                              {"max_retries", fixed.max_retries},
                              {"base_delay", fixed.base_delay},
                              {"multiplier", fixed.multiplier},
                              {"max_total_delay", fixed.max_total_delay},
                              {"jitter", fixed.jitter}});
}

}  // namespace

std::optional<TunerMode> tuner_mode_named(std::string_view name) {
  for (const auto& [known, mode] : kModes) {
    if (known == name) return mode;
  }
  return std::nullopt;
}

std::string_view name_of(TunerMode mode) {
  return kModes[static_cast<std::size_t>(mode)].first;
}

int hour_of(core::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return static_cast<int>(std::chrono::floor<std::chrono::hours>(time - day).count());
}

int weekday_of(core::WallTime time) {
  const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(time));
  return static_cast<int>(day.iso_encoding()) - 1;
}

std::string text_of(const RetryProposal& proposal) {
  return core::canonical(Json{{"max_retries", proposal.max_retries},
                              {"base_delay", proposal.base_delay},
                              {"multiplier", proposal.multiplier},
                              {"p_success", proposal.p_success},
                              {"model", proposal.model}});
}

RetryChoice RetryChooser::choose(const pipeline::RetryOptions& fixed,
                                 const RetryFacts& facts) const {
  RetryChoice choice{fixed, std::nullopt, false};
  if (mode_ == TunerMode::kOff || fixed.max_retries <= 0) return choice;
  choice.proposal = ask(fixed, facts);
  if (!choice.proposal || mode_ != TunerMode::kOn) return choice;
  choice.options.max_retries = choice.proposal->max_retries;
  choice.options.base_delay = choice.proposal->base_delay;
  choice.options.multiplier = choice.proposal->multiplier;
  choice.taken = true;
  return choice;
}

std::optional<RetryProposal> RetryChooser::ask(const pipeline::RetryOptions& fixed,
                                               const RetryFacts& facts) const {
  const auto answer = tuner_->propose(situation_of(fixed, facts));
  if (!answer) {
    // No model is the usual state of a fresh install, and nothing to speak of in shadow.
    if (answer.error().code != Code::kNotApplicable) {
      warn("it failed");
    } else if (mode_ == TunerMode::kOn) {
      warn("it has no model");
    }
    return std::nullopt;
  }
  auto proposal = proposal_in(*answer);
  if (!proposal) warn("its answer is no proposal");
  return proposal;
}

void RetryChooser::warn(std::string_view why) const {
  if (warned_.exchange(true)) return;
  log_.warning("tuner.unusable", {observability::Field::safe("plugin", tuner_->id()),
                                  observability::Field::safe("why", why)});
}

}  // namespace dugout::orchestrator
