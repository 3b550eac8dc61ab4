// When a registration that is not paid for is chased, and in which words. Pure. [any]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chasing {

constexpr int kSuspends = 4;  // the last step

// 1, 2, 3: a reminder; kSuspends; 0 = nothing is due. `count`: of the steps done.
int due_step(std::int64_t days, int count);

// Whole days from "2025-10-01T12:00:00Z" (the time may be missing, a zone is not read) to now.
// nullopt when it is no time.
std::optional<std::int64_t> whole_days(std::string_view created, std::int64_t now_ms);

struct Names {
  std::string parent, player, club, link;
};

// REQUIRES: step is 1 to kSuspends.
std::string parent_text(int step, const Names& names);

// `team`: "Lions u9"
std::string manager_text(const std::string& club, const std::string& player,
                         const std::string& team);

}  // namespace chasing
