#include "store/upkeep.hpp"

#include <filesystem>

#include "store/holding.hpp"
#include "store/migrations.hpp"
#include "store/trouble.hpp"

namespace dugout::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostListed = 20;

// Adds a line for each row of `sql`, and says how many more there were.
void list(Database& database, std::string_view sql, std::initializer_list<Value> values,
          const std::function<std::string(const Query&)>& line, std::vector<std::string>& out) {
  Query row(database, sql, values);
  std::size_t count = 0;
  while (row.next()) {
    if (++count <= kMostListed) out.push_back(line(row));
  }
  if (count > kMostListed) {
    out.push_back("... and " + std::to_string(count - kMostListed) + " more like these");
  }
  if (row.failed()) out.push_back("cannot be read: " + row.error().message);
}

std::int64_t count(Database& database, std::string_view sql, std::vector<std::string>& findings) {
  Query row(database, sql);
  if (row.next()) return row.integer(0);
  findings.push_back("cannot be read: " +
                     (row.failed() ? row.error().message : std::string("no rows")));
  return 0;
}

void check_pages(Database& database, CheckUp& out) {
  const auto before = out.findings.size();
  list(
      database, "SELECT * FROM pragma_integrity_check(100) WHERE integrity_check <> 'ok'", {},
      [](const Query& row) { return "damaged: " + row.text(0); }, out.findings);
  list(
      database, "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check", {},
      [](const Query& row) {
        return "damaged: row " + row.text(1) + " of " + row.text(0) + " refers to a row of " +
               row.text(2) + " that is not there";
      },
      out.findings);
  if (out.findings.size() > before) {
    out.findings.push_back(
        "put a backup in its place: stop the server, then `dugout store restore FILE`");
  }
}

std::string what_becomes_of(const std::string& turn, std::int64_t tries, std::int64_t accepted_ms,
                            std::int64_t now_ms) {
  const bool old = accepted_ms <= now_ms - kMostAgeMs;
  if (!old && tries < kMostTries) return "a server answers it at its start";
  const auto why = old ? std::string("it is more than a day old")
                       : std::to_string(tries) + " servers in a row ended while they answered it";
  return why +
         ", so no server does by itself any more; its client may repeat it, or "
         "`dugout store drop " +
         turn + "`";
}

// Turns without an answer: of owners that live, that fit no longer, and the rest.
void check_turns(Database& database, const Owner& owner, std::int64_t now_ms, CheckUp& out) {
  const Holder holder{owner, now_ms};
  std::int64_t in_work = 0, passed = 0, dropped = 0;
  std::vector<std::string> open;
  Query row(database,
            "SELECT id, session, datetime(accepted_ms / 1000, 'unixepoch'), EXISTS(SELECT 1 FROM "
            "turns AS later WHERE later.session = turns.session AND later.number > turns.number "
            "AND later.reply IS NOT NULL), tries, accepted_ms FROM turns WHERE reply IS NULL "
            "ORDER BY number");
  while (row.next()) {
    const auto held = held_elsewhere(database, holder, row.text(1));
    if (held && *held) {
      ++in_work;
    } else if (row.integer(3) != 0) {
      ++passed;
    } else if (row.integer(4) < 0) {
      ++dropped;
    } else {
      open.push_back("turn " + row.text(0) + ": accepted at " + row.text(2) +
                     " UTC and not answered; " +
                     what_becomes_of(row.text(0), row.integer(4), row.integer(5), now_ms));
    }
  }
  if (row.failed()) out.findings.push_back("cannot be read: " + row.error().message);
  for (std::size_t at = 0; at < open.size() && at < kMostListed; ++at) {
    out.findings.push_back(open[at]);
  }
  if (open.size() > kMostListed) {
    out.findings.push_back("... and " + std::to_string(open.size() - kMostListed) +
                           " more turns like these");
  }
  if (in_work > 0) out.notes.push_back(std::to_string(in_work) + " turns are in work just now");
  if (passed > 0) {
    out.notes.push_back(std::to_string(passed) +
                        " turns have no answer, and their sessions went on without");
  }
  if (dropped > 0) out.notes.push_back(std::to_string(dropped) + " turns were dropped");
}

