// The commands of `dugout tune`, and what they share. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/simulated_clock.hpp"
#include "cli/tune_judge.hpp"
#include "cli/tune_model.hpp"
#include "cli/tune_simulate.hpp"

namespace dugout::cli {

struct TuneOptions {
  std::vector<std::string> logs;
  std::string model, output, scene = "drifting";
  double split = 0.7;  // of the calls, the earlier part that is learned from
  std::uint64_t seed = 1;
  int rounds = 2000;
  TuneSimulation simulation;
  bool json = false;
};

int tune_train(const AppOptions& options, const TuneOptions& tune);
int tune_evaluate(const AppOptions& options, const TuneOptions& tune);
int tune_export(const AppOptions& options, const TuneOptions& tune);
int tune_show(const AppOptions& options, const TuneOptions& tune);
int tune_simulate(const TuneOptions& tune);

// The settings with the plugin, or the exit code that says why not.
struct OpenedTuner {
  core::Findings findings;
  // Stands still: nobody waits for advice here, so none of it comes too late on a busy machine.
  std::unique_ptr<SimulatedClock> clock;
  std::unique_ptr<Set> set;
  std::shared_ptr<const host::TunerHandle> tuner;
  int code = kGood;
};

OpenedTuner open_tuner(const AppOptions& options);

// Says why on stderr, and gives the exit code.
int tune_refused(const Error& error);

// The options of a call by the settings and its agent, as if nothing adapted them.
FixedFor fixed_for(const Set& set);

}  // namespace dugout::cli
