// An estimate for a person, and for a program. `seen` may be null: nothing was counted. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "pipeline/estimate_run.hpp"

namespace dugout::cli {

// To stdout, with colours at a terminal.
void print_estimate(const pipeline::EstimateQuestion& question, const pipeline::Estimate& estimate,
                    const pipeline::Simulated* seen, std::uint64_t seed);

std::string estimate_json(const pipeline::EstimateQuestion& question, const pipeline::Estimate& own,
                          const pipeline::Simulated* seen, std::uint64_t seed);

}  // namespace dugout::cli
