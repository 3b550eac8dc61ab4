#include "store/attempts.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace dugout::store {
namespace {

// A condition on the value bound as ?N. One that is not set still names its value, so that the same
// values fit every statement, and still leaves SQLite free to use the index of another.
std::string condition(int number, bool set, const std::string& sql) {
  return set ? sql : "?" + std::to_string(number) + " IS NOT NULL";
}

std::string statement(const AttemptFilter& filter) {
  const bool failed = filter.outcome == "failed";
  const std::string outcome =
      failed ? "?4 <> '' AND json_extract(iif(json_valid(body), body, '{}'), '$.outcome') NOT IN "
               "('ok', 'tool_calls', 'cache_hit', 'cancelled', 'not_asked')"
             : "json_extract(iif(json_valid(body), body, '{}'), '$.outcome') = ?4";
  const std::string latest =
      std::string("SELECT body, at_ms AS at, attempts.rowid AS place FROM attempts ") +
      "WHERE json_valid(body) AND " +
      condition(1, !filter.session.empty(), "turn IN (SELECT id FROM turns WHERE session = ?1)") +
      " AND " +
      condition(2, !filter.short_session.empty(),
                "json_extract(iif(json_valid(body), body, '{}'), '$.session') = ?2") +
      " AND " + condition(3, !filter.turn.empty(), "turn = ?3") + " AND " +
      condition(4, !filter.outcome.empty(), outcome) + " AND " +
      condition(5, !filter.target.empty(),
                "json_extract(iif(json_valid(body), body, '{}'), '$.target') = ?5") +
      " AND " +
      condition(6, !filter.call_type.empty(),
                "json_extract(iif(json_valid(body), body, '{}'), '$.call_type') = ?6") +
      " AND " + condition(7, filter.since_ms.has_value(), "at_ms >= ?7") + " AND " +
      condition(8, filter.until_ms.has_value(), "at_ms < ?8");
  // What is not limited is read in order at once, and never held as a whole.
  if (filter.last == 0) return latest + " AND ?9 IS NOT NULL ORDER BY at, place";
  return "SELECT body FROM (" + latest +
         " ORDER BY at DESC, place DESC LIMIT ?9) ORDER BY at, place";
}

}  // namespace

Status visit_attempts(Database& database, const AttemptFilter& filter,
                      const std::function<void(std::string_view)>& visit) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  Query row(database, statement(filter),
            {filter.session, filter.short_session, filter.turn, filter.outcome, filter.target,
             filter.call_type, filter.since_ms.value_or(0), filter.until_ms.value_or(0),
             static_cast<std::int64_t>(std::min(filter.last, kMost))});
  while (row.next()) visit(row.text(0));
  return row.failed() ? Status(row.error()) : Status(Done{});
}

}  // namespace dugout::store
