// How far confidences can be believed: the reliability of what validators said of answers that
// people have judged, and what thresholds would have made of them. Pure, [any].
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/weighing.hpp"

namespace dugout::pipeline {

inline constexpr std::size_t kBins = 10;

struct JudgedAnswer {
  double confidence = 0.0;  // 0..1
  bool good = false;        // as people see it
};

// The answers whose confidence lies in one tenth; the last one holds 1 too.
struct Bin {
  std::size_t count = 0;
  double confidence = 0.0;  // their mean; 0 when there are none
  double good_rate = 0.0;   // the part of them that is good
};

struct Reliability {
  std::size_t count = 0;
  std::array<Bin, kBins> bins;
  double ece = 0.0;    // expected calibration error: mean distance of confidence and rate, by bin
  double brier = 0.0;  // mean square of confidence less 1 (good) or 0
};

Reliability reliability_of(const std::vector<JudgedAnswer>& answers);

// What became of the good and the bad ones.
struct Outcomes {
  std::size_t good = 0, bad = 0;

  void add(bool is_good) { ++(is_good ? good : bad); }
};
struct Decisions {
  Outcomes valid, flagged, retried;

  void add(Weighed::Decision decision, bool is_good);
};

}  // namespace dugout::pipeline
