#include "store/journal.hpp"

namespace dugout::store {
namespace {

Outcome<JournalEntry> find_entry(Database& database, std::string_view key) {
  Query row(database,
            "SELECT key, session, turn, tool, arguments, coalesce(result, ''), result IS NULL "
            "FROM journal WHERE key = ?1",
            {key});
  if (row.next()) {
    return JournalEntry{row.text(0),
                        row.text(1),
                        row.text(2),
                        row.text(3),
                        row.text(4),
                        row.text(5),
                        row.integer(6) != 0 ? CallState::kIntended : CallState::kDone,
                        false};
  }
  if (row.failed()) return row.error();
  return Error{Code::kNotFound, "the journal has no entry of this key"};
}

}  // namespace

Outcome<JournalEntry> write_intent(Database& database, const JournalEntry& entry,
                                   std::int64_t now_ms) {
  if (entry.key.empty()) return Error{Code::kInvalid, "a journal entry needs a key"};
  auto done = database.run(
      "INSERT INTO journal(key, session, turn, tool, arguments, intended_ms) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
      {entry.key, entry.session, entry.turn, entry.tool, entry.arguments, now_ms});
  if (!done) return done.error();
  const bool fresh = database.changes() == 1;
  auto stored = find_entry(database, entry.key);
  if (stored) stored->fresh = fresh;
  return stored;
}

Status write_result(Database& database, std::string_view key, std::string_view result,
                    std::int64_t now_ms) {
  if (result.empty()) return Error{Code::kInvalid, "an empty result cannot be told from none"};
  auto done = database.run(
      "UPDATE journal SET result = ?2, settled_ms = ?3 WHERE key = ?1 AND result IS NULL",
      {key, result, now_ms});
  if (!done || database.changes() == 1) return done;
  const auto stored = find_entry(database, key);
  if (!stored) return stored.error();
  if (stored->result == result) return Done{};
  return Error{Code::kConflict, "the journal entry has another result already"};
}

}  // namespace dugout::store
