#include "store/turns.hpp"

#include <algorithm>
#include <limits>

#include "store/traffic.hpp"

namespace dugout::store {
namespace {

constexpr const char* kTurnColumns =
    "SELECT id, session, coalesce(client_message_id, ''), request, coalesce(reply, ''), tries "
    "FROM turns ";

AcceptedTurn turn_of(const Query& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3),
          row.text(4), false,       false,       static_cast<int>(row.integer(5))};
}

std::string_view object_or_empty(const std::string& json) {
  return json.empty() ? std::string_view("{}") : std::string_view(json);
}

// Gives the turn its reply. A turn has one for ever.
Status answer(Database& database, const TurnCommit& commit, const Holder& holder) {
  auto done = database.run(
      "UPDATE turns SET reply = ?3, answered_ms = ?4, owner = NULL "
      "WHERE id = ?1 AND session = ?2 AND reply IS NULL AND (owner IS NULL OR owner = ?5)",
      {commit.turn, commit.session.id, commit.reply, holder.now_ms, holder.owner.id()});
  if (!done || database.changes() == 1) return done;
  if (auto ours = may_write(database, holder, commit.turn); !ours) return ours;
  Query found(database, "SELECT 1 FROM turns WHERE id = ?1 AND session = ?2",
              {commit.turn, commit.session.id});
  if (found.next()) return Error{Code::kConflict, "the turn has a reply already"};
  if (found.failed()) return found.error();
  return Error{Code::kNotFound, "the session never accepted this turn"};
}

Status write_session(Database& database, const Session& session, std::int64_t now_ms) {
  if (session.version == 0) {
    return database.run(
        "INSERT INTO sessions(id, agent, routine, record, state, version, created_ms, updated_ms, "
        "short) VALUES(?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, short_form(?1)) ON CONFLICT DO NOTHING",
        {session.id, session.agent, std::int64_t{session.routine}, object_or_empty(session.record),
         object_or_empty(session.state), session.created_ms > 0 ? session.created_ms : now_ms,
         now_ms});
  }
  return database.run(
      "UPDATE sessions SET agent = ?3, routine = ?4, record = ?5, state = ?6, "
      "version = version + 1, updated_ms = ?7 WHERE id = ?1 AND version = ?2",
      {session.id, session.version, session.agent, std::int64_t{session.routine},
       object_or_empty(session.record), object_or_empty(session.state), now_ms});
}

Status append_messages(Database& database, const TurnCommit& commit) {
  std::int64_t sequence = 0;
  {
    Query top(database, "SELECT coalesce(max(sequence), 0) FROM messages WHERE session = ?1",
              {commit.session.id});
    if (top.next()) sequence = top.integer(0);
    if (top.failed()) return top.error();
  }
  for (const auto& message : commit.messages) {
    const auto& turn = message.turn.empty() ? commit.turn : message.turn;
    auto done = database.run("INSERT INTO messages VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                             {commit.session.id, ++sequence, turn, message.role, message.content,
                              std::int64_t{message.pinned ? 1 : 0}});
    if (!done) return done;
  }
  return Done{};
}

Status append_attempts(Database& database, const TurnCommit& commit) {
  std::int64_t position = 0;
  for (const auto& attempt : commit.attempts) {
    auto done = database.run(
        "INSERT INTO attempts VALUES(?1, ?2, ?3, "
        "iif(json_valid(?3), json_extract(?3, '$.at_ms'), NULL))",
        {commit.turn, ++position, attempt});
    if (!done) return done;
  }
  return Done{};
}

Outcome<std::optional<AcceptedTurn>> find_repeated(Database& database, const AcceptedTurn& fresh) {
  Query row(database, std::string(kTurnColumns) + "WHERE session = ?1 AND client_message_id = ?2",
            {fresh.session, fresh.client_message_id});
  if (row.next()) return std::optional<AcceptedTurn>(turn_of(row));
  if (row.failed()) return row.error();
  return std::optional<AcceptedTurn>{};
}

// Another process works on the session: what has an answer has it all the same.
Outcome<AcceptedTurn> answered_or_held(Database& database, const AcceptedTurn& fresh) {
  auto known = find_repeated(database, fresh);
  if (!known) return known.error();
  if (*known && !(*known)->reply.empty()) return std::move(**known);
  return Error{Code::kConflict,
               "this session is busy in another process; send the same message again in a moment"};
}

Outcome<bool> may_repeat(Database& database, const AcceptedTurn& known, std::int64_t now_ms) {
  if (known.tries < kMostRepeats) return known.tries >= 0;
  Query row(database, "SELECT accepted_ms FROM turns WHERE id = ?1", {known.id});
  if (!row.next()) {
    if (row.failed()) return row.error();
    return false;
  }
  return known.tries < kMostRepeats + (now_ms - row.integer(0)) / 60'000;
}

