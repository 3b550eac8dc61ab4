// The attempt log as JSON Lines in a file of its own: <folder>/attempts.jsonl, readable for its
// owner alone. When it has grown to its size it becomes attempts.1.jsonl, that one attempts.2.jsonl
// and so on; the oldest goes. [any]; several processes may write to one folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "observability/log.hpp"

namespace dugout::attempts {

struct FileOptions {
  std::size_t file_bytes = 16U << 20;  // when one is closed; a turn's lines are never parted
  int files = 8;                       // with the one in use
};

class AttemptFile {
 public:
  // REQUIRES: the log outlives it. Nothing is opened before the first line.
  AttemptFile(std::filesystem::path folder, FileOptions options, observability::Log& log);
  ~AttemptFile();
  AttemptFile(const AttemptFile&) = delete;
  AttemptFile& operator=(const AttemptFile&) = delete;

  // Appends the lines with one write. What cannot be written is lost, with one warning until it
  // works again: the log never stands in a turn's way. Not synced: a crash of the machine may cost
  // the latest lines, which the store has.
  void write(const std::vector<std::string>& lines) noexcept;

 private:
  int append(const std::string& text);
  int open_current();
  int ready(std::size_t bytes);
  void rotate(std::size_t bytes);
  void shift();
  void close_current();
  void tell(int failed, std::size_t lines);
  std::filesystem::path file(int number) const;

  const std::filesystem::path folder_;
  const FileOptions options_;
  observability::Log& log_;
  std::mutex mutex_;  // guards all below
  int file_ = -1;
  bool torn_ = false;     // the file may end in a piece of a line
  std::size_t lost_ = 0;  // lines since the warning
  bool failing_ = false;
};

// The files of a folder, the oldest first; none when there is no such folder. A path that is a file
// itself is taken alone.
std::vector<std::filesystem::path> log_files(const std::filesystem::path& path);

}  // namespace dugout::attempts
