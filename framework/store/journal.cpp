#include "store/journal.hpp"

namespace dugout::store {
namespace {

constexpr const char* kJournalColumns =
    "SELECT key, session, turn, tool, arguments, coalesce(result, ''), result IS NULL, "
    "coalesce(idempotency, key) FROM journal ";

JournalEntry entry_of(const Query& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          row.integer(6) != 0 ? CallState::kIntended : CallState::kDone,
          false,
          row.text(7)};
}

Outcome<JournalEntry> find_entry(Database& database, std::string_view key) {
  Query row(database, std::string(kJournalColumns) + "WHERE key = ?1", {key});
  if (row.next()) return entry_of(row);
  if (row.failed()) return row.error();
  return Error{Code::kNotFound, "the journal has no entry of this key"};
}

}  // namespace

Outcome<JournalEntry> write_intent(Database& database, const JournalEntry& entry,
                                   const Holder& holder) {
  if (entry.key.empty()) return Error{Code::kInvalid, "a journal entry needs a key"};
  if (auto ours = may_write(database, holder, entry.turn); !ours) return ours.error();
  const auto& idempotency = entry.idempotency.empty() ? entry.key : entry.idempotency;
  auto done = database.run(
      "INSERT INTO journal(key, session, turn, tool, arguments, intended_ms, idempotency) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
      {entry.key, entry.session, entry.turn, entry.tool, entry.arguments, holder.now_ms,
       idempotency});
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

Outcome<std::vector<JournalEntry>> unsettled_intents(Database& database, std::string_view turn) {
  Query row(database,
            std::string(kJournalColumns) +
                "WHERE result IS NULL AND (turn = ?1 OR (?1 = '' AND EXISTS(SELECT 1 FROM turns "
                "WHERE turns.id = journal.turn AND reply IS NOT NULL))) ORDER BY intended_ms, key",
            {turn});
  std::vector<JournalEntry> entries;
  while (row.next()) entries.push_back(entry_of(row));
  if (row.failed()) return row.error();
  return entries;
}

}  // namespace dugout::store
