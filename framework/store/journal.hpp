// The tool journal as SQL over one connection: an intent before a tool runs, its result after. The
// contracts are those of store.hpp.
#pragma once

#include "store/holding.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace dugout::store {

Outcome<JournalEntry> write_intent(Database& database, const JournalEntry& entry,
                                   const Holder& holder);
Outcome<std::vector<JournalEntry>> unsettled_intents(Database& database, std::string_view turn);

// The first result stays: the same again is fine, another one is kConflict.
Status write_result(Database& database, std::string_view key, std::string_view result,
                    std::int64_t now_ms);

}  // namespace dugout::store
