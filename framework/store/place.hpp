// The file that was opened, and whether it is still the one at its path: SQLite goes on with a file
// that was removed, and nobody would find what it writes there. One thread, if not said otherwise.
#pragma once

#include <sys/types.h>

#include <string>

#include "dugout/sdk/outcome.hpp"

namespace dugout::store {

class Place {
 public:
  // REQUIRES: the database at `path` is open.
  explicit Place(std::string path);
  // kUnavailable (Trouble::kGone) when the database or its log is another file now, or none.
  Status check();
  // The same of the database alone. [any]
  Status still_there() const;

 private:
  struct File {
    dev_t device = 0;
    ino_t number = 0;  // 0 = none
    bool operator==(const File& other) const {
      return device == other.device && number == other.number;
    }
  };
  static File at(const std::string& path);

  const std::string path_, log_path_;
  const File file_;
  File log_;  // made with the first write
};

}  // namespace dugout::store
