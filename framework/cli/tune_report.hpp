// What `dugout tune` prints: a model, and how it compares. One thread.
#pragma once

#include <string>

#include "cli/tune_judge.hpp"
#include "core/json.hpp"

namespace dugout::cli {

struct Comparison {
  Judged judged;
  std::size_t learned_from = 0;  // calls; 0 = a model from elsewhere
  std::int64_t until_ms = 0;     // the judged calls are later
  std::uint64_t seed = 1;
  int rounds = 2000;
};

core::Json comparison_json(const Comparison& comparison);
void print_comparison(const core::Json& comparison);

// The features with the largest weights, as [{"feature","weight"}].
core::Json heaviest(const core::Json& model, std::size_t count);
void print_training(const core::Json& model);
// Rows of {"hour","call_type","recent_success_rate", and the tuner's answer}.
void print_proposals(const core::Json& proposals);

}  // namespace dugout::cli
