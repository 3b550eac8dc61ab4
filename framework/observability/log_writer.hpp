// Takes lines to an output without making whoever logs wait for it: a queue with bounds, emptied by
// a thread of its own. A line that finds no room is counted, and the log says how many there were
// as soon as there is room again. [any]
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "observability/log_output.hpp"

namespace dugout::observability {

struct LogCounts {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;  // the queue was full
  std::uint64_t failed = 0;   // the output did not take them: disk full, pipe closed
  bool failing = false;       // the latest write was of these
};

struct LogQueue {
  std::size_t lines = 0;         // 0 = no queue and no thread: add() writes by itself
  std::size_t bytes = 4U << 20;  // of all lines that wait
};

// Lines of the writer's own, without line feeds; either may be empty.
struct LogNotes {
  // There is room again: so many were lost since the start.
  std::function<std::string(std::uint64_t dropped, std::uint64_t failed)> lost;
  // The output began to fail; called with the errno. The line goes to stderr.
  std::function<std::string(int why)> failing;
};

class LogWriter {
 public:
  LogWriter(std::unique_ptr<LogOutput> output, LogQueue queue, LogNotes notes);
  ~LogWriter();  // writes what waits, for a second at most
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void add(std::string_view line) noexcept;
  LogCounts counts() const;

 private:
  void run() noexcept;
  bool has_room(std::size_t bytes) const;
  void put(std::string_view lines) noexcept;
  void note_lost() noexcept;
  void note_failing() noexcept;

  const std::unique_ptr<LogOutput> output_;
  const LogQueue queue_;
  const LogNotes notes_;

  std::mutex output_mutex_;  // held by whoever writes; before mutex_
  std::uint64_t told_ = 0;   // lost lines that a note has told of; guarded by output_mutex_

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::string waiting_;
  std::size_t waiting_lines_ = 0;
  std::size_t held_lines_ = 0, held_bytes_ = 0;  // waiting, and being written
  LogCounts counts_;
  bool stopping_ = false, done_ = false;
  std::thread thread_;
};

}  // namespace dugout::observability
