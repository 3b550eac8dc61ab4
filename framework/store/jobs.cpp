#include "store/jobs.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/random.hpp"
#include "store/records.hpp"

namespace dugout::store {
namespace {

constexpr const char* kColumns =
    "SELECT id, kind, arguments, coalesce(unique_key, ''), coalesce(lane, ''), state, tries, "
    "forgiven, due_ms, coalesce(ready_ms, 0), coalesce(owner, ''), coalesce(result, ''), "
    "coalesce(error, ''), created_ms, updated_ms FROM jobs ";

JobState state_named(const std::string& name) {
  if (name == "running") return JobState::kRunning;
  if (name == "done") return JobState::kDone;
  return name == "failed" ? JobState::kFailed : JobState::kWaiting;
}

Job job_of(const Query& row) {
  Job job;
  job.id = row.text(0);
  job.kind = row.text(1);
  job.arguments = row.text(2);
  job.unique = row.text(3);
  job.lane = row.text(4);
  job.state = state_named(row.text(5));
  job.tries = static_cast<int>(row.integer(6));
  job.forgiven = static_cast<int>(row.integer(7));
  job.due_ms = row.integer(8);
  if (job.state == JobState::kRunning) job.lease_ms = row.integer(9);
  job.owner = row.text(10);
  job.result = row.text(11);
  job.error = row.text(12);
  job.created_ms = row.integer(13);
  job.updated_ms = row.integer(14);
  return job;
}

Value text_or_null(const std::string& text) {
  return text.empty() ? Value(nullptr) : Value(std::string_view(text));
}

Status check(const NewJob& fresh) {
  if (fresh.kind.empty()) return Error{Code::kInvalid, "a job needs a kind"};
  const auto arguments = parse_object(fresh.arguments, "the arguments of a job");
  return arguments ? Status(Done{}) : Status(arguments.error());
}

// No row is added when `unique` is known; see changes().
Status insert(Database& database, const NewJob& fresh, const std::string& id, std::int64_t now_ms) {
  if (auto good = check(fresh); !good) return good;
  return database.run(
      "INSERT INTO jobs(id, kind, arguments, unique_key, lane, state, tries, forgiven, due_ms, "
      "ready_ms, created_ms, updated_ms) VALUES(?1, ?2, ?3, ?4, ?5, 'waiting', 0, 0, ?6, ?6, ?7, "
      "?7) ON CONFLICT(unique_key) WHERE unique_key IS NOT NULL DO NOTHING",
      {id, fresh.kind, fresh.arguments, text_or_null(fresh.unique), text_or_null(fresh.lane),
       fresh.due_ms > 0 ? fresh.due_ms : now_ms, now_ms});
}

std::string fresh_id() {
  return core::new_id("job_");
}

// For updates that only the owner of a running job may make.
Status owners_change(Database& database, Status done) {
  if (!done || database.changes() == 1) return done;
  return Error{Code::kConflict, "the job is not this owner's"};
}

Status start_try(Database& database, std::string_view id, const JobLease& lease) {
  return database.run(
      "UPDATE jobs SET state = 'running', tries = tries + 1, owner = ?2, ready_ms = ?3, "
      "updated_ms = ?4 WHERE id = ?1",
      {id, lease.owner, lease.until_ms, lease.now_ms});
}

Outcome<bool> lane_busy(Database& database, const std::string& lane, std::int64_t now_ms) {
  if (lane.empty()) return false;
  Query row(database,
            "SELECT 1 FROM jobs WHERE lane = ?1 AND state = 'running' AND ready_ms > ?2 LIMIT 1",
            {lane, now_ms});
  const bool found = row.next();
  if (row.failed()) return row.error();
  return found;
}

Outcome<Job> known_job(Database& database, std::string_view id) {
  auto found = find_job(database, id);
  if (!found) return found.error();
  if (!*found) return Error{Code::kNotFound, "there is no job of this id"};
  return std::move(**found);
}

}  // namespace

Outcome<std::string> add_job(Database& database, const NewJob& fresh, std::int64_t now_ms) {
  const auto id = fresh_id();
  if (auto done = insert(database, fresh, id, now_ms); !done) return done.error();
  if (database.changes() == 1) return id;
  Query row(database, "SELECT id FROM jobs WHERE unique_key = ?1", {fresh.unique});
  if (row.next()) return row.text(0);
  return row.failed() ? row.error() : Error{Code::kInternal, "a known job is not to be found"};
}

Outcome<int> add_events(Database& database, std::string_view source,
                        const std::vector<NewEvent>& events, std::int64_t now_ms) {
  int added = 0;
  for (const auto& event : events) {
    if (source.empty() || event.id.empty()) {
      return Error{Code::kInvalid, "an event needs a source and an id"};
    }
    {
      Query seen(database, "SELECT 1 FROM events WHERE source = ?1 AND id = ?2",
                 {source, event.id});
      if (seen.next()) continue;
      if (seen.failed()) return seen.error();
    }
    const auto job = add_job(database, event.job, now_ms);
    if (!job) return job.error();
    auto done =
        database.run("INSERT INTO events VALUES(?1, ?2, ?3, ?4)", {source, event.id, *job, now_ms});
    if (!done) return done.error();
    ++added;
  }
  return added;
}

Outcome<Job> add_running_job(Database& database, const NewJob& fresh, const JobLease& lease) {
  const auto busy = lane_busy(database, fresh.lane, lease.now_ms);
  if (!busy) return busy.error();
  if (*busy) return Error{Code::kConflict, "another job of this lane is running"};
  const auto id = fresh_id();
  if (auto done = insert(database, fresh, id, lease.now_ms); !done) return done.error();
  if (database.changes() != 1) return Error{Code::kConflict, "this job is known already"};
  if (auto done = start_try(database, id, lease); !done) return done.error();
  return known_job(database, id);
}

Outcome<std::string> ready_job(Database& database, std::int64_t now_ms) {
  Query row(database,
            "SELECT id FROM jobs WHERE ready_ms <= ?1 AND (lane IS NULL OR NOT EXISTS("
            "SELECT 1 FROM jobs AS holder WHERE holder.lane = jobs.lane "
            "AND holder.state = 'running' AND holder.ready_ms > ?1)) "
            "ORDER BY ready_ms, number LIMIT 1",
            {now_ms});
  if (row.next()) return row.text(0);
  if (row.failed()) return row.error();
  return std::string();
}

Outcome<std::optional<Job>> take_job(Database& database, const JobLease& lease) {
  const auto id = ready_job(database, lease.now_ms);
  if (!id) return id.error();
  if (id->empty()) return std::optional<Job>{};
  if (auto done = start_try(database, *id, lease); !done) return done.error();
  return find_job(database, *id);
}

Status extend_lease(Database& database, std::string_view id, const JobLease& lease) {
  return owners_change(database, database.run("UPDATE jobs SET ready_ms = ?3, updated_ms = ?4 "
                                              "WHERE id = ?1 AND owner = ?2 AND state = 'running'",
                                              {id, lease.owner, lease.until_ms, lease.now_ms}));
}

Status end_job(Database& database, std::string_view id, std::string_view owner,
               std::string_view result, std::int64_t now_ms) {
  return owners_change(
      database,
      database.run("UPDATE jobs SET state = 'done', ready_ms = NULL, owner = NULL, result = ?3, "
                   "error = NULL, updated_ms = ?4 "
                   "WHERE id = ?1 AND owner = ?2 AND state = 'running'",
                   {id, owner, result, now_ms}));
}

Status end_try(Database& database, std::string_view id, std::string_view owner,
               std::string_view error, std::optional<std::int64_t> retry_at_ms,
               std::int64_t now_ms) {
  const auto retry = retry_at_ms ? Value(*retry_at_ms) : Value(nullptr);
  return owners_change(
      database,
      database.run("UPDATE jobs SET state = iif(?4 IS NULL, 'failed', 'waiting'), ready_ms = ?4, "
                   "due_ms = coalesce(?4, due_ms), owner = NULL, error = ?3, updated_ms = ?5 "
                   "WHERE id = ?1 AND owner = ?2 AND state = 'running'",
                   {id, owner, error, retry, now_ms}));
}

Status revive_job(Database& database, std::string_view id, std::int64_t now_ms) {
  auto done = database.run(
      "UPDATE jobs SET state = 'waiting', forgiven = tries, due_ms = ?2, ready_ms = ?2, "
      "updated_ms = ?2 WHERE id = ?1 AND state = 'failed'",
      {id, now_ms});
  if (!done || database.changes() == 1) return done;
  const auto stored = known_job(database, id);
  if (!stored) return stored.error();
  return Error{Code::kConflict, "the job is not given up"};
}

Outcome<std::optional<Job>> find_job(Database& database, std::string_view id) {
  Query row(database, std::string(kColumns) + "WHERE id = ?1", {id});
  if (row.next()) return std::optional<Job>(job_of(row));
  if (row.failed()) return row.error();
  return std::optional<Job>{};
}

Outcome<std::vector<Job>> list_jobs(Database& database, const JobFilter& filter) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  Query row(database,
            std::string(kColumns) +
                "WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR state = ?2) "
                "ORDER BY number DESC LIMIT ?3",
            {filter.kind, filter.state, static_cast<std::int64_t>(std::min(filter.last, kMost))});
  std::vector<Job> jobs;
  while (row.next()) jobs.push_back(job_of(row));
  if (row.failed()) return row.error();
  return jobs;
}

Outcome<JobCounts> count_jobs(Database& database) {
  JobCounts counts;
  Query row(database, "SELECT state, count(*) FROM jobs GROUP BY state", {});
  while (row.next()) {
    const auto count = static_cast<std::uint64_t>(row.integer(1));
    switch (state_named(row.text(0))) {
      case JobState::kWaiting:
        counts.waiting = count;
        break;
      case JobState::kRunning:
        counts.running = count;
        break;
      case JobState::kDone:
        counts.done = count;
        break;
      case JobState::kFailed:
        counts.failed = count;
        break;
    }
  }
  if (row.failed()) return row.error();
  return counts;
}

}  // namespace dugout::store
