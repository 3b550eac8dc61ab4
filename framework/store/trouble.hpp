// What keeps the store from serving, in a word and in advice for whoever runs it. An Error of the
// store carries the word in its detail, {"store": "full", "retry_after_s": 30}. Pure. [any]
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace dugout::store {

enum class Trouble {
  kNone,
  kFull,      // no space on the disk
  kReadOnly,  // the file or its file system may not be written
  kLocked,    // another process has it for too long
  kDamaged,   // its pages do not fit together; nothing is written any more
  kGone,      // its file was removed or replaced under us; nothing is written meanwhile
  kBroken,    // the disk, or anything else below
};

std::string_view name_of(Trouble trouble);
// What it means and how to mend it, in one line without paths; empty for kNone.
std::string_view advice_for(Trouble trouble);
// Does it go by itself once its cause is gone? Otherwise the program must be started again.
bool passes(Trouble trouble);

// The trouble of a result code of SQLite, an extended one.
Trouble trouble_of_sqlite(int result);
// kNone when the error is of something else.
Trouble trouble_of(const Error& error);
// kUnavailable with the word in its detail.
Error error_of(Trouble trouble, std::string message);

}  // namespace dugout::store
