#include "store/migrations.hpp"

#include <array>
#include <string>

namespace dugout::store {
namespace {

// "DUGO": tells our files from other SQLite databases.
constexpr std::int64_t kApplication = 0x4455474f;

// turns.session has no foreign key: a turn is accepted, and durable, before the commit of the
// first turn creates its session.
constexpr const char* kConversations = R"sql(
PRAGMA application_id = 0x4455474f;

CREATE TABLE sessions(
  id TEXT PRIMARY KEY, agent TEXT NOT NULL, routine INTEGER NOT NULL, record TEXT NOT NULL,
  state TEXT NOT NULL, version INTEGER NOT NULL, created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE turns(
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL,
  client_message_id TEXT, request TEXT NOT NULL, reply TEXT, accepted_ms INTEGER NOT NULL,
  answered_ms INTEGER) STRICT;
CREATE UNIQUE INDEX turns_once ON turns(session, client_message_id)
  WHERE client_message_id IS NOT NULL;
CREATE INDEX turns_unanswered ON turns(number) WHERE reply IS NULL;

CREATE TABLE messages(
  session TEXT NOT NULL REFERENCES sessions(id), sequence INTEGER NOT NULL,
  turn TEXT NOT NULL REFERENCES turns(id), role TEXT NOT NULL, content TEXT NOT NULL,
  pinned INTEGER NOT NULL, PRIMARY KEY(session, sequence)) STRICT;
CREATE INDEX messages_pinned ON messages(session, sequence) WHERE pinned = 1;
CREATE INDEX messages_turn ON messages(turn);

CREATE TABLE attempts(
  turn TEXT NOT NULL REFERENCES turns(id), position INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(turn, position)) STRICT;

CREATE TABLE journal(
  key TEXT PRIMARY KEY, session TEXT NOT NULL, turn TEXT NOT NULL, tool TEXT NOT NULL,
  arguments TEXT NOT NULL, result TEXT, intended_ms INTEGER NOT NULL,
  settled_ms INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX journal_turn ON journal(turn);

CREATE TABLE probe(id INTEGER PRIMARY KEY CHECK(id = 1), checked_ms INTEGER NOT NULL) STRICT;
INSERT INTO probe VALUES(1, 0);
)sql";

// seeded = 1: the row came from YAML and is replaced at the next start.
constexpr const char* kRecords = R"sql(
CREATE TABLE records(
  number INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, id TEXT NOT NULL,
  unique_key TEXT, body TEXT NOT NULL, seeded INTEGER NOT NULL,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE(table_name, id)) STRICT;
CREATE UNIQUE INDEX records_unique ON records(table_name, unique_key)
  WHERE unique_key IS NOT NULL;
)sql";

// ready_ms: when somebody may take the job: its due time while it waits, the end of the lease while
// it runs, never once it is done or given up.
constexpr const char* kJobs = R"sql(
CREATE TABLE jobs(
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  arguments TEXT NOT NULL, unique_key TEXT, lane TEXT,
  state TEXT NOT NULL CHECK(state IN ('waiting', 'running', 'done', 'failed')),
  tries INTEGER NOT NULL, forgiven INTEGER NOT NULL, due_ms INTEGER NOT NULL, ready_ms INTEGER,
  owner TEXT, result TEXT, error TEXT, created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX jobs_unique ON jobs(unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX jobs_ready ON jobs(ready_ms, number) WHERE ready_ms IS NOT NULL;
CREATE INDEX jobs_lane ON jobs(lane) WHERE state = 'running';
CREATE INDEX jobs_kind ON jobs(kind, number);

CREATE TABLE events(
  source TEXT NOT NULL, id TEXT NOT NULL, job TEXT NOT NULL REFERENCES jobs(id),
  received_ms INTEGER NOT NULL, PRIMARY KEY(source, id)) STRICT, WITHOUT ROWID;
CREATE INDEX events_job ON events(job);
)sql";

// Attempts are asked for by time, and those of one session by its turns. The time is a column, as
// an index on json_extract() is not allowed with trusted_schema off. The lines are JSON that the
// orchestrator made; one that is none must not keep the database from opening.
constexpr const char* kAttemptLog = R"sql(
ALTER TABLE attempts ADD COLUMN at_ms INTEGER;
UPDATE attempts SET at_ms = iif(json_valid(body), json_extract(body, '$.at_ms'), NULL);
CREATE INDEX attempts_at ON attempts(at_ms);
CREATE INDEX turns_session ON turns(session);
)sql";

// Where sessions go and stop (traffic.hpp). What was stored before is counted from its next turn
// on. visited: the routines of this way through the flow; since_ms: when it came to its routine.
constexpr const char* kTraffic = R"sql(
ALTER TABLE sessions ADD COLUMN short TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN visited TEXT;
ALTER TABLE sessions ADD COLUMN since_ms INTEGER;
UPDATE sessions SET short = short_form(id);
CREATE INDEX sessions_short ON sessions(short);
CREATE INDEX sessions_changed ON sessions(updated_ms, short, agent, routine);

CREATE TABLE traffic(
  flow TEXT NOT NULL, day INTEGER NOT NULL, origin INTEGER NOT NULL, target INTEGER NOT NULL,
  taken INTEGER NOT NULL, PRIMARY KEY(flow, day, origin, target)) STRICT, WITHOUT ROWID;
CREATE TABLE reached(
  flow TEXT NOT NULL, routine INTEGER NOT NULL, sessions INTEGER NOT NULL,
  PRIMARY KEY(flow, routine)) STRICT, WITHOUT ROWID;
CREATE TABLE stays(
  flow TEXT NOT NULL, routine INTEGER NOT NULL, bucket INTEGER NOT NULL, times INTEGER NOT NULL,
  PRIMARY KEY(flow, routine, bucket)) STRICT, WITHOUT ROWID;
CREATE TABLE gone(
  agent TEXT NOT NULL, routine INTEGER NOT NULL, sessions INTEGER NOT NULL,
  PRIMARY KEY(agent, routine)) STRICT, WITHOUT ROWID;
)sql";

// Jobs are counted by state at every scrape.
constexpr const char* kJobStates = "CREATE INDEX jobs_state ON jobs(state);";

// Who works on what (holding.hpp). idempotency: what a tool is told of an effect, whichever try of
// it the entry is for; before this step a first try's key was kept only.
constexpr const char* kHolding = R"sql(
CREATE TABLE owners(
  id INTEGER PRIMARY KEY, until_ms INTEGER NOT NULL, locked INTEGER NOT NULL) STRICT;
ALTER TABLE turns ADD COLUMN owner INTEGER;
CREATE INDEX turns_open ON turns(session) WHERE reply IS NULL;
ALTER TABLE journal ADD COLUMN idempotency TEXT;
CREATE INDEX journal_open ON journal(turn) WHERE result IS NULL;
)sql";