// Those of turns that a server still begins by itself are settled then.
void check_effects(Database& database, std::int64_t now_ms, CheckUp& out) {
  list(
      database,
      std::string("SELECT key, tool, turn, datetime(intended_ms / 1000, 'unixepoch') FROM journal "
                  "WHERE result IS NULL AND EXISTS(SELECT 1 FROM turns AS open WHERE open.id = "
                  "journal.turn AND NOT (tries BETWEEN 0 AND ?1 AND accepted_ms > ?2 AND ") +
          kOpenTurn + ")) ORDER BY intended_ms",
      {std::int64_t{kMostTries - 1}, now_ms - kMostAgeMs},
      [](const Query& row) {
        return "effect " + row.text(0) + ": " + row.text(1) + " of turn " + row.text(2) +
               " was begun at " + row.text(3) +
               " UTC, and nobody knows its end; look at the service it went to";
      },
      out.findings);
  const auto open =
      count(database, "SELECT count(*) FROM journal WHERE result IS NULL", out.findings);
  if (open > 0) out.notes.push_back(std::to_string(open) + " effects have no result yet");
}

void check_jobs(Database& database, CheckUp& out) {
  const auto failed =
      count(database, "SELECT count(*) FROM jobs WHERE state = 'failed'", out.findings);
  if (failed > 0) {
    out.findings.push_back(std::to_string(failed) +
                           " jobs were given up; see `dugout jobs list --state failed`");
  }
}

void check_owners(Database& database, const Owner& owner, std::int64_t now_ms, CheckUp& out) {
  std::int64_t dead = 0;
  const Holder holder{owner, now_ms};
  Query row(database, "SELECT id FROM owners");
  while (row.next()) {
    const auto alive = lives(database, holder, row.integer(0));
    if (alive && !*alive) ++dead;
  }
  if (dead > 0) out.notes.push_back(std::to_string(dead) + " leases are of processes that ended");
}

}  // namespace

Status drop_from_store(const std::string& path, std::string_view turn, std::int64_t now_ms) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Error{Code::kUnavailable, "there is no store at " + path};
  }
  const auto owner = Owner::join(path, std::chrono::seconds(30));
  if (!owner) return owner.error();
  const auto opened = Database::open(path, {false, std::chrono::seconds(5)});
  if (!opened) return opened.error();
  auto& database = **opened;
  if (auto ready = migrate(database); !ready) return ready;
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = drop_turn(database, {*owner, now_ms}, turn);
  auto ended = database.run(done ? "COMMIT" : "ROLLBACK");
  return done ? ended : done;
}

Status quick_check(Database& database) {
  Query row(database, "SELECT * FROM pragma_quick_check(1)");
  if (!row.next()) {
    return row.failed() ? row.error() : error_of(Trouble::kDamaged, "it cannot be checked");
  }
  if (row.text(0) == "ok") return Done{};
  return error_of(Trouble::kDamaged, row.text(0));
}

Outcome<CheckUp> check_store(const std::string& path, std::int64_t now_ms) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Error{Code::kUnavailable, "there is no store at " + path};
  }
  CheckUp out;
  const auto owner = Owner::join(path, std::chrono::seconds(30));
  if (!owner) return owner.error();
  const auto opened = Database::open(path, {true, std::chrono::seconds(5)});
  if (!opened) {
    if (trouble_of(opened.error()) != Trouble::kDamaged) return opened.error();
    out.findings.push_back("damaged: " + opened.error().message);
    out.findings.push_back(
        "put a backup in its place: stop the server, then `dugout store restore FILE`");
    return out;
  }
  auto& database = **opened;
  const auto version = count(database, "PRAGMA user_version", out.findings);
  out.notes.push_back("schema " + std::to_string(version) + " of " +
                      std::to_string(latest_migration()));
  check_pages(database, out);
  if (version < latest_migration()) return out;  // the rest asks for what older ones lack
  check_turns(database, *owner, now_ms, out);
  check_effects(database, now_ms, out);
  check_jobs(database, out);
  check_owners(database, *owner, now_ms, out);
  return out;
}

}  // namespace dugout::store
