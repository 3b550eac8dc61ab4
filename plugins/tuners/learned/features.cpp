#include "features.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tuner_learned {
namespace {

constexpr int kHours = 24, kDays = 7;
// Everything is brought to about the size of 1, so that the penalty weighs alike on all.
constexpr double kMessages = 5.0, kRoutines = 50.0, kLatency = 3.0, kRetries = 5.0;
constexpr double kMultiplier = 4.0, kWaited = 3.0;
// A wait may heal what comes from the line or the load; these are the first of kClasses.
constexpr int kHealing = 5, kUnknownClass = 9;

double log_scaled(double value, double scale) {
  return std::log1p(std::max(value, 0.0)) / scale;
}

double angle(const Facts& facts) {
  return 2.0 * std::numbers::pi * facts.hour / kHours;
}

}  // namespace

int class_of(std::string_view name) {
  if (name.empty() || name == "none") return kNoClass;
  const auto found = std::find(kClasses.begin(), kClasses.end(), name);
  return static_cast<int>(std::min<std::ptrdiff_t>(found - kClasses.begin(), kClasses.size() - 1));
}

Features::Features(std::vector<std::string> call_types) : call_types_(std::move(call_types)) {}

std::vector<std::string> Features::names() const {
  std::vector<std::string> names{"bias"};
  for (const auto& type : call_types_) names.push_back("call_type=" + type);
  for (const char* name :
       {"messages", "routine", "recent_success_rate", "recent_latency", "hour_sin", "hour_cos",
        "hour_sin_2", "hour_cos_2", "max_retries", "base_delay", "multiplier"}) {
    names.emplace_back(name);
  }
  for (int day = 0; day < kDays; ++day) names.push_back("weekday=" + std::to_string(day));
  for (const char* name : {"attempt", "retry*hour_sin", "retry*hour_cos", "waited",
                           "waited*hour_sin", "waited*hour_cos", "waited*recent_failures"}) {
    names.emplace_back(name);
  }
  for (const auto cls : kClasses) names.push_back("after=" + std::string(cls));
  for (int cls = 0; cls < kHealing; ++cls) {
    names.push_back("waited*after=" + std::string(kClasses[cls]));
  }
  names.push_back("waited*after=" + std::string(kClasses[kUnknownClass]));
  return names;
}

std::vector<double> Features::of_call(const Facts& facts) const {
  std::vector<double> values{1.0};
  for (const auto& type : call_types_) values.push_back(type == facts.call_type ? 1.0 : 0.0);
  values.insert(
      values.end(),
      {log_scaled(facts.messages, kMessages), facts.routine / kRoutines, facts.recent_success_rate,
       log_scaled(facts.recent_latency, kLatency), std::sin(angle(facts)), std::cos(angle(facts)),
       std::sin(2.0 * angle(facts)), std::cos(2.0 * angle(facts)), facts.max_retries / kRetries,
       log_scaled(facts.base_delay, 1.0), facts.multiplier / kMultiplier});
  for (int day = 0; day < kDays; ++day) values.push_back(facts.weekday == day ? 1.0 : 0.0);
  return values;
}

std::vector<double> Features::of_try(const Facts& facts, const Try& one) const {
  const double retry = one.attempt > 1 ? 1.0 : 0.0;
  const double waited = log_scaled(one.waited, kWaited);
  const double sine = std::sin(angle(facts)), cosine = std::cos(angle(facts));
  std::vector<double> values{(std::min(one.attempt, 6) - 1) / kRetries,
                             retry * sine,
                             retry * cosine,
                             waited,
                             waited * sine,
                             waited * cosine,
                             waited * (1.0 - facts.recent_success_rate)};
  for (int cls = 0; cls < static_cast<int>(kClasses.size()); ++cls) {
    values.push_back(one.after == cls ? 1.0 : 0.0);
  }
  for (int cls = 0; cls < kHealing; ++cls) values.push_back(one.after == cls ? waited : 0.0);
  values.push_back(one.after == kUnknownClass ? waited : 0.0);
  return values;
}

}  // namespace tuner_learned
