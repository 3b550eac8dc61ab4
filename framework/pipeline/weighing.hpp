// Whether an answer may stand, by the weighed mean of its validators' confidence. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/call.hpp"

namespace dugout::pipeline {

struct Weighed {
  enum class Decision { kValid, kFlagged, kRetry };
  Decision decision = Decision::kValid;
  std::optional<double> confidence;  // nullopt = nobody had an opinion: valid
  std::vector<std::pair<std::string, double>> verdicts;
  std::optional<Failure> failure;  // of kRetry: the problem of the least confident
};

// A confidence that is no number counts as 0, one out of range is held within it.
Weighed weigh(const std::vector<WeighedValidator>& validators, const Thresholds& thresholds,
              const Parsed& parsed, std::string_view raw, std::string_view context);

}  // namespace dugout::pipeline
