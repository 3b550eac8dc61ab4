// Who works on turns: one open store of one process. While it lives it has a lock in the file
// "<database>-owners" (a byte of its own, by the kernel, so it ends with the process however that
// ends), and while it has turns a row in `owners` that it renews. Either that is gone ends its
// leases: a process that died at once, one that hangs when its time is over. [any]
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "dugout/sdk/outcome.hpp"

namespace dugout::store {

class Owner {
 public:
  // Takes its lock, and a share in the use of the database. kUnavailable while somebody has the
  // database for itself (Exclusive), and when the file of the locks cannot be opened. A file
  // system without such locks, or one that is read only: time alone decides.
  static Outcome<Owner> join(const std::string& database, std::chrono::milliseconds lease);
  ~Owner();
  Owner(Owner&& other) noexcept;
  Owner& operator=(Owner&&) = delete;

  std::int64_t id() const { return id_; }
  bool locked() const { return locked_; }
  std::chrono::milliseconds lease() const { return lease_; }
  // Does another owner still hold its lock? False when that cannot be told.
  bool gone(std::int64_t other) const;

 private:
  Owner(int file, std::int64_t id, bool locked, std::chrono::milliseconds lease)
      : file_(file), id_(id), locked_(locked), lease_(lease) {}

  int file_;
  std::int64_t id_;
  bool locked_;
  std::chrono::milliseconds lease_;
};

// A database that nobody else has open, and that nobody opens meanwhile.
class Exclusive {
 public:
  // kConflict while a store of this or another process has it open.
  static Outcome<Exclusive> take(const std::string& database);
  ~Exclusive();
  Exclusive(Exclusive&& other) noexcept;
  Exclusive& operator=(Exclusive&&) = delete;

 private:
  explicit Exclusive(int file) : file_(file) {}
  int file_;
};

// Of a database file: where the locks of its owners are.
std::string owners_file(const std::string& database);

}  // namespace dugout::store
