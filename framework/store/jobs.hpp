// Jobs and the events that make them, as SQL over one connection. The contracts are those of
// store.hpp; functions that write run inside the writer's transaction.
#pragma once

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace dugout::store {

struct JobLease {
  std::string_view owner;
  std::int64_t now_ms = 0, until_ms = 0;
};

Outcome<int> add_events(Database& database, std::string_view source,
                        const std::vector<NewEvent>& events, std::int64_t now_ms);
Outcome<std::string> add_job(Database& database, const NewJob& fresh, std::int64_t now_ms);
Outcome<Job> add_running_job(Database& database, const NewJob& fresh, const JobLease& lease);

// The id of the job to take next; empty = none is ready.
Outcome<std::string> ready_job(Database& database, std::int64_t now_ms);
Outcome<std::optional<Job>> take_job(Database& database, const JobLease& lease);
Status extend_lease(Database& database, std::string_view id, const JobLease& lease);
Status end_job(Database& database, std::string_view id, std::string_view owner,
               std::string_view result, std::int64_t now_ms);
Status end_try(Database& database, std::string_view id, std::string_view owner,
               std::string_view error, std::optional<std::int64_t> retry_at_ms,
               std::int64_t now_ms);
Status revive_job(Database& database, std::string_view id, std::int64_t now_ms);

Outcome<std::optional<Job>> find_job(Database& database, std::string_view id);
Outcome<std::vector<Job>> list_jobs(Database& database, const JobFilter& filter);
Outcome<JobCounts> count_jobs(Database& database);

}  // namespace dugout::store
