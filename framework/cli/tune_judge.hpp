// Judges a tuner on calls that were made with other options (off-policy evaluation). A call is
// followed as it went for as long as the judged options would have done the same; where they part,
// the model says what the rest would have brought (direct method), and calls that did take the
// judged way correct the model by what really came of it (doubly robust, step by step, after Jiang
// and Li, 2016). docs/operations/tuning.md says what this can and cannot show. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "cli/tune_log.hpp"
#include "host/handles.hpp"

namespace dugout::cli {

// What a call brings, or several on average.
struct Bearing {
  double success = 0.0, seconds = 0.0, attempts = 0.0, cost = 0.0;
};

struct Judged {
  Bearing fixed, learned;        // means
  std::vector<Bearing> gains;    // of each call; better = larger, in every member
  std::size_t failed_first = 0;  // calls in which the options had something to decide
  std::size_t supported = 0;     // of them, those whose learned way was gone often enough
  std::size_t changed = 0;       // calls for which the tuner proposes something else
};

// The static options of a call, and the limits of the waits.
struct FixedOptions {
  RetryFigures figures;
  double max_total_delay = 10.0, jitter = 0.25;
};
using FixedFor = std::function<FixedOptions(const LoggedCall&)>;

// kNotApplicable and the like: the tuner's own error.
Outcome<Judged> judge(const std::vector<LoggedCall>& calls, const host::TunerHandle& tuner,
                      const FixedFor& fixed_for);

struct Interval {
  double low = 0.0, high = 0.0;
  bool includes_zero() const { return low <= 0.0 && high >= 0.0; }
};

// The middle 95 % of the means of `rounds` draws of as many calls, with replacement.
Interval bootstrap(const std::vector<Bearing>& gains, double Bearing::*member, std::uint64_t seed,
                   int rounds);

}  // namespace dugout::cli
