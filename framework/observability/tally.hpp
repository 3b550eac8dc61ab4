// The figures of the turns of one minute, or of many together. A fixed size for a set of known
// names, whatever the turns bring. docs/operations/metrics.md has the arithmetic. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "observability/closed_names.hpp"
#include "observability/spread.hpp"
#include "observability/turn_report.hpp"

namespace dugout::observability {

// A call is one question to the models; an attempt asks one of them. Answers from memory are
// neither.
struct CallCounts {
  std::uint64_t calls = 0, good_calls = 0;
  std::uint64_t attempts = 0, good = 0, called_back = 0;
  std::uint64_t first = 0, first_good = 0;      // attempts that began a call
  std::uint64_t retried = 0, retried_good = 0;  // calls whose first attempt failed and went on

  void merge(const CallCounts& other);
  // Each 0..1, or nothing where there is nothing to divide by.
  std::optional<double> success_rate() const;  // of the attempts that were not called back
  std::optional<double> first_try_rate() const;
  std::optional<double> after_retry_rate() const;
  std::optional<double> attempts_per_success() const;
};

struct ToolCounts {
  std::uint64_t runs = 0, failed = 0;
  Spread took;
};

struct Tally {
  explicit Tally(const KnownNames& names);

  void add(const TurnReport& report, const KnownNames& names);
  void merge(const Tally& other);  // REQUIRES: of the same names
  // The same figures in the places that `to` gives them. REQUIRES: `to` has all names of `from`.
  Tally renamed(const KnownNames& from, const KnownNames& to) const;

  std::uint64_t turns = 0, failed = 0;
  CallCounts all;
  std::vector<CallCounts> by_call_type;
  std::vector<std::uint64_t> attempts;  // of a target and an outcome: target * outcomes + outcome
  std::uint64_t waits = 0;
  double waited_s = 0.0;
  std::array<Spread, kStages> stages;
  Spread own;
  std::vector<ToolCounts> tools;
  std::int64_t input_tokens = 0, output_tokens = 0;
  double money = 0.0;

 private:
  void add_call(const AttemptFigures* first, const AttemptFigures* last, const KnownNames& names);
  void add_attempt(const AttemptFigures& attempt, const KnownNames& names);
};

// Of the outcomes that are failures.
bool is_failure(std::string_view outcome);
// Two that were asked at the same time: the wait of one of them came on top of nothing.
bool beside(const AttemptFigures& attempt);

}  // namespace dugout::observability
