#include "observability/log_writer.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace dugout::observability {
namespace {

constexpr auto kLastWrite = std::chrono::seconds(1);

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

LogWriter::LogWriter(std::unique_ptr<LogOutput> output, LogQueue queue, LogNotes notes)
    : output_(std::move(output)), queue_(queue), notes_(std::move(notes)) {
  if (queue_.lines == 0) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "dugout-log");
}

LogWriter::~LogWriter() {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, kLastWrite, [&] { return done_; });
  }
  output_->give_up();
  thread_.join();
}

bool LogWriter::has_room(std::size_t bytes) const {
  return held_lines_ < queue_.lines && held_bytes_ + bytes <= queue_.bytes;
}

void LogWriter::add(std::string_view line) noexcept {
  try {
    if (!thread_.joinable()) {
      const std::string whole = std::string(line) + "\n";
      const std::lock_guard lock(output_mutex_);
      put(whole);
      return;
    }
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      if (!has_room(line.size() + 1)) {
        ++counts_.dropped;
        return;
      }
      (waiting_ += line) += '\n';
      ++held_lines_;
      held_bytes_ += line.size() + 1;
      first = ++waiting_lines_ == 1;
    }
    if (first) changed_.notify_one();
  } catch (const std::exception&) {
    const std::lock_guard lock(mutex_);  // no memory for a line
    ++counts_.dropped;
  }
}

void LogWriter::run() noexcept {
  std::string batch;  // its room is used again and again
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return waiting_lines_ > 0 || stopping_; });
    if (waiting_lines_ == 0) break;
    batch.swap(waiting_);
    const auto lines = std::exchange(waiting_lines_, 0);
    lock.unlock();
    {
      const std::lock_guard writing(output_mutex_);
      put(batch);
    }
    lock.lock();
    held_lines_ -= lines;
    held_bytes_ -= batch.size();
    batch.clear();
  }
  done_ = true;
  changed_.notify_all();
}

// REQUIRES: output_mutex_ is held.
void LogWriter::put(std::string_view lines) noexcept {
  const auto count = output_->write(lines);
  const auto written = lines_in(lines.substr(0, count));
  const auto failed = lines_in(lines) - written;
  bool was_failing = false;
  {
    const std::lock_guard lock(mutex_);
    counts_.written += written;
    counts_.failed += failed;
    was_failing = std::exchange(counts_.failing, failed > 0);
  }
  if (failed > 0 && !was_failing) note_failing();
  if (failed == 0) note_lost();
}

// What it says is no line that anybody logged, and is not counted as one.
void LogWriter::note_lost() noexcept {
  if (!notes_.lost) return;
  const auto now = counts();
  if (now.dropped + now.failed == told_) return;
  try {
    const auto line = notes_.lost(now.dropped, now.failed) + "\n";
    if (output_->write(line) == line.size()) told_ = now.dropped + now.failed;
  } catch (const std::exception&) {
    // Told with the next line.
  }
}

void LogWriter::note_failing() noexcept {
  if (!notes_.failing) return;
  try {
    const auto line = notes_.failing(output_->why()) + "\n";
    pollfd errors{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&errors, 1, 0) != 1) return;  // a pipe that nobody empties would hold this thread
    (void)!::write(STDERR_FILENO, line.data(), line.size());
  } catch (const std::exception&) {
    // Nobody can be told.
  }
}

LogCounts LogWriter::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace dugout::observability