// The repeat of a turn without an answer. One that ended its process again and again, or that
// somebody has dropped, is not run once more.
Outcome<AcceptedTurn> take_repeated(Database& database, AcceptedTurn known, const Holder& holder) {
  const auto may = may_repeat(database, known, holder.now_ms);
  if (!may) return may.error();
  if (!*may) {
    return Error{Code::kInvalid, "this message cannot be answered; say it in other words",
                 R"({"pointer":"/user_message"})"};
  }
  // Also when it is at work on it already: one process is one try.
  if (auto begun = begin_try(database, holder, known.id); !begun) return begun.error();
  const auto behind = is_behind(database, holder, known.id);
  if (!behind) return behind.error();
  known.behind = *behind;
  return known;
}

}  // namespace

Outcome<std::optional<Session>> find_session(Database& database, std::string_view id) {
  Query row(database,
            "SELECT id, agent, routine, record, state, version, created_ms, updated_ms "
            "FROM sessions WHERE id = ?1",
            {id});
  if (!row.next()) {
    if (row.failed()) return row.error();
    return std::optional<Session>{};
  }
  return std::optional<Session>(Session{row.text(0), row.text(1), static_cast<int>(row.integer(2)),
                                        row.text(3), row.text(4), row.integer(5), row.integer(6),
                                        row.integer(7)});
}

Outcome<std::vector<Message>> last_messages(Database& database, std::string_view session,
                                            std::size_t last) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  Query row(database,
            "SELECT sequence, turn, role, content, pinned FROM messages WHERE session = ?1 "
            "AND sequence > (SELECT max(sequence) FROM messages WHERE session = ?1) - ?2 "
            "UNION SELECT sequence, turn, role, content, pinned FROM messages "
            "WHERE session = ?1 AND pinned = 1 ORDER BY sequence",
            {session, static_cast<std::int64_t>(std::min(last, kMost))});
  std::vector<Message> messages;
  while (row.next()) {
    messages.push_back(
        {row.integer(0), row.text(1), row.text(2), row.text(3), row.integer(4) != 0});
  }
  if (row.failed()) return row.error();
  return messages;
}

Outcome<std::optional<FirstTurn>> find_first_turn(Database& database, std::string_view session) {
  Query row(database,
            "SELECT id, coalesce(client_message_id, '') FROM turns WHERE session = ?1 "
            "ORDER BY number LIMIT 2",
            {session});
  std::optional<FirstTurn> first;
  if (row.next()) {
    first = FirstTurn{row.text(0), row.text(1)};
    first->alone = !row.next();
  }
  if (row.failed()) return row.error();
  return first;
}

Outcome<std::vector<AcceptedTurn>> unanswered_turns(Database& database) {
  Query row(database, std::string(kTurnColumns) + "WHERE reply IS NULL ORDER BY number");
  std::vector<AcceptedTurn> turns;
  while (row.next()) turns.push_back(turn_of(row));
  if (row.failed()) return row.error();
  return turns;
}

Outcome<AcceptedTurn> accept_turn(Database& database, const AcceptedTurn& fresh,
                                  const Holder& holder) {
  const auto elsewhere = held_elsewhere(database, holder, fresh.session);
  if (!elsewhere) return elsewhere.error();
  if (*elsewhere) return answered_or_held(database, fresh);
  if (auto done = be_known(database, holder); !done) return done.error();
  const Value once = fresh.client_message_id.empty()
                         ? Value(nullptr)
                         : Value(std::string_view(fresh.client_message_id));
  auto done = database.run(
      "INSERT INTO turns(id, session, client_message_id, request, accepted_ms, owner, tries, "
      "tried_by) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 1, ?6) "
      "ON CONFLICT(session, client_message_id) WHERE client_message_id IS NOT NULL DO NOTHING",
      {fresh.id, fresh.session, once, fresh.request, holder.now_ms, holder.owner.id()});
  if (!done) return done.error();
  if (database.changes() == 1) {
    const auto behind = is_behind(database, holder, fresh.id);
    if (!behind) return behind.error();
    auto turn = fresh;
    turn.fresh = true;
    turn.behind = *behind;
    return turn;
  }
  auto known = find_repeated(database, fresh);
  if (!known) return known.error();
  if (!*known) return Error{Code::kInternal, "an accepted turn is not to be found"};
  if (!(*known)->reply.empty()) return std::move(**known);
  return take_repeated(database, std::move(**known), holder);
}

Status commit_turn(Database& database, const TurnCommit& commit, const Holder& holder) {
  if (commit.session.id.empty() || commit.reply.empty()) {
    return Error{Code::kInvalid, "a commit needs a session id and a reply"};
  }
  if (auto done = answer(database, commit, holder); !done) return done;
  if (auto done = release_passed(database, holder, commit.turn); !done) return done;
  if (auto done = write_session(database, commit.session, holder.now_ms); !done) return done;
  if (database.changes() != 1) {
    return Error{Code::kConflict, "the session has moved on since version " +
                                      std::to_string(commit.session.version)};
  }
  if (auto done = append_messages(database, commit); !done) return done;
  if (auto done = count_path(database, commit, holder.now_ms); !done) return done;
  return append_attempts(database, commit);
}

}  // namespace dugout::store
