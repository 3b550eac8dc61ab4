// Where sessions go and stop, as counts that name nobody and outlive what they were counted from.
// SQL over one connection; the contracts are those of store.hpp. Functions that write run inside
// the writer's transaction.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "store/overview.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace dugout::store {

// Counts the edges of a commit. REQUIRES: its session is written.
Status count_path(Database& database, const TurnCommit& commit, std::int64_t now_ms);

Outcome<FlowTraffic> flow_traffic(Database& database, std::string_view flow, std::int64_t since_ms);
Outcome<std::vector<StandCount>> standing_sessions(Database& database,
                                                   std::int64_t stopped_before_ms);

}  // namespace dugout::store
