// Who talks in a scenario: each parent begins a registration, which asks no model, and then asks
// something, which does. They come by chance, not in step.
#pragma once

#include <vector>

#include "chaos/scenario.hpp"
#include "core/clock.hpp"
#include "orchestrator/chat.hpp"

namespace dugout::chaos {

// The turn that asked a model.
struct Talk {
  double began = 0.0, took = 0.0;  // s, from the start
  bool good = false, by_model = false;
};

// When they come, from the start; the same seed, the same times. Pure.
std::vector<core::Duration> arrivals(const Scenario& scenario, unsigned seed);

// [worker]
Talk talk(orchestrator::Orchestrator& orchestrator, const core::Clock& clock,
          core::MonoTime started, int number);

// All of them on the machine's own time, each on a thread. Nobody comes any more after
// `stop`; returns when the last who came has been answered. [main]
std::vector<Talk> talk_live(const Scenario& scenario, unsigned seed,
                            orchestrator::Orchestrator& orchestrator, core::Clock& clock,
                            const core::CancelToken& stop);

}  // namespace dugout::chaos
