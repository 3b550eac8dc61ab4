#include "store/records.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "core/json.hpp"
#include "core/random.hpp"

namespace dugout::store {
namespace {

using core::Json;

// One row to write; an empty `unique` is none.
struct NewRow {
  std::string_view table, unique;
  std::string id, body;
  bool seeded = false;
};

// Does nothing when the id or the unique key is taken; database.changes() tells.
Status insert(Database& database, const NewRow& row, std::int64_t now_ms) {
  const Value unique = row.unique.empty() ? Value(nullptr) : Value(row.unique);
  return database.run(
      "INSERT INTO records(table_name, id, unique_key, body, seeded, created_ms, updated_ms) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING",
      {row.table, row.id, unique, row.body, std::int64_t{row.seeded ? 1 : 0}, now_ms});
}

// The row that keeps another one out; the holder of the unique key first.
Error taken(Database& database, const NewRow& row) {
  Query holder(database,
               "SELECT body FROM records WHERE table_name = ?1 AND (unique_key = ?2 OR id = ?3) "
               "ORDER BY unique_key IS ?2 DESC LIMIT 1",
               {row.table, row.unique, row.id});
  if (holder.next()) return {Code::kConflict, "another row holds this key", holder.text(0)};
  return holder.failed() ? holder.error() : Error{Code::kInternal, "a row was not written"};
}

// Seeded rows get the same id at every start, so that other rows may point to them.
std::string seed_id(std::string_view table, const Json& row, std::set<std::string>& given) {
  const auto base = "seed_" + core::stable_hash(std::string(table) + '\n' + core::canonical(row));
  auto id = base;
  for (int twin = 2; !given.insert(id).second; ++twin) id = base + "_" + std::to_string(twin);
  return id;
}

Outcome<std::string> array_of(Query row) {
  std::string out = "[";
  while (row.next()) {
    if (out.size() > 1) out += ',';
    out += row.text(0);
  }
  if (row.failed()) return row.error();
  return out + "]";
}

}  // namespace

Outcome<Json> parse_object(std::string_view text, std::string_view what) {
  auto parsed = core::parse_json(text);
  if (!parsed) return Error{parsed.error().code, std::string(what) + ": " + parsed.error().message};
  if (parsed->is_object()) return parsed;
  return Error{Code::kInvalid, std::string(what) + " is no JSON object"};
}

Outcome<std::string> select_rows(Database& database, std::string_view table, const Json& where) {
  const auto condition = core::canonical(where);
  const auto id = core::member(where, "id");
  if (id.empty()) {
    return array_of(Query(database,
                          "SELECT body FROM records WHERE table_name = ?1 AND matches(body, ?2) "
                          "ORDER BY number",
                          {table, condition}));
  }
  // Through the index of ids; matches() still looks at the other members.
  return array_of(Query(database,
                        "SELECT body FROM records WHERE table_name = ?1 AND id = ?3 "
                        "AND matches(body, ?2)",
                        {table, condition, id}));
}

Outcome<std::string> add_row(Database& database, std::string_view table, std::string_view unique,
                             const Json& row, std::int64_t now_ms) {
  const NewRow fresh{table, unique, core::member(row, "id"), core::canonical(row)};
  if (auto done = insert(database, fresh, now_ms); !done) return done.error();
  if (database.changes() != 1) return taken(database, fresh);
  return core::canonical(Json{{"id", fresh.id}});
}

Outcome<std::string> merge_row(Database& database, std::string_view table, std::string_view id,
                               const Json& changes, std::int64_t now_ms) {
  std::string body;
  {
    Query row(database, "SELECT body FROM records WHERE table_name = ?1 AND id = ?2", {table, id});
    if (!row.next()) {
      return row.failed() ? row.error() : Error{Code::kNotFound, "no row of this id"};
    }
    body = row.text(0);
  }
  auto merged = parse_object(body, "the stored row");
  if (!merged) return merged.error();
  merged->merge_patch(changes);
  if (core::member(*merged, "id") != id) return Error{Code::kInvalid, "the id of a row stays"};

  body = core::canonical(*merged);
  auto done = database.run(
      "UPDATE records SET body = ?3, seeded = 0, updated_ms = ?4 WHERE table_name = ?1 AND id = ?2",
      {table, id, body, now_ms});
  if (!done) return done.error();
  return body;
}

Status replace_rows(Database& database, std::string_view table, const std::vector<Json>& rows,
                    std::int64_t now_ms) {
  auto cleared = database.run("DELETE FROM records WHERE table_name = ?1 AND seeded = 1", {table});
  if (!cleared) return cleared;

  std::set<std::string> given;
  for (auto row : rows) {
    const auto unique = core::member(row, "_unique");
    row.erase("_unique");
    if (!row.contains("id")) row["id"] = seed_id(table, row, given);
    const NewRow seed{table, unique, core::member(row, "id"), core::canonical(row), true};
    if (auto done = insert(database, seed, now_ms); !done) return done;
  }
  return Done{};
}

}  // namespace dugout::store
