#include "attempts/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "core/files.hpp"

namespace dugout::attempts {
namespace {

namespace fs = std::filesystem;
using observability::Field;

constexpr std::string_view kStart = "attempts.", kEnd = ".jsonl";
constexpr int kMostFiles = 100'000;

bool same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// The lock of a folder, for as long as it lives: one process at a time moves the files on.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_ >= 0) ::flock(folder_, LOCK_EX);
  }
  ~FolderLock() {
    if (folder_ >= 0) ::close(folder_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  const int folder_;
};

// 0 of attempts.jsonl, 3 of attempts.3.jsonl, -1 of anything else.
int number_of(const std::string& name) {
  if (name == "attempts.jsonl") return 0;
  if (!name.starts_with(kStart) || !name.ends_with(kEnd)) return -1;
  if (name.size() <= kStart.size() + kEnd.size()) return -1;
  const char* const end = name.data() + name.size() - kEnd.size();
  int number = 0;
  const auto [stop, error] = std::from_chars(name.data() + kStart.size(), end, number);
  return error == std::errc{} && stop == end && number > 0 && number < kMostFiles ? number : -1;
}

}  // namespace

AttemptFile::AttemptFile(fs::path folder, FileOptions options, observability::Log& log)
    : folder_(std::move(folder)), options_(options), log_(log) {}

AttemptFile::~AttemptFile() {
  close_current();
}

fs::path AttemptFile::file(int number) const {
  return folder_ / (number == 0 ? "attempts.jsonl"
                                : std::string(kStart) + std::to_string(number) + std::string(kEnd));
}

void AttemptFile::close_current() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

void AttemptFile::write(const std::vector<std::string>& lines) noexcept {
  try {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    if (text.empty()) return;
    const std::lock_guard lock(mutex_);
    tell(append(text), lines.size());
  } catch (const std::exception&) {
    // No memory for a line of a log: the turn is worth more.
  }
}

// These return 0, or the errno of what failed. REQUIRES: the lock is held.
int AttemptFile::append(const std::string& text) {
  if (const int failed = ready(text.size()); failed != 0) return failed;
  // What was cut short by a full disk stays a line of its own, which readers pass over.
  const auto whole = torn_ ? "\n" + text : text;
  ssize_t count = 0;
  do {
    count = ::write(file_, whole.data(), whole.size());
  } while (count < 0 && errno == EINTR);
  const int failed = count < 0 ? errno : ENOSPC;
  if (count == static_cast<ssize_t>(whole.size())) {
    torn_ = false;
    return 0;
  }
  if (count > 0) torn_ = true;
  close_current();
  return failed;
}

int AttemptFile::open_current() {
  std::error_code error;
  if (!fs::is_directory(folder_, error)) {
    fs::create_directories(folder_, error);
    if (error) return error.value();
    fs::permissions(folder_, fs::perms::owner_all, error);
  }
  file_ = ::open(file(0).c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                 0600);
  if (file_ < 0) return errno;
  struct stat now {};
  if (::fstat(file_, &now) != 0 || !S_ISREG(now.st_mode)) {
    close_current();
    return EINVAL;
  }
  // A process that ended within a line leaves it to us to end it.
  char last = '\n';
  if (now.st_size > 0) (void)!::pread(file_, &last, 1, now.st_size - 1);
  torn_ = last != '\n';
  if (::fchmod(file_, 0600) == 0) return 0;
  const int failed = errno;
  close_current();
  return failed;
}

// Makes the file in use the right one, with room for so many bytes.
int AttemptFile::ready(std::size_t bytes) {
  struct stat ours {
  }, named{};
  const bool there = ::stat(file(0).c_str(), &named) == 0;
  // Another process may have moved it on, or somebody removed it.
  if (file_ >= 0 && (!there || ::fstat(file_, &ours) != 0 || !same_file(ours, named))) {
    close_current();
    torn_ = false;
  }
  if (there && named.st_size > 0 &&
      static_cast<std::size_t>(named.st_size) + bytes > options_.file_bytes) {
    rotate(bytes);
  }
  return file_ >= 0 ? 0 : open_current();
}

void AttemptFile::rotate(std::size_t bytes) {
  const FolderLock lock(folder_);
  struct stat now {};
  // Looked at again behind the lock: another process may just have done it.
  const bool full = ::stat(file(0).c_str(), &now) == 0 &&
                    static_cast<std::size_t>(now.st_size) + bytes > options_.file_bytes;
  close_current();
  torn_ = false;
  if (full) shift();
}

// A name that cannot be changed is no reason to write nothing: the file then grows.
void AttemptFile::shift() {
  core::for_each_entry(folder_, [&](const fs::path& path) {
    std::error_code ignored;
    if (number_of(path.filename().string()) >= options_.files - 1 &&
        number_of(path.filename().string()) > 0) {
      fs::remove(path, ignored);
    }
  });
  std::error_code ignored;
  if (options_.files <= 1) {
    fs::remove(file(0), ignored);
    return;
  }
  for (int number = options_.files - 2; number >= 0; --number) {
    fs::rename(file(number), file(number + 1), ignored);
  }
}

void AttemptFile::tell(int failed, std::size_t lines) {
  if (failed != 0) {
    lost_ += lines;
    if (failing_) return;
    failing_ = true;
    log_.warning("attempts.not_written",
                 {Field::safe("file", file(0).string()),
                  Field::safe("why", std::generic_category().message(failed))});
    return;
  }
  if (!failing_) return;
  log_.info("attempts.written_again", {{"lost", lost_}});
  failing_ = false;
  lost_ = 0;
}

std::vector<fs::path> log_files(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::pair<int, fs::path>> found;
  core::for_each_entry(path, [&](const fs::path& entry) {
    const int number = number_of(entry.filename().string());
    if (number >= 0) found.emplace_back(-number, entry);
  });
  std::sort(found.begin(), found.end());
  std::vector<fs::path> out;
  for (auto& [order, file] : found) out.push_back(std::move(file));
  return out;
}

}  // namespace dugout::attempts
