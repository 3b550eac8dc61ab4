#include "store/overviews.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"

namespace dugout::store {
namespace {

using core::Json;

constexpr std::size_t kMostLines = 1000;

// A registration was made when the record of the session knows its id.
constexpr const char* kLine =
    "SELECT short, agent, routine, created_ms, updated_ms, "
    "(SELECT count(*) FROM turns WHERE turns.session = sessions.id), "
    "json_extract(iif(json_valid(record), record, '{}'), '$.record_id.value') IS NOT NULL "
    "FROM sessions ";

SessionLine line_of(const Query& row) {
  return {row.text(0),        row.text(1),    static_cast<int>(row.integer(2)),
          row.integer(3),     row.integer(4), row.integer(5),
          row.integer(6) != 0};
}

std::string ends_of(const SessionQuery& query) {
  Json ends = Json::array();
  for (const auto& [agent, routine] : query.ends) {
    ends.push_back(agent + "/" + std::to_string(routine));
  }
  return core::canonical(ends);
}

}  // namespace

Outcome<SessionPage> list_sessions(Database& database, const SessionQuery& query) {
  constexpr auto kEver = std::numeric_limits<std::int64_t>::max();
  // All that is looked at for the choice stands in the index sessions_changed.
  std::string sql = std::string(kLine) + "WHERE (updated_ms, short) < (?1, ?2) AND ";
  sql += query.stopped_before_ms
             ? "routine > 0 AND agent || '/' || routine NOT IN (SELECT value FROM json_each(?3)) "
             : "?3 IS NOT NULL ";
  sql += "ORDER BY updated_ms DESC, short DESC LIMIT ?4";
  // Who stopped is further down in the list: it is not gone through from its top.
  auto before = query.before.value_or(SessionMark{kEver, std::string()});
  const auto stopped = query.stopped_before_ms.value_or(kEver);
  if (before.updated_ms >= stopped) before = {stopped, std::string()};
  const auto limit = std::min(query.limit, kMostLines);
  Query row(
      database, sql,
      {before.updated_ms, before.short_form, ends_of(query), static_cast<std::int64_t>(limit + 1)});
  SessionPage page;
  while (row.next()) {
    page.more = page.sessions.size() == limit;
    if (!page.more) page.sessions.push_back(line_of(row));
  }
  if (row.failed()) return row.error();
  return page;
}

Outcome<std::optional<SessionStory>> session_story(Database& database, std::string_view id,
                                                   std::size_t last_turns) {
  Query row(database,
            std::string(kLine) + "WHERE short = ?1 OR id = ?1 ORDER BY short = ?1 DESC LIMIT 1",
            {id});
  if (!row.next()) {
    if (row.failed()) return row.error();
    return std::optional<SessionStory>{};
  }
  SessionStory story{line_of(row), {}};
  Query turn(
      database,
      "SELECT id, accepted_ms, answered_ms, answered_ms IS NOT NULL, "
      "coalesce(json_extract(iif(json_valid(reply), reply, '{}'), '$.routine_number'), 0) "
      "FROM turns WHERE session = (SELECT id FROM sessions WHERE short = ?1) "
      "ORDER BY number DESC LIMIT ?2",
      {story.session.short_form, static_cast<std::int64_t>(std::min(last_turns, kMostLines))});
  while (turn.next()) {
    TurnLine line{turn.text(0), turn.integer(1), std::nullopt, static_cast<int>(turn.integer(4))};
    if (turn.integer(3) != 0) line.answered_ms = turn.integer(2);
    story.turns.push_back(std::move(line));
  }
  if (turn.failed()) return turn.error();
  std::reverse(story.turns.begin(), story.turns.end());
  return std::optional<SessionStory>(std::move(story));
}

}  // namespace dugout::store
