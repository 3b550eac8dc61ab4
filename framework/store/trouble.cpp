#include "store/trouble.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::store {
namespace {

struct Row {
  Trouble trouble;
  std::string_view name, advice;
  int retry_after_s;
};

constexpr std::array kTroubles = {
    Row{Trouble::kFull, "full",
        "The disk of the store is full. Free some space; the server goes on by itself then.", 30},
    Row{Trouble::kReadOnly, "read_only",
        "The store may not be written. Make its file system writable and give the server's user "
        "its files; the server goes on by itself then.",
        60},
    Row{Trouble::kLocked, "locked",
        "Another process holds the store. End it, or wait until it is done; the server goes on by "
        "itself then.",
        5},
    Row{Trouble::kDamaged, "damaged",
        "The store is damaged, and nothing is written to it any more. Stop the server, look at it "
        "with `dugout store check`, put a backup in its place with `dugout store restore FILE`.",
        300},
    Row{Trouble::kGone, "gone",
        "The store's file was removed or replaced while the server used it, and nothing is "
        "written meanwhile. Put the very same file back, and the server goes on; or stop it, and "
        "put a backup in its place with `dugout store restore FILE`.",
        300},
    Row{Trouble::kBroken, "io_error",
        "The store cannot be read or written. Look at the disk; the log has the reason.", 30},
};

const Row* row_of(Trouble trouble) {
  const auto* found = std::find_if(kTroubles.begin(), kTroubles.end(),
                                   [&](const Row& row) { return row.trouble == trouble; });
  return found == kTroubles.end() ? nullptr : found;
}

}  // namespace

std::string_view name_of(Trouble trouble) {
  const auto* row = row_of(trouble);
  return row == nullptr ? "none" : row->name;
}

std::string_view advice_for(Trouble trouble) {
  const auto* row = row_of(trouble);
  return row == nullptr ? "" : row->advice;
}

bool passes(Trouble trouble) {
  return trouble != Trouble::kDamaged;
}

Trouble trouble_of_sqlite(int result) {
  if (result == SQLITE_READONLY_DBMOVED) return Trouble::kGone;
  switch (result & 0xff) {
    case SQLITE_FULL:
      return Trouble::kFull;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return Trouble::kReadOnly;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return Trouble::kLocked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Trouble::kDamaged;
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return Trouble::kBroken;
    default:
      return Trouble::kNone;
  }
}

Trouble trouble_of(const Error& error) {
  if (error.code != Code::kUnavailable || error.detail.empty()) return Trouble::kNone;
  const auto detail = core::parse_json(error.detail);
  if (!detail || !detail->is_object()) return Trouble::kNone;
  const auto name = core::member(*detail, "store");
  for (const auto& row : kTroubles) {
    if (row.name == name) return row.trouble;
  }
  return Trouble::kNone;
}

Error error_of(Trouble trouble, std::string message) {
  const auto* row = row_of(trouble);
  if (row == nullptr) return Error{Code::kUnavailable, std::move(message)};
  return Error{
      Code::kUnavailable, std::move(message),
      core::canonical(core::Json{{"store", row->name}, {"retry_after_s", row->retry_after_s}})};
}

}  // namespace dugout::store
