#include "store/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/json.hpp"

namespace dugout::store {
namespace {

using core::Json;

constexpr std::int64_t kTrafficDayMs = 86'400'000;
// Stays are counted in buckets that grow by the fourth root of two: from a second to ten days.
constexpr double kBucketsPerDouble = 4.0;
constexpr std::int64_t kMostBuckets = 80;

std::int64_t bucket_of(std::int64_t stay_ms) {
  const double seconds = std::max(static_cast<double>(stay_ms) / 1000.0, 1.0);
  const auto bucket = static_cast<std::int64_t>(std::log2(seconds) * kBucketsPerDouble);
  return std::clamp(bucket, std::int64_t{0}, kMostBuckets);
}

double middle_of(std::int64_t bucket) {
  return std::exp2((static_cast<double>(bucket) + 0.5) / kBucketsPerDouble);
}

// The way of a session through its flow so far.
struct Trail {
  std::set<int> visited;
  std::int64_t since_ms = 0;  // when it came to its routine; 0 = not known
};

Outcome<Trail> read_trail(Database& database, const std::string& session) {
  Query row(database,
            "SELECT coalesce(visited, '[]'), coalesce(since_ms, 0) FROM sessions "
            "WHERE id = ?1",
            {session});
  if (!row.next()) return row.failed() ? row.error() : Error{Code::kInternal, "no such session"};
  Trail trail;
  trail.since_ms = row.integer(1);
  const auto read = core::parse_json(row.text(0));
  if (!read || !read->is_array()) return trail;
  for (const auto& one : *read) {
    if (one.is_number_integer()) trail.visited.insert(one.get<int>());
  }
  return trail;
}

Status write_trail(Database& database, const std::string& session, const Trail& trail) {
  return database.run("UPDATE sessions SET visited = ?2, since_ms = ?3 WHERE id = ?1",
                      {session, core::canonical(Json(trail.visited)), trail.since_ms});
}

Status reach(Database& database, const TurnCommit& commit, Trail& trail, int routine) {
  if (routine == 0 || !trail.visited.insert(routine).second) return Done{};
  return database.run(
      "INSERT INTO reached VALUES(?1, ?2, 1) "
      "ON CONFLICT DO UPDATE SET sessions = sessions + 1",
      {commit.flow, std::int64_t{routine}});
}

Status count_edge(Database& database, const TurnCommit& commit, int from, int to,
                  std::int64_t now_ms) {
  return database.run(
      "INSERT INTO traffic VALUES(?1, ?2, ?3, ?4, 1) "
      "ON CONFLICT DO UPDATE SET taken = taken + 1",
      {commit.flow, now_ms / kTrafficDayMs, std::int64_t{from}, std::int64_t{to}});
}

Status count_stay(Database& database, const TurnCommit& commit, int routine, std::int64_t ms) {
  return database.run(
      "INSERT INTO stays VALUES(?1, ?2, ?3, 1) "
      "ON CONFLICT DO UPDATE SET times = times + 1",
      {commit.flow, std::int64_t{routine}, bucket_of(ms)});
}

// The middle of the bucket in which the middle stay lies.
std::optional<double> median_of(const std::map<std::int64_t, std::int64_t>& buckets) {
  std::int64_t all = 0, seen = 0;
  for (const auto& [bucket, times] : buckets) all += times;
  for (const auto& [bucket, times] : buckets) {
    seen += times;
    if (seen * 2 >= all) return middle_of(bucket);
  }
  return std::nullopt;
}

Outcome<std::vector<EdgeCount>> edge_counts(Database& database, std::string_view flow,
                                            std::int64_t since_ms) {
  Query row(database,
            "SELECT origin, target, sum(taken) FROM traffic WHERE flow = ?1 AND day >= ?2 "
            "GROUP BY origin, target ORDER BY origin, target",
            {flow, since_ms / kTrafficDayMs});
  std::vector<EdgeCount> edges;
  while (row.next()) {
    edges.push_back(
        {static_cast<int>(row.integer(0)), static_cast<int>(row.integer(1)), row.integer(2)});
  }
  if (row.failed()) return row.error();
  return edges;
}

Outcome<std::vector<RoutineCount>> routine_counts(Database& database, std::string_view flow) {
  std::map<int, std::map<std::int64_t, std::int64_t>> stays;
  Query stay(database, "SELECT routine, bucket, times FROM stays WHERE flow = ?1", {flow});
  while (stay.next()) {
    stays[static_cast<int>(stay.integer(0))][stay.integer(1)] = stay.integer(2);
  }
  if (stay.failed()) return stay.error();
  std::vector<RoutineCount> counts;
  Query row(database, "SELECT routine, sessions FROM reached WHERE flow = ?1 ORDER BY routine",
            {flow});
  while (row.next()) {
    const auto routine = static_cast<int>(row.integer(0));
    counts.push_back({routine, row.integer(1), median_of(stays[routine])});
  }
  if (row.failed()) return row.error();
  return counts;
}

}  // namespace

Status count_path(Database& database, const TurnCommit& commit, std::int64_t now_ms) {
  if (commit.flow.empty() || commit.path.empty()) return Done{};
  auto found = read_trail(database, commit.session.id);
  if (!found) return found.error();
  auto& trail = *found;
  const auto first = commit.path.front();
  if (first.first == 0) trail = {};  // a flow begins, maybe another child's in the same session
  const auto known = trail.visited.size();
  // Who came there before anybody counted is counted now.
  if (auto done = reach(database, commit, trail, first.first); !done) return done;
  bool moved = false;
  for (const auto& [from, to] : commit.path) {
    moved = moved || from != to;
    if (auto done = count_edge(database, commit, from, to, now_ms); !done) return done;
    if (auto done = reach(database, commit, trail, to); !done) return done;
  }
  if (!moved && trail.visited.size() == known) return Done{};
  if (!moved) return write_trail(database, commit.session.id, trail);
  // What lies between the first routine and the last one kept nobody waiting.
  if (first.first != 0 && trail.since_ms > 0) {
    auto done = count_stay(database, commit, first.first, now_ms - trail.since_ms);
    if (!done) return done;
  }
  trail.since_ms = now_ms;
  return write_trail(database, commit.session.id, trail);
}

Outcome<FlowTraffic> flow_traffic(Database& database, std::string_view flow,
                                  std::int64_t since_ms) {
  auto edges = edge_counts(database, flow, since_ms);
  if (!edges) return edges.error();
  auto routines = routine_counts(database, flow);
  if (!routines) return routines.error();
  return FlowTraffic{std::move(*edges), std::move(*routines)};
}

Outcome<std::vector<StandCount>> standing_sessions(Database& database,
                                                   std::int64_t stopped_before_ms) {
  Query row(database,
            "SELECT agent, routine, sum(fresh), sum(stopped) FROM ("
            "SELECT agent, routine, iif(updated_ms >= ?1, 1, 0) AS fresh, "
            "iif(updated_ms < ?1, 1, 0) AS stopped FROM sessions WHERE routine > 0 "
            "UNION ALL SELECT agent, routine, 0, sessions FROM gone) "
            "GROUP BY agent, routine ORDER BY agent, routine",
            {stopped_before_ms});
  std::vector<StandCount> counts;
  while (row.next()) {
    counts.push_back(
        {row.text(0), static_cast<int>(row.integer(1)), row.integer(2), row.integer(3)});
  }
  if (row.failed()) return row.error();
  return counts;
}

}  // namespace dugout::store
