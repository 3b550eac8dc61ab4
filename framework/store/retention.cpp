#include "store/retention.hpp"

#include <array>

namespace dugout::store {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

struct Step {
  const char* kind;  // what its rows are counted as; nullptr = they go with others
  const char* sql;
};

// Sessions that go stand in a table of this connection, so that what hangs on them goes by the same
// choice; so do the ends of the three times of the rule.
constexpr const char* kPrepare = R"sql(
PRAGMA secure_delete = ON;
CREATE TEMP TABLE IF NOT EXISTS leaving(id TEXT PRIMARY KEY) STRICT;
CREATE TEMP TABLE IF NOT EXISTS ends(
  unfinished INTEGER NOT NULL, finished INTEGER NOT NULL, jobs INTEGER NOT NULL) STRICT;
)sql";

constexpr std::array kSteps = {
    // A registration was made when the record of the conversation knows its id.
    Step{"conversations",
         "INSERT INTO leaving SELECT sessions.id FROM sessions, ends WHERE updated_ms < CASE "
         "WHEN NOT json_valid(record) THEN unfinished "
         "WHEN json_extract(record, '$.record_id.value') IS NULL THEN unfinished "
         "ELSE finished END"},
    // Accepted, and cut off before the conversation was stored.
    Step{nullptr,
         "INSERT OR IGNORE INTO leaving SELECT session FROM turns WHERE session NOT IN "
         "(SELECT id FROM sessions) GROUP BY session "
         "HAVING max(accepted_ms) < (SELECT unfinished FROM ends)"},
    Step{nullptr,
         "DELETE FROM attempts WHERE turn IN (SELECT turns.id FROM turns JOIN leaving ON "
         "leaving.id = turns.session)"},
    Step{"messages", "DELETE FROM messages WHERE session IN (SELECT id FROM leaving)"},
    Step{"tool calls", "DELETE FROM journal WHERE session IN (SELECT id FROM leaving)"},
    // Of jobs and of the command line: no conversation will end them.
    Step{"tool calls",
         "DELETE FROM journal WHERE intended_ms < (SELECT jobs FROM ends) "
         "AND session NOT IN (SELECT id FROM sessions)"},
    Step{"turns", "DELETE FROM turns WHERE session IN (SELECT id FROM leaving)"},
    // Where it stood is kept as a count (traffic.hpp).
    Step{nullptr,
         "INSERT INTO gone SELECT agent, routine, count(*) FROM sessions WHERE routine > 0 "
         "AND id IN (SELECT id FROM leaving) GROUP BY agent, routine "
         "ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions"},
    Step{nullptr, "DELETE FROM sessions WHERE id IN (SELECT id FROM leaving)"},
    Step{"conversations on rows",
         "UPDATE records SET body = json_remove(body, '$.conversation_history') WHERE "
         "updated_ms < (SELECT finished FROM ends) "
         "AND json_extract(body, '$.conversation_history') IS NOT NULL"},
    Step{"messages sent",
         "DELETE FROM records WHERE table_name = 'sms_messages' "
         "AND updated_ms < (SELECT finished FROM ends)"},
    Step{"counts of failed proofs",
         "DELETE FROM records WHERE table_name = 'verification_attempts' "
         "AND updated_ms < (SELECT jobs FROM ends)"},
    Step{"events", "DELETE FROM events WHERE received_ms < (SELECT jobs FROM ends)"},
    Step{"jobs",
         "DELETE FROM jobs WHERE state IN ('done', 'failed') "
         "AND updated_ms < (SELECT jobs FROM ends) "
         "AND NOT EXISTS (SELECT 1 FROM events WHERE events.job = jobs.id)"},
};

Status begin(Database& database, const RetentionRule& rule, std::int64_t now_ms) {
  if (auto done = database.script(kPrepare); !done) return done;
  if (auto done = database.run("BEGIN IMMEDIATE"); !done) return done;
  const auto end = [now_ms](int days) { return now_ms - days * kDayMs; };
  if (auto done = database.script("DELETE FROM leaving; DELETE FROM ends;"); !done) return done;
  return database.run("INSERT INTO ends VALUES(?1, ?2, ?3)",
                      {end(rule.unfinished_days), end(rule.finished_days), end(rule.jobs_days)});
}

Outcome<Counts> run_steps(Database& database) {
  Counts counts;
  for (const auto& step : kSteps) {
    if (auto done = database.run(step.sql); !done) return done.error();
    if (step.kind != nullptr && database.changes() > 0) counts[step.kind] += database.changes();
  }
  return counts;
}

}  // namespace

Outcome<Counts> apply_retention(Database& database, const RetentionRule& rule, std::int64_t now_ms,
                                bool dry_run) {
  const auto begun = begin(database, rule, now_ms);
  auto counts = begun ? run_steps(database) : Outcome<Counts>(begun.error());
  if (!database.in_transaction()) return counts ? database.failure() : counts.error();
  const auto ended = database.run(counts && !dry_run ? "COMMIT" : "ROLLBACK");
  if (!counts || ended) return counts;
  if (database.in_transaction()) (void)database.run("ROLLBACK");
  return ended.error();
}

}  // namespace dugout::store
