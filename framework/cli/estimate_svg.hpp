// The picture of an estimate: a bar for each way a call can end. It follows the reader's choice of
// light or dark. Pure.
#pragma once

#include <string>

#include "pipeline/estimate.hpp"

namespace dugout::cli {

std::string estimate_svg(const pipeline::EstimateQuestion& question,
                         const pipeline::Estimate& estimate);

// A figure with at most `digits` behind the point, none of them a 0 at the end.
std::string figure(double value, int digits);

}  // namespace dugout::cli
