// Who did what: an append-only file of JSON lines in the data folder, readable for its owner alone.
// Each line holds the SHA-256 of the line before, so that nothing is changed or taken out without a
// trace, and is on the disk when write() returns. Several processes may write: a lock file orders
// them. No personal data: operators' names and short session ids only. [any]
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "dugout/sdk/outcome.hpp"

namespace dugout::observability {

// Where the audit log of a data folder is.
std::filesystem::path audit_folder(const std::string& data);

class AuditLog {
 public:
  static constexpr std::size_t kFileBytes = 1U << 20;  // then the next file is begun

  // Nothing is made before the first line is written.
  AuditLog(std::filesystem::path folder, core::Clock& clock, std::size_t file_bytes = kFileBytes);

  // `who`: an operator's name, "cli:<user>" or "jobs". `what`: "session.viewed". `target`: of what;
  // may be empty. `outcome`: "ok", "refused" or why not. kUnavailable when it cannot be written;
  // whoever calls decides whether to go on.
  Status write(std::string_view who, std::string_view what, std::string_view target,
               std::string_view outcome);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  const std::filesystem::path folder_;
  core::Clock& clock_;
  const std::size_t file_bytes_;
  std::mutex mutex_;  // one line at a time of this process; the lock file orders processes
};

struct AuditLine {
  std::uint64_t number = 0;
  std::string at, who, what, target, outcome;
  std::string text;  // as it stands in the file
};

// What a walk through all files found.
struct AuditCheck {
  std::uint64_t lines = 0;
  std::uint64_t first = 0;         // number of the first line; over 1: earlier files are gone
  std::string head;                // SHA-256 of the last line: to be kept elsewhere
  std::vector<std::string> notes;  // what a crash or an archive explains
  std::string broken;              // "FILE:LINE: why"; empty = the chain is whole
  bool meets = false;              // the wanted head is in the chain
};

// Reads every line in order, gives the readable ones to `take` (may be empty), and checks the
// chain. kNotFound: there is no log. `wanted`: a head that was kept; "" = none.
Outcome<AuditCheck> check_audit(const std::filesystem::path& folder, std::string_view wanted = {},
                                const std::function<void(const AuditLine&)>& take = {});

}  // namespace dugout::observability