// tries: how many owners in a row have begun the turn (holding.hpp); tried_by: the last one.
constexpr const char* kTries = R"sql(
ALTER TABLE turns ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN tried_by INTEGER;
)sql";

constexpr std::array kMigrations = {kConversations, kRecords,   kJobs,    kAttemptLog,
                                    kTraffic,       kJobStates, kHolding, kTries};

Outcome<std::int64_t> number(Database& database, std::string_view sql) {
  Query query(database, sql);
  if (query.next()) return query.integer(0);
  return query.failed() ? query.error() : database.failure();
}

// The step the database is at, or why it is not for this program.
Outcome<int> current_step(Database& database) {
  const auto version = number(database, "PRAGMA user_version");
  if (!version) return version.error();
  const auto application = number(database, "PRAGMA application_id");
  if (!application) return application.error();
  const auto tables = number(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();

  const bool empty = *version == 0 && *tables == 0;
  if (!empty && *application != kApplication) {
    return Error{Code::kInvalid, "the file is a SQLite database of another program"};
  }
  if (*version > latest_migration()) {
    return Error{Code::kInvalid, "the database is of version " + std::to_string(*version) +
                                     "; this program knows versions up to " +
                                     std::to_string(latest_migration()) +
                                     ". Use a newer Dugout, or another database file"};
  }
  return static_cast<int>(*version);
}

// REQUIRES: a transaction is open.
Outcome<bool> one_step(Database& database, int target) {
  const auto at = current_step(database);
  if (!at) return at.error();
  if (*at >= target) return false;
  if (auto done = database.script(kMigrations[static_cast<std::size_t>(*at)]); !done) {
    return done.error();
  }
  const auto mark = "PRAGMA user_version = " + std::to_string(*at + 1);
  if (auto done = database.script(mark.c_str()); !done) return done.error();
  return true;
}

}  // namespace

int latest_migration() {
  return static_cast<int>(kMigrations.size());
}

Status migrate(Database& database, int target) {
  for (;;) {
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
    const auto stepped = one_step(database, target);
    auto ended = database.run(stepped ? "COMMIT" : "ROLLBACK");
    if (!stepped) return stepped.error();
    if (!ended) {
      if (database.in_transaction()) (void)database.run("ROLLBACK");
      return ended;
    }
    if (!*stepped) return Done{};
  }
}

}  // namespace dugout::store
