// The SQL function short_form(id): the id of a session as operators see it, as in the attempt log.
#pragma once

struct sqlite3;

namespace dugout::store {

bool register_short_form(sqlite3* handle);

}  // namespace dugout::store
