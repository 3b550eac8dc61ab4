// The SQL function matches(body, where): 1 when the JSON object `body` has every member of `where`
// with an equal value. Written here and not as json_extract() because SQLite's paths cannot name a
// member with a quote in it, and its comparison ends at a NUL character.
#pragma once

struct sqlite3;

namespace dugout::store {

bool register_matches(sqlite3* handle);

}  // namespace dugout::store
