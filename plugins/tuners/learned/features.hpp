// What a model looks at before an attempt: the call it belongs to, and the attempt itself. The
// names and their order are the contract of a model file. Pure, [any].
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tuner_learned {

// The classes of failure that are told apart; the last stands for every other.
inline constexpr std::array<std::string_view, 21> kClasses = {
    "connection",   "timeout",        "rate_limit",      "overloaded",     "server",
    "quota",        "authentication", "invalid_request", "context_length", "unknown",
    "invalid_json", "missing_field",  "truncated",       "refusal",        "empty",
    "wrong_shape",  "schema",         "routine",         "field",          "business_rule",
    "other"};
inline constexpr int kNoClass = -1;
int class_of(std::string_view name);  // kNoClass of "" and "none"

// What is known of a call before it begins, and the options it runs with.
struct Facts {
  std::string call_type;
  double messages = 0.0, routine = 0.0;
  double recent_success_rate = 0.5, recent_latency = 3.0;  // latency: s
  int hour = 12, weekday = 0;
  double max_retries = 3.0, base_delay = 1.0, multiplier = 2.0;
};

// One attempt of it.
struct Try {
  int attempt = 1;
  int after = kNoClass;  // the class of the attempt before
  double waited = 0.0;   // s, just before this attempt
};

// The features of a set of call types. One of another type has none of theirs set.
class Features {
 public:
  explicit Features(std::vector<std::string> call_types);

  const std::vector<std::string>& call_types() const { return call_types_; }
  std::vector<std::string> names() const;  // of the call, then of the attempt
  std::vector<double> of_call(const Facts& facts) const;
  std::vector<double> of_try(const Facts& facts, const Try& one) const;

 private:
  std::vector<std::string> call_types_;
};

}  // namespace tuner_learned
