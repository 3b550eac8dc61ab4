// The store in one SQLite file (write-ahead logging, every commit synced to the disk).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "observability/log.hpp"
#include "store/store.hpp"

namespace dugout::store {

struct SqliteOptions {
  // How long to wait for another process that holds the file.
  std::chrono::milliseconds busy_timeout{5000};
  std::size_t readers = 4;
  // How long a turn stays its process's without a sign of life; one that ends is noticed at once.
  std::chrono::milliseconds lease{30000};
  // The pages of a file up to this size are looked at before it is used; 0 = of none.
  std::uintmax_t check_bytes = 0;
  // Told once when the store cannot serve, and once when it can again; null = nobody. It outlives
  // the store.
  observability::Log* log = nullptr;
};

// Opens the file at `path`, creating it (mode 0600) and its folder, and takes its schema to the
// current version. kUnavailable when the file cannot be read and written, kInvalid when it is newer
// than this program or of another one. `clock` must outlive the store. The destructor finishes
// what was handed in and joins the writer's thread.
Outcome<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, core::Clock& clock,
                                                  SqliteOptions options = {});

}  // namespace dugout::store
