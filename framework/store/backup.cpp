// Copies of a store: made by SQLite's online backup from one snapshot, so that writers go on
// meanwhile; put back by names, so that at every moment there is a whole file at the path.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "core/files.hpp"
#include "core/random.hpp"
#include "store/migrations.hpp"
#include "store/owner.hpp"
#include "store/trouble.hpp"
#include "store/upkeep.hpp"

namespace dugout::store {
namespace {

namespace fs = std::filesystem;

Error cannot_do(const std::string& what, const std::string& path, const std::string& why) {
  return Error{Code::kUnavailable, "cannot " + what + " " + path + ": " + why};
}

// A file that goes away unless it is kept.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)) {}
  ~Draft() {
    std::error_code ignored;
    if (!kept_) fs::remove(path_, ignored);
    for (const char* more : {"-wal", "-shm", "-journal"}) fs::remove(path_ + more, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return path_; }
  void keep() { kept_ = true; }

  // `for_store`: whose it will be; empty = of whoever runs this.
  Status make(const std::string& for_store = {}) const {
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return cannot_do("write", path_, std::strerror(errno));
    if (!for_store.empty()) core::belong_like(file, for_store);
    ::close(file);
    return Done{};
  }

 private:
  const std::string path_;
  bool kept_ = false;
};

Status sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int why = errno;
  if (file >= 0) ::close(file);
  return done ? Status(Done{}) : Status(cannot_do("sync", path, std::strerror(why)));
}

// Under its own name, whatever becomes of the machine.
Status take_name(Draft& draft, const std::string& path) {
  if (auto synced = sync(draft.path(), O_RDWR); !synced) return synced;
  std::error_code error;
  fs::rename(draft.path(), path, error);
  if (error) return cannot_do("rename to", path, error.message());
  draft.keep();
  const auto folder = fs::path(path).parent_path();
  return sync(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

// A whole database of ours that this program can open; left as one file.
Status check_copy(const std::string& path) {
  auto opened = Database::open(path, {});
  if (!opened) return opened.error();
  auto& database = **opened;
  {
    Query row(database, "SELECT * FROM pragma_integrity_check(1)");
    if (!row.next()) return row.failed() ? row.error() : database.failure();
    if (row.text(0) != "ok") return error_of(Trouble::kDamaged, "it is damaged: " + row.text(0));
  }
  if (auto ours = migrate(database, 0); !ours) return ours;  // says whose it is, changes nothing
  {
    Query row(database, "PRAGMA user_version");
    if (!row.next()) return row.failed() ? row.error() : database.failure();
    if (row.integer(0) == 0) return Error{Code::kInvalid, "it is empty"};
  }
  Query mode(database, "PRAGMA journal_mode = DELETE");
  if (mode.next() && mode.text(0) == "delete") return Done{};
  return mode.failed() ? mode.error() : database.failure();
}

std::string beside(const std::string& path, const char* what) {
  return path + core::new_id(what).substr(0, std::strlen(what) + 8);
}

bool same_file(const std::string& one, const std::string& other) {
  std::error_code error;
  return fs::equivalent(one, other, error);
}

// "20251001T120000Z"
std::string stamp(std::int64_t now_ms) {
  const auto seconds = static_cast<std::time_t>(now_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const auto size = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return std::string(text, size);
}

// False: there was none.
Outcome<bool> move_file(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return true;
  if (error == std::errc::no_such_file_or_directory) return false;
  return cannot_do("put aside", from, error.message());
}

// The old database under another name, with its log; the file stays at its path as well, until the
// new one takes it. Whole where it can still be opened: then there is no log any more. A log whose
// database is gone goes, too: the next to open the path would play it into the new file.
Outcome<std::string> put_aside(const std::string& path, std::int64_t now_ms) {
  std::error_code error;
  const auto aside = beside(path + ".before-" + stamp(now_ms), "-");
  const bool there = fs::exists(path, error);
  if (there) {
    if (auto opened = Database::open(path, {})) {
      (void)(*opened)->run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    fs::create_hard_link(path, aside, error);
    if (error) fs::copy_file(path, aside, error);
    if (error) return cannot_do("put aside", path, error.message());
  }
  std::string only = there ? aside : std::string();
  for (const char* log : {"-wal", "-journal"}) {
    const auto moved = move_file(path + log, aside + log);
    if (!moved) return moved.error();
    if (*moved && only.empty()) only = aside + log;
  }
  fs::remove(path + "-shm", error);
  return only;
}

// The backup and what is in the logs beside it, as a file has that was put aside after a crash.
Status fetch(const std::string& from, const Draft& draft) {
  std::error_code error;
  std::optional<Exclusive> alone;
  if (fs::exists(owners_file(from), error)) {
    auto own = Exclusive::take(from);
    if (!own && own.error().code == Code::kConflict) {
      return Error{Code::kInvalid, from + " is a store in use; copy it with `dugout store backup`"};
    }
    if (own) alone.emplace(std::move(*own));
  }
  fs::copy_file(from, draft.path(), fs::copy_options::overwrite_existing, error);
  if (error) return cannot_do("copy", from, error.message());
  for (const char* log : {"-wal", "-journal"}) {
    if (!fs::exists(from + log, error)) continue;
    fs::copy_file(from + log, draft.path() + log, error);
    if (error) return cannot_do("copy", from + log, error.message());
  }
  (void)::chmod(draft.path().c_str(), 0600);
  return Done{};
}

}  // namespace

Status Database::copy_to(Database& other, const std::function<bool(int, int)>& progress) {
  constexpr int kPages = 256;
  // One read transaction over all steps: else each write of a server would begin the copy anew.
  if (auto begun = script("BEGIN; SELECT count(*) FROM sqlite_schema;"); !begun) return begun;
  auto* copy = sqlite3_backup_init(other.handle_, "main", handle_, "main");
  if (copy == nullptr) {
    (void)script("ROLLBACK");
    return other.failure();
  }
  int result = SQLITE_OK;
  bool wanted = true;
  while (wanted && result == SQLITE_OK) {
    result = sqlite3_backup_step(copy, kPages);
    const int all = sqlite3_backup_pagecount(copy);
    if (progress) wanted = progress(all - sqlite3_backup_remaining(copy), all);
  }
  const bool done = result == SQLITE_DONE;
  const int ended = sqlite3_backup_finish(copy);
  (void)script("ROLLBACK");
  if (!wanted) return Error{Code::kCancelled, "the copy was ended"};
  if (done && ended == SQLITE_OK) return Done{};
  return error_of(trouble_of_sqlite(result),
                  std::string("the copy failed: ") + sqlite3_errstr(done ? ended : result));
}

Status backup_store(const std::string& path, const std::string& to, const Progress& progress) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Error{Code::kUnavailable, "there is no store at " + path};
  }
  if (same_file(path, to)) return Error{Code::kInvalid, to + " is the store itself"};
  if (fs::exists(to, error) && !fs::is_regular_file(to, error)) {
    return Error{Code::kInvalid, to + " is no file; name the file of the backup"};
  }
  for (const char* log : {"-wal", "-journal"}) {
    if (!fs::exists(to + log, error)) continue;
    return Error{Code::kInvalid,
                 to + log +
                     " is there, and a restore would take it for this backup's; move "
                     "it away, or choose another name"};
  }
  auto source = Database::open(path, {true, std::chrono::seconds(5)});
  if (!source) return source.error();
  Draft draft(beside(to, ".part-"));
  if (auto made = draft.make(); !made) return made;
  {
    auto target = Database::open(draft.path(), {});
    if (!target) return target.error();
    if (auto copied = (*source)->copy_to(**target, progress); !copied) return copied;
  }
  if (auto good = check_copy(draft.path()); !good) {
    return Error{Code::kUnavailable,
                 "the copy is not good, and was thrown away: " + good.error().message};
  }
  return take_name(draft, to);
}

Outcome<std::string> restore_store(const std::string& path, const std::string& from,
                                   std::int64_t now_ms) {
  std::error_code error;
  if (!fs::is_regular_file(from, error)) {
    return Error{Code::kInvalid, "there is no backup at " + from};
  }
  if (same_file(path, from)) return Error{Code::kInvalid, from + " is the store itself"};
  fs::create_directories(fs::path(path).parent_path(), error);
  const auto own = Exclusive::take(path);
  if (!own) return own.error();
  Draft draft(beside(path, ".restoring-"));
  if (auto made = draft.make(path); !made) return made.error();
  if (auto fetched = fetch(from, draft); !fetched) return fetched.error();
  if (auto good = check_copy(draft.path()); !good) {
    return Error{Code::kInvalid, from + " cannot be restored: " + good.error().message};
  }
  auto aside = put_aside(path, now_ms);
  if (!aside) return aside;
  if (auto named = take_name(draft, path); !named) return named.error();
  return aside;
}

}  // namespace dugout::store
