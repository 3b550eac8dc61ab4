// A store looked at, copied and put back, for people: `dugout store`. Over connections of its own,
// beside a server that uses the store. [worker]
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/sqlite.hpp"

namespace dugout::store {

struct CheckUp {
  std::vector<std::string> findings;  // what somebody should do something about
  std::vector<std::string> notes;     // what is good to know
};

// The pages, the references between rows, and what Dugout itself promises: no turn that nobody
// answers, no effect without a known end, no job given up. An Error when there is no such file;
// a file that cannot be read is a finding.
Outcome<CheckUp> check_store(const std::string& path, std::int64_t now_ms);

// A turn that nobody shall answer any more, neither a server nor at its client's repeat.
// kNotFound; kConflict: it is answered, or a server works on its session.
Status drop_from_store(const std::string& path, std::string_view turn, std::int64_t now_ms);

using Progress = std::function<bool(int done, int of)>;  // pages; false = it shall end here

// The store as it is at this moment, in one file that its owner alone may read. It is checked
// before it takes its name. kInvalid: the name is the store's own, or has a log beside it, which a
// restore would take for the copy's; kUnavailable: it cannot be read or written, or the copy is not
// good; kCancelled.
Status backup_store(const std::string& path, const std::string& to, const Progress& progress);

// Puts a backup, with what is in a log beside it, in the place of the store, and the old files
// aside. kInvalid: no good backup, and nothing was changed; kConflict: something uses the store.
// Returns where the old file is now (a log that had lost it, else), or nothing when there was none.
Outcome<std::string> restore_store(const std::string& path, const std::string& from,
                                   std::int64_t now_ms);

// Do the pages fit together? Faster than check_store, and looks at nothing else.
Status quick_check(Database& database);

}  // namespace dugout::store
