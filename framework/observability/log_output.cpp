#include "observability/log_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <filesystem>

namespace dugout::observability {
namespace {

namespace fs = std::filesystem;

constexpr int kLookUpMs = 100;  // how often a write that waits looks whether it is to give up

// A line that was cut short stays a line of its own: readers pass over it.
class TornEnd {
 public:
  bool ends_first() const { return torn_; }
  void wrote(std::string_view lines, std::size_t count) {
    if (count > 0) torn_ = lines[count - 1] != '\n';
  }
  void begin_anew(bool torn) { torn_ = torn; }

 private:
  bool torn_ = false;
};

class StreamOutput final : public LogOutput {
 public:
  explicit StreamOutput(int fd) : fd_(fd) {}

  std::size_t write(std::string_view lines) noexcept override {
    why_ = 0;
    if (torn_.ends_first() && put("\n") == 0) return 0;
    std::size_t done = 0;
    while (done < lines.size()) {
      const auto count = put(lines.substr(done));
      if (count == 0) break;
      done += count;
    }
    torn_.wrote(lines, done);
    return done;
  }
  int why() const noexcept override { return why_; }
  void give_up() noexcept override { hurry_.store(true, std::memory_order_relaxed); }

 private:
  // A pipe that is ready takes so many bytes without a wait; more could block for ever.
  std::size_t put(std::string_view bytes) {
    if (!ready()) return fail(EAGAIN);
    const auto count = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (count > 0) return static_cast<std::size_t>(count);
    return count < 0 && errno == EINTR ? put(bytes) : fail(count < 0 ? errno : EIO);
  }

  bool ready() const {
    for (;;) {
      pollfd wait{fd_, POLLOUT, 0};
      const bool hurry = hurry_.load(std::memory_order_relaxed);
      const int found = ::poll(&wait, 1, hurry ? 0 : kLookUpMs);
      if (found > 0) return true;  // an error, too, is told by the write
      if (found < 0 && errno != EINTR) return true;
      if (hurry) return false;
    }
  }

  std::size_t fail(int why) {
    why_ = why;
    return 0;
  }

  const int fd_;
  TornEnd torn_;
  int why_ = 0;
  std::atomic<bool> hurry_{false};
};

class FileOutput final : public LogOutput {
 public:
  explicit FileOutput(LogFile file) : file_(std::move(file)) {}
  ~FileOutput() override { close(); }

  std::size_t write(std::string_view lines) noexcept override {
    try {
      why_ = ready(lines.size());
      if (why_ != 0) return 0;
      return put(lines);
    } catch (const std::exception&) {
      why_ = ENOMEM;  // a path is made for each rotation
      return 0;
    }
  }
  int why() const noexcept override { return why_; }

 private:
  std::size_t put(std::string_view lines) {
    if (torn_.ends_first() && ::write(fd_, "\n", 1) != 1) return fail(errno);
    std::size_t done = 0;
    while (done < lines.size()) {
      const auto count = ::write(fd_, lines.data() + done, lines.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        why_ = count < 0 ? errno : ENOSPC;
        break;
      }
      done += static_cast<std::size_t>(count);
    }
    torn_.wrote(lines, done);
    size_ += done;
    if (done < lines.size()) close();  // the next write looks afresh
    return done;
  }

  // 0, or the errno of what keeps the file from taking so many bytes.
  int ready(std::size_t bytes) {
    if (fd_ >= 0 && moved()) close();
    if (fd_ < 0) {
      if (const int failed = open(); failed != 0) return failed;
    }
    if (!regular_ || size_ == 0 || size_ + bytes <= file_.bytes) return 0;
    close();
    shift();
    return open();
  }

  // Somebody rotates it, too, or removed it.
  bool moved() const {
    struct stat named {};
    return ::stat(file_.path.c_str(), &named) != 0 || named.st_dev != device_ ||
           named.st_ino != node_;
  }

  int open() {
    constexpr int kHow = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    fd_ = ::open(file_.path.c_str(), kHow, 0600);
    if (fd_ < 0 && errno == ENOENT) {
      std::error_code error;
      fs::create_directories(fs::path(file_.path).parent_path(), error);
      fd_ = ::open(file_.path.c_str(), kHow, 0600);
    }
    if (fd_ < 0) return errno;
    struct stat now {};
    if (::fstat(fd_, &now) != 0) return fail_open(errno);
    regular_ = S_ISREG(now.st_mode);
    device_ = now.st_dev;
    node_ = now.st_ino;
    size_ = regular_ ? static_cast<std::size_t>(now.st_size) : 0;
    torn_.begin_anew(regular_ && size_ > 0 && !ends_with_line(size_));
    return 0;
  }

  // A process that ended within a line leaves it to us to end it.
  bool ends_with_line(std::size_t size) const {
    const int read = ::open(file_.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (read < 0) return true;
    char last = '\n';
    (void)!::pread(read, &last, 1, static_cast<off_t>(size - 1));
    ::close(read);
    return last == '\n';
  }

  // A name that cannot be changed is no reason to write nothing: the file then grows.
  void shift() {
    std::error_code ignored;
    if (file_.files <= 1) {
      fs::remove(file_.path, ignored);
      return;
    }
    for (int number = file_.files - 2; number >= 0; --number) {
      fs::rename(named(number), named(number + 1), ignored);
    }
  }

  std::string named(int number) const {
    return number == 0 ? file_.path : file_.path + "." + std::to_string(number);
  }

  int fail_open(int why) {
    close();
    return why;
  }
  std::size_t fail(int why) {
    why_ = why;
    close();
    return 0;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  const LogFile file_;
  int fd_ = -1;
  bool regular_ = false;
  dev_t device_ = 0;
  ino_t node_ = 0;
  std::size_t size_ = 0;
  TornEnd torn_;
  int why_ = 0;
};

class FunctionOutput final : public LogOutput {
 public:
  explicit FunctionOutput(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

  std::size_t write(std::string_view lines) noexcept override {
    std::size_t done = 0;
    try {
      for (auto end = lines.find('\n'); end != lines.npos; end = lines.find('\n', done)) {
        write_(lines.substr(done, end - done));
        done = end + 1;
      }
    } catch (const std::exception&) {
      return done;
    }
    return done;
  }
  int why() const noexcept override { return EIO; }

 private:
  const std::function<void(std::string_view)> write_;
};

}  // namespace

std::unique_ptr<LogOutput> stream_output(int fd) {
  return std::make_unique<StreamOutput>(fd);
}

std::unique_ptr<LogOutput> file_output(LogFile file) {
  return std::make_unique<FileOutput>(std::move(file));
}

std::unique_ptr<LogOutput> function_output(std::function<void(std::string_view line)> write) {
  return std::make_unique<FunctionOutput>(std::move(write));
}

}  // namespace dugout::observability
