// Figures over many attempts: by target and by class. Takes them one at a time, each call's in one
// piece, and keeps only figures. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "attempts/attempt.hpp"

namespace dugout::attempts {

// Of one target, or of all.
struct TargetFigures {
  std::size_t attempts = 0;                 // what was asked of it; answers from memory are none
  std::size_t good = 0;                     // answers that were used
  std::size_t called_back = 0;              // of two asked at once the one that lost; no failure
  std::size_t from_memory = 0;              // answers of it that were given again
  std::size_t first = 0, first_good = 0;    // attempts that began a call
  std::size_t calls = 0;                    // in which it was asked
  long long tokens = 0, wasted_tokens = 0;  // wasted: of attempts whose answer was not used
  double cost = 0.0, wasted_cost = 0.0;
  std::vector<double> waits_ms;  // before attempts, those that waited
  double added_ms = 0.0;         // waits, and attempts that failed

  // 0..1; 0 of nothing.
  double success_rate() const;
  double first_try_rate() const;
  double added_per_call_ms() const;
};

// Of one class of failure.
struct ClassFigures {
  std::size_t attempts = 0;
  std::size_t calls = 0, recovered = 0;  // in which it came; of these, those that ended well
  long long wasted_tokens = 0;
  double wasted_cost = 0.0, took_ms = 0.0;  // took: the sum
};

class Summary {
 public:
  // The attempts of one call follow one another.
  void add(const Attempt& attempt);
  // After the last one.
  void finish();

  const TargetFigures& all() const { return all_; }
  const std::map<std::string, TargetFigures>& targets() const { return targets_; }
  const std::map<std::string, ClassFigures>& classes() const { return classes_; }
  std::size_t turns() const { return turns_.size(); }

  std::string json() const;

 private:
  void end_call();

  TargetFigures all_;
  std::map<std::string, TargetFigures> targets_;
  std::map<std::string, ClassFigures> classes_;
  std::vector<Attempt> call_;              // the one that is being read
  std::unordered_set<std::size_t> turns_;  // hashes of their ids: those of the store may interleave
};

// The smallest value that so large a part of all does not exceed; 0 of none.
double percentile(std::vector<double> values, double part);

}  // namespace dugout::attempts
