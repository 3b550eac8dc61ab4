// Where lines of the log end up: a stream that is open already, or a file with rotation. Neither
// throws, waits for ever or gives up for good: what cannot be written now may be later. One thread
// at a time, but for give_up().
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace dugout::observability {

class LogOutput {
 public:
  virtual ~LogOutput() = default;
  // Writes lines, each with its line feed; how many bytes of them were. A line that was cut short
  // is ended by the next call.
  virtual std::size_t write(std::string_view lines) noexcept = 0;
  // Why the latest write fell short: an errno.
  virtual int why() const noexcept = 0;
  // [any] A write that waits for a slow reader returns, and later ones do not wait.
  virtual void give_up() noexcept {}
};

// `fd` stays its owner's. Waits for a reader who does not read.
std::unique_ptr<LogOutput> stream_output(int fd);

struct LogFile {
  std::string path;
  std::size_t bytes = 16U << 20;  // when it becomes path.1, that one path.2 and so on
  int files = 5;                  // that are kept, the one in use counted
};
// Readable for its owner alone; folders are made. A file that somebody moved away is begun anew.
std::unique_ptr<LogOutput> file_output(LogFile file);

// One line at a time to a function that always succeeds.
std::unique_ptr<LogOutput> function_output(std::function<void(std::string_view line)> write);

}  // namespace dugout::observability
