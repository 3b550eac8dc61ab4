// From chances to options: what a call is expected to bring with given retry options, and the best
// of a small grid of them. Pure, [any].
#pragma once

#include "model_file.hpp"

namespace tuner_learned {

struct Options {
  int max_retries = 3;
  double base_delay = 1.0, multiplier = 2.0;
};

struct Limits {  // of the host's waits
  double max_total_delay = 10.0, jitter = 0.25;
};

struct Bounds {
  int retries_least = 0, retries_most = 5;
  double base_delay_least = 0.1, base_delay_most = 5.0;
  double multiplier_least = 1.0, multiplier_most = 3.0;
};

// Everything in seconds of waiting.
struct Worth {
  double success = 30.0, attempt = 0.25, money = 100.0, least_gain = 0.02;
};

struct Outlook {
  double success = 0.0, seconds = 0.0, attempts = 0.0, cost = 0.0;
};

// Where a call stands: at its first attempt, or before attempt n after a failure of a class.
struct Standing {
  int attempt = 1;
  int after = kNoClass;
};

class Prospect {
 public:
  // REQUIRES: the model outlives it.
  Prospect(const Model& model, Facts facts, Limits limits);

  // What each number of retries, from 0 to `most_retries`, would bring with these waits.
  std::vector<Outlook> along(int most_retries, double base_delay, double multiplier,
                             const Standing& standing) const;
  Outlook with(const Options& options, const Standing& standing) const {
    return along(options.max_retries, options.base_delay, options.multiplier, standing).back();
  }

 private:
  double p(const Try& one) const;
  std::vector<Outlook> after(Standing standing, const std::vector<double>& waits) const;
  Outlook first() const;

  const Model& model_;
  const Facts facts_;
  const Limits limits_;
  const Features features_;
  double call_score_ = 0.0, good_seconds_ = 1.0;
};

// success_worth x P(success) - seconds - attempt_price x attempts - money_price x cost.
double utility(const Outlook& outlook, const Worth& worth);

struct Choice {
  Options options;
  Outlook expected, as_it_is;
};

// `now`: the options in force; they stay unless others promise `least_gain` more.
Choice best(const Prospect& prospect, const Options& now, const Bounds& bounds, const Worth& worth,
            const Standing& standing);

}  // namespace tuner_learned
