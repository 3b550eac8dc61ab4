#include "store/holding.hpp"

#include <algorithm>

namespace dugout::store {

const char* const kOpenTurn =
    "open.reply IS NULL AND NOT EXISTS(SELECT 1 FROM turns AS later "
    "WHERE later.session = open.session AND later.number > open.number "
    "AND later.reply IS NOT NULL)";

namespace {

// With its lock held, an owner is believed to live for so many more of its leases: a clock that was
// set, a machine that was paused or a disk that hung keeps it from renewing.
constexpr std::int64_t kSilentLeases = 4;

std::string open_turns() {
  return std::string(
             "SELECT id, session, coalesce(client_message_id, ''), request, coalesce(owner, 0), "
             "accepted_ms, tries, coalesce(tried_by, 0) FROM turns AS open WHERE ") +
         kOpenTurn + " ";
}

struct OpenTurn {
  AcceptedTurn turn;
  std::int64_t owner = 0;  // 0 = nobody's
  std::int64_t accepted_ms = 0;
  std::int64_t tried_by = 0;

  // May the server answer it without being asked again?
  bool due(const Holder& holder) const {
    const int others = turn.tries - (tried_by == holder.owner.id() ? 1 : 0);
    return turn.tries >= 0 && others < kMostTries && accepted_ms > holder.now_ms - kMostAgeMs;
  }
};

std::vector<OpenTurn> read_turns(Query& row) {
  std::vector<OpenTurn> turns;
  while (row.next()) {
    turns.push_back({{row.text(0), row.text(1), row.text(2), row.text(3), "", false, false,
                      static_cast<int>(row.integer(6))},
                     row.integer(4),
                     row.integer(5),
                     row.integer(7)});
  }
  return turns;
}

// Of the owners in `turns`, those that live, the holder left out.
Outcome<std::vector<std::int64_t>> living(Database& database, const Holder& holder,
                                          const std::vector<OpenTurn>& turns) {
  std::vector<std::int64_t> asked, found;
  for (const auto& [turn, owner, at, by] : turns) {
    if (owner == 0 || owner == holder.owner.id()) continue;
    if (std::find(asked.begin(), asked.end(), owner) != asked.end()) continue;
    asked.push_back(owner);
    const auto alive = lives(database, holder, owner);
    if (!alive) return alive.error();
    if (*alive) found.push_back(owner);
  }
  return found;
}

Status take(Database& database, const Holder& holder, std::string_view turn) {
  return database.run("UPDATE turns SET owner = ?2 WHERE id = ?1 AND reply IS NULL",
                      {turn, holder.owner.id()});
}

// Owners that are no more, and have no turn any longer.
Status forget_dead(Database& database, const Holder& holder) {
  std::vector<std::int64_t> dead;
  {
    Query row(database, "SELECT id FROM owners WHERE id <> ?1", {holder.owner.id()});
    while (row.next()) dead.push_back(row.integer(0));
    if (row.failed()) return row.error();
  }
  for (const auto id : dead) {
    const auto alive = lives(database, holder, id);
    if (!alive) return alive.error();
    if (*alive) continue;
    if (auto done = database.run("DELETE FROM owners WHERE id = ?1", {id}); !done) return done;
  }
  return Done{};
}

}  // namespace

Outcome<bool> lives(Database& database, const Holder& holder, std::int64_t other) {
  Query row(database, "SELECT until_ms, locked FROM owners WHERE id = ?1", {other});
  if (!row.next()) {
    if (row.failed()) return row.error();
    return false;
  }
  const auto until = row.integer(0);
  if (row.integer(1) == 0) return until > holder.now_ms;
  if (holder.owner.gone(other)) return false;
  return until + kSilentLeases * holder.owner.lease().count() > holder.now_ms;
}

Status be_known(Database& database, const Holder& holder) {
  const auto lease = holder.owner.lease().count();
  return database.run(
      "INSERT INTO owners(id, until_ms, locked) VALUES(?1, ?2, ?3) ON CONFLICT(id) DO UPDATE "
      "SET until_ms = excluded.until_ms WHERE until_ms < ?4 OR until_ms > excluded.until_ms",
      {holder.owner.id(), holder.now_ms + lease, std::int64_t{holder.owner.locked() ? 1 : 0},
       holder.now_ms + lease * 2 / 3});
}

Status renew_owner(Database& database, const Holder& holder) {
  return database.run(
      std::string("UPDATE owners SET until_ms = ?2 WHERE id = ?1 AND EXISTS(SELECT 1 FROM turns "
                  "AS open WHERE owner = ?1 AND ") +
          kOpenTurn + ")",
      {holder.owner.id(), holder.now_ms + holder.owner.lease().count()});
}

Status leave(Database& database, const Holder& holder) {
  auto done = database.run("DELETE FROM owners WHERE id = ?1", {holder.owner.id()});
  if (!done || database.changes() == 0) return done;
  return database.run("UPDATE turns SET owner = NULL WHERE reply IS NULL AND owner = ?1",
                      {holder.owner.id()});
}

Outcome<bool> held_elsewhere(Database& database, const Holder& holder, std::string_view session) {
  std::vector<std::int64_t> others;
  {
    Query row(database,
              std::string("SELECT DISTINCT owner FROM turns AS open WHERE session = ?1 "
                          "AND owner IS NOT NULL AND owner <> ?2 AND ") +
                  kOpenTurn,
              {session, holder.owner.id()});
    while (row.next()) others.push_back(row.integer(0));
    if (row.failed()) return row.error();
  }
  for (const auto other : others) {
    const auto alive = lives(database, holder, other);
    if (!alive || *alive) return alive;
  }
  return false;
}

Status may_write(Database& database, const Holder& holder, std::string_view turn) {
  Query row(database, "SELECT 1 FROM turns WHERE id = ?1 AND owner IS NOT NULL AND owner <> ?2",
            {turn, holder.owner.id()});
  if (row.next()) return Error{Code::kConflict, "another process has taken over this turn"};
  return row.failed() ? Status(row.error()) : Status(Done{});
}

Outcome<std::vector<AcceptedTurn>> take_unanswered_turns(Database& database, const Holder& holder,
                                                         bool put_off_too) {
  std::vector<OpenTurn> open;
  {
    Query row(database, open_turns() + "ORDER BY number");
    open = read_turns(row);
    if (row.failed()) return row.error();
  }
  const auto others = living(database, holder, open);
  if (!others) return others.error();
  std::vector<std::string> busy;  // sessions
  for (const auto& [turn, owner, at, by] : open) {
    if (std::count(others->begin(), others->end(), owner) != 0) busy.push_back(turn.session);
  }
  std::vector<AcceptedTurn> taken;
  for (auto& one : open) {
    auto& [turn, owner, at, by] = one;
    if (owner == holder.owner.id() || (owner == 0 && !put_off_too) || !one.due(holder)) continue;
    if (std::find(busy.begin(), busy.end(), turn.session) != busy.end()) continue;
    if (auto done = take(database, holder, turn.id); !done) return done.error();
    taken.push_back(std::move(turn));
  }
  if (auto done = forget_dead(database, holder); !done) return done.error();
  if (taken.empty()) return taken;
  if (auto done = be_known(database, holder); !done) return done.error();
  return taken;
}

Outcome<std::optional<AcceptedTurn>> take_unanswered_turn(Database& database, const Holder& holder,
                                                          std::string_view turn) {
  std::vector<OpenTurn> open;
  {
    Query row(database, open_turns() + "AND id = ?1", {turn});
    open = read_turns(row);
    if (row.failed()) return row.error();
  }
  if (open.empty() || !open.front().due(holder)) return std::optional<AcceptedTurn>{};
  const auto elsewhere = held_elsewhere(database, holder, open.front().turn.session);
  if (!elsewhere) return elsewhere.error();
  if (*elsewhere) return std::optional<AcceptedTurn>{};
  auto begun = begin_try(database, holder, turn);
  if (!begun) return begun.error();
  if (auto done = be_known(database, holder); !done) return done.error();
  return std::optional<AcceptedTurn>(std::move(open.front().turn));
}

Outcome<bool> is_behind(Database& database, const Holder& holder, std::string_view turn) {
  Query row(database,
            std::string("SELECT 1 FROM turns AS open, turns AS mine WHERE mine.id = ?1 "
                        "AND open.session = mine.session AND open.number < mine.number "
                        "AND open.owner <> ?2 AND open.tries >= 0 AND open.tries < ?3 "
                        "AND open.accepted_ms > ?4 AND ") +
                kOpenTurn,
            {turn, holder.owner.id(), std::int64_t{kMostTries}, holder.now_ms - kMostAgeMs});
  if (row.next()) return true;
  if (row.failed()) return row.error();
  return false;
}

Status begin_try(Database& database, const Holder& holder, std::string_view turn) {
  return database.run(
      "UPDATE turns SET owner = ?2, tries = tries + (tried_by IS NOT ?2), tried_by = ?2 "
      "WHERE id = ?1 AND reply IS NULL",
      {turn, holder.owner.id()});
}

Status release_turn(Database& database, const Holder& holder, std::string_view turn) {
  return database.run(
      "UPDATE turns SET owner = NULL, tries = 0, tried_by = NULL "
      "WHERE id = ?1 AND reply IS NULL AND owner = ?2",
      {turn, holder.owner.id()});
}

Status release_passed(Database& database, const Holder& holder, std::string_view turn) {
  return database.run(
      "UPDATE turns SET owner = NULL WHERE reply IS NULL AND owner = ?2 AND EXISTS(SELECT 1 FROM "
      "turns AS mine WHERE mine.id = ?1 AND mine.session = turns.session "
      "AND mine.number > turns.number)",
      {turn, holder.owner.id()});
}

Status drop_turn(Database& database, const Holder& holder, std::string_view turn) {
  std::string session;
  {
    Query row(database, "SELECT session, reply IS NULL FROM turns WHERE id = ?1", {turn});
    if (!row.next()) {
      return row.failed() ? row.error() : Error{Code::kNotFound, "there is no such turn"};
    }
    if (row.integer(1) == 0) return Error{Code::kConflict, "the turn is answered"};
    session = row.text(0);
  }
  const auto elsewhere = held_elsewhere(database, holder, session);
  if (!elsewhere) return elsewhere.error();
  if (*elsewhere) return Error{Code::kConflict, "a server works on its session just now"};
  // Nobody's id, unlike NULL: a process that was paused over its lease may not write to it either.
  return database.run("UPDATE turns SET tries = -1, owner = 0 WHERE id = ?1", {turn});
}

}  // namespace dugout::store
