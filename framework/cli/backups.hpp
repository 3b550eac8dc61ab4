// The daily backup of the store by the server itself: a job of `dugout serve`, when `backup.folder`
// names a place for it.
#pragma once

#include "cli/app.hpp"

namespace dugout::cli {

inline constexpr auto kBackupKind = "backup";  // of the job; also its key below `jobs:`
inline constexpr auto kBackupTime = "02:30";   // UTC; an hour before the removal of what is old

// Makes one, and removes the oldest of its own beyond `backup.keep`. One that fails is tried again
// like every job, and leaves the earlier ones. REQUIRES: the set outlives it.
jobs::Work backup_work(Set& set);

}  // namespace dugout::cli
