// The routines of a flow in the order of the way through it, as a number is no order. Pure. [any]
#pragma once

#include <vector>

#include "routines/model.hpp"

namespace dugout::http {

// From the start along the `next` rules, each before what follows it, as far as the flow does not
// lead back; then those that only a correction or a failure leads to, by number.
std::vector<int> flow_order(const routines::Flow& flow);

}  // namespace dugout::http
