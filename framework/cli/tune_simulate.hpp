// An attempt log made up by the pipeline itself on a virtual clock, against a simulated provider:
// a way to try `dugout tune` before there is a log, and what its tests learn from. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dugout::cli {

enum class TuneScene {
  // Short failures by day. By night, in more and more calls, an overloaded provider that turns
  // away whoever comes back too soon: quick retries are wasted, longer waits help.
  kDrifting,
  // As many failures at any time, and the provider says itself how long to wait: no options do
  // better than others.
  kSteady,
};

struct TuneSimulation {
  TuneScene scene = TuneScene::kDrifting;
  int calls = 20'000;
  int days = 14;
  std::uint64_t seed = 1;
};

// Every attempt as a line of the attempt log, without a line feed. The retry options of each call
// are drawn by lot around the usual ones, so that all of them are tried.
void simulate_attempts(const TuneSimulation& simulation,
                       const std::function<void(std::string_view)>& write);

}  // namespace dugout::cli
