#include "pipeline/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace dugout::pipeline {
namespace {

// A mean of tenths such as 0.7 may come out a hair below.
std::size_t bin_of(double confidence) {
  constexpr double kHair = 1e-9;
  const auto tenth = std::floor(confidence * static_cast<double>(kBins) + kHair);
  return static_cast<std::size_t>(std::clamp(tenth, 0.0, static_cast<double>(kBins - 1)));
}

}  // namespace

Reliability reliability_of(const std::vector<JudgedAnswer>& answers) {
  Reliability out;
  out.count = answers.size();
  if (answers.empty()) return out;
  const auto all = static_cast<double>(answers.size());
  for (const auto& [confidence, good] : answers) {
    auto& bin = out.bins[bin_of(confidence)];
    ++bin.count;
    bin.confidence += confidence;
    bin.good_rate += good ? 1.0 : 0.0;
    const double off = confidence - (good ? 1.0 : 0.0);
    out.brier += off * off / all;
  }
  for (auto& bin : out.bins) {
    if (bin.count == 0) continue;
    const auto count = static_cast<double>(bin.count);
    bin.confidence /= count;
    bin.good_rate /= count;
    out.ece += count / all * std::abs(bin.confidence - bin.good_rate);
  }
  return out;
}

void Decisions::add(Weighed::Decision decision, bool is_good) {
  switch (decision) {
    case Weighed::Decision::kValid:
      return valid.add(is_good);
    case Weighed::Decision::kFlagged:
      return flagged.add(is_good);
    case Weighed::Decision::kRetry:
      return retried.add(is_good);
  }
}

}  // namespace dugout::pipeline
