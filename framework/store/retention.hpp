// How long what people said is kept, and its removal when the time is over. Over one connection of
// its own, in one transaction. [worker]
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "store/sqlite.hpp"

namespace dugout::store {

// In days since the last change.
struct RetentionRule {
  int unfinished_days = 90;  // a conversation that led to no registration
  int finished_days = 400;   // a conversation that did; the one kept on its row; messages sent
  int jobs_days = 90;        // events of services, jobs that are over, counts of failed proofs
};

using Counts = std::map<std::string, std::int64_t>;  // by kind

// Removes what is past its time; with `dry_run` only counts it. What was removed, by kind.
// REQUIRES: no transaction is open.
Outcome<Counts> apply_retention(Database& database, const RetentionRule& rule, std::int64_t now_ms,
                                bool dry_run);

}  // namespace dugout::store
