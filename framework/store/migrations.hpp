// The schema, as numbered steps. A database carries the number of its last step in
// PRAGMA user_version; steps are never edited once released, only added.
#pragma once

#include "store/sqlite.hpp"

namespace dugout::store {

int latest_migration();

// Takes the database to step `target`, each step in one transaction of its own. kInvalid when it
// is newer than this program, or no database of Dugout. Safe when two processes start at once.
Status migrate(Database& database, int target = latest_migration());

}  // namespace dugout::store
