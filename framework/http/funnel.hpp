// How many sessions reached each routine of a flow, went on from it, or stopped there. [worker]
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "routines/model.hpp"
#include "store/store.hpp"

namespace dugout::http {

// reached = left + here + stopped. At the end of a flow nobody stops: who reached it has left it.
struct FunnelStep {
  std::int64_t reached = 0;
  std::int64_t left = 0;     // went on
  std::int64_t here = 0;     // stand there, and changed lately
  std::int64_t stopped = 0;  // stand there, and have not changed for long
  std::optional<double> median_s;
};

struct Funnel {
  std::map<int, FunnelStep> steps;                      // by routine; each of the flow has one
  std::map<std::pair<int, int>, std::int64_t> traffic;  // edges taken: from, to
};

// The counts of one flow out of those of all sessions.
Funnel funnel_of(const routines::Flow& flow, const routines::Application& application,
                 const store::FlowTraffic& traffic, const std::vector<store::StandCount>& standing);

}  // namespace dugout::http
