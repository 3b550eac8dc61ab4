#include "pipeline/weighing.hpp"

#include <algorithm>
#include <cmath>

namespace dugout::pipeline {
namespace {

double sane_confidence(double value) {
  return std::isnan(value) ? 0.0 : std::clamp(value, 0.0, 1.0);
}

Failure doubtful(const std::optional<Failure>& problem) {
  if (problem) return *problem;
  Failure failure;
  failure.cls = FailureClass::kBusinessRule;
  failure.message = "The answer does not look like a reply to the user; answer again.";
  return failure;
}

}  // namespace

Weighed weigh(const std::vector<WeighedValidator>& validators, const Thresholds& thresholds,
              const Parsed& parsed, std::string_view raw, std::string_view context) {
  Weighed out;
  double sum = 0.0, weights = 0.0, least = 2.0;
  std::optional<Failure> problem;
  out.verdicts.reserve(validators.size());
  for (const auto& [validator, weight] : validators) {
    if (weight <= 0) continue;
    const auto verdict = validator->validate(parsed, raw, context);
    if (!verdict) continue;
    const auto confidence = sane_confidence(verdict->confidence);
    out.verdicts.emplace_back(validator->name(), confidence);
    sum += weight * confidence;
    weights += weight;
    if (confidence >= least || !verdict->problem) continue;
    least = confidence;
    problem = verdict->problem;
  }
  if (weights <= 0) return out;
  out.confidence = sum / weights;
  if (*out.confidence > thresholds.valid) return out;
  out.decision = Weighed::Decision::kFlagged;
  if (*out.confidence >= thresholds.retry) return out;
  out.decision = Weighed::Decision::kRetry;
  out.failure = doubtful(problem);
  return out;
}

}  // namespace dugout::pipeline
