// The retry options of one call: the static ones, or what a tuner proposes instead. A proposal is
// only ever taken inside hard bounds; what is no proposal counts as none and is warned of once. In
// shadow the tuner is asked and the options stay as they are. [any]
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "host/handles.hpp"
#include "observability/log.hpp"
#include "pipeline/adaptive.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

enum class TunerMode { kOff, kShadow, kOn };
std::optional<TunerMode> tuner_mode_named(std::string_view name);  // "off", "shadow", "on"
std::string_view name_of(TunerMode mode);

// What a tuner is told of a call to come; figures and names of ours, nobody's text.
struct RetryFacts {
  std::string call_type;
  int messages = 0;       // of the session
  long long routine = 0;  // 0 = none
  pipeline::Recent recent;
  core::WallTime now{};
};

// The same clock for those who write the log and those who learn from it: UTC, Monday is 0.
int hour_of(core::WallTime time);
int weekday_of(core::WallTime time);

struct RetryProposal {
  int max_retries = 0;
  double base_delay = 0.0, multiplier = 1.0;
  double p_success = 0.0;  // of the call
  std::string model;       // which one said so
};

// As JSON, for the attempt log.
std::string text_of(const RetryProposal& proposal);

struct RetryChoice {
  pipeline::RetryOptions options;         // to use
  std::optional<RetryProposal> proposal;  // for the log, held inside the bounds
  bool taken = false;                     // the proposal is in the options
};

class RetryChooser {
 public:
  // `tuner`: nullptr counts as mode off. REQUIRES: the log outlives it.
  RetryChooser(TunerMode mode, std::shared_ptr<const host::TunerHandle> tuner,
               observability::Log& log)
      : mode_(tuner == nullptr ? TunerMode::kOff : mode), tuner_(std::move(tuner)), log_(log) {}

  // `fixed`: the static options, after adaptation. Who wants no retries gets none, and the tuner
  // is not asked.
  // Off when there is no tuner.
  TunerMode mode() const { return mode_; }

  RetryChoice choose(const pipeline::RetryOptions& fixed, const RetryFacts& facts) const;

 private:
  std::optional<RetryProposal> ask(const pipeline::RetryOptions& fixed,
                                   const RetryFacts& facts) const;
  void warn(std::string_view why) const;

  const TunerMode mode_;
  const std::shared_ptr<const host::TunerHandle> tuner_;
  observability::Log& log_;
  mutable std::atomic<bool> warned_{false};
};

}  // namespace dugout::orchestrator
