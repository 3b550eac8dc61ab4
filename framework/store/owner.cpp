#include "store/owner.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/files.hpp"
#include "core/random.hpp"

namespace dugout::store {
namespace {

constexpr off_t kUse = 0;  // shared by all that have the database open

struct flock byte_lock(short kind, off_t at) {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = at;
  lock.l_len = 1;
  return lock;
}

// Locks of the open file and not of the process: those of two stores in one process differ, and
// closing another descriptor of the file drops none.
bool take_lock(int file, short kind, off_t at) {
  auto lock = byte_lock(kind, at);
  return ::fcntl(file, F_OFD_SETLK, &lock) == 0;
}

bool refused() {
  return errno == EAGAIN || errno == EACCES;
}

int open_owners(const std::string& database) {
  return core::open_ours(owners_file(database), O_RDWR, database);
}

Error no_owners(const std::string& database, int why) {
  return Error{Code::kUnavailable,
               "cannot open " + owners_file(database) + ": " + std::strerror(why) +
                   ". It holds the locks of those who use the database; give it to the user of "
                   "the server, with mode 0600"};
}

// 60 random bits: any byte of a file that is never written may be locked.
std::int64_t owner_number() {
  const auto digits = core::new_id("").substr(0, 15);
  return static_cast<std::int64_t>(std::strtoll(digits.c_str(), nullptr, 16)) + 1;
}

}  // namespace

std::string owners_file(const std::string& database) {
  return database + "-owners";
}

Outcome<Owner> Owner::join(const std::string& database, std::chrono::milliseconds lease) {
  const int file = open_owners(database);
  const int why = errno;
  const auto id = owner_number();
  // Nobody writes where nobody may; anything else would let two work on one session unseen.
  if (file < 0 && why == EROFS) return Owner(-1, id, false, lease);
  if (file < 0) return no_owners(database, why);
  if (!take_lock(file, F_RDLCK, kUse) && refused()) {
    ::close(file);
    return Error{Code::kUnavailable, "the database is being restored just now; start again then"};
  }
  return Owner(file, id, take_lock(file, F_WRLCK, id), lease);
}

Owner::Owner(Owner&& other) noexcept
    : file_(other.file_), id_(other.id_), locked_(other.locked_), lease_(other.lease_) {
  other.file_ = -1;
}

Owner::~Owner() {
  if (file_ >= 0) ::close(file_);
}

bool Owner::gone(std::int64_t other) const {
  if (file_ < 0 || other <= 0) return false;
  auto lock = byte_lock(F_WRLCK, other);
  return ::fcntl(file_, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
}

Outcome<Exclusive> Exclusive::take(const std::string& database) {
  const int file = open_owners(database);
  if (file < 0) return no_owners(database, errno);
  if (take_lock(file, F_WRLCK, kUse)) return Exclusive(file);
  const bool used = refused();
  const std::string why = std::strerror(errno);
  ::close(file);
  if (used) return Error{Code::kConflict, "the database is in use"};
  return Error{Code::kUnavailable, "cannot lock " + owners_file(database) + ": " + why};
}

Exclusive::Exclusive(Exclusive&& other) noexcept : file_(other.file_) {
  other.file_ = -1;
}

Exclusive::~Exclusive() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace dugout::store
