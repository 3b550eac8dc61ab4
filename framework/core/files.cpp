#include "core/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace dugout::core {
namespace {

// 0, or the errno of what failed.
int write_all(int file, std::string_view bytes) {
  if (::fchmod(file, 0600) != 0) return errno;
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

std::int64_t ns_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of_status(const struct stat& file) {
  return {file.st_dev, file.st_ino, file.st_size, ns_of(file.st_mtim), ns_of(file.st_ctim)};
}

Status write_file(const std::filesystem::path& path, std::string_view bytes, bool sync) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int failed = file < 0 ? errno : write_all(file, bytes);
  if (sync && failed == 0 && ::fsync(file) != 0) failed = errno;
  // After a failed close the rest may not have reached the disk.
  if (file >= 0 && ::close(file) != 0 && failed == 0) failed = errno;
  if (failed == 0) return Done{};
  return Error{Code::kUnavailable, std::generic_category().message(failed)};
}

}  // namespace

FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return {};
  return stamp_of_status(file);
}

FileStamp stamp_of_open(int number) {
  struct stat file {};
  if (::fstat(number, &file) != 0) return {};
  return stamp_of_status(file);
}

Status write_private(const std::filesystem::path& path, std::string_view bytes) {
  return write_file(path, bytes, false);
}

Status replace_private(const std::filesystem::path& path, std::string_view bytes) {
  auto draft = path;
  draft += ".new";
  std::error_code error;
  std::filesystem::remove(draft, error);  // what was left keeps its own mode otherwise
  if (auto written = write_file(draft, bytes, true); !written) return written;
  std::filesystem::rename(draft, path, error);
  if (error) return Error{Code::kUnavailable, error.message()};
  return sync_folder(path.parent_path());
}

void belong_like(int made, const std::filesystem::path& model) {
  if (::geteuid() != 0) return;
  struct stat like {};
  if (::stat(model.c_str(), &like) != 0) {
    const auto folder = model.parent_path();
    if (::stat(folder.empty() ? "." : folder.c_str(), &like) != 0) return;
  }
  // Where it cannot be given away it stays root's; who may not open it then says so.
  (void)!::fchown(made, like.st_uid, like.st_gid);
}

int open_ours(const std::filesystem::path& path, int flags, const std::filesystem::path& model) {
  flags |= O_CLOEXEC | O_NOFOLLOW;
  int file = ::open(path.c_str(), flags);
  if (file >= 0 || errno != ENOENT) return file;
  file = ::open(path.c_str(), flags | O_CREAT | O_EXCL, 0600);
  if (file >= 0) belong_like(file, model);
  // Another process was quicker.
  return file < 0 && errno == EEXIST ? ::open(path.c_str(), flags) : file;
}

Status sync_folder(const std::filesystem::path& folder) {
  const auto path = folder.empty() ? std::filesystem::path(".") : folder;
  const int opened = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int failed = opened < 0 || ::fsync(opened) != 0 ? errno : 0;
  if (opened >= 0) ::close(opened);
  if (failed == 0) return Done{};
  return Error{Code::kUnavailable, std::generic_category().message(failed)};
}

}  // namespace dugout::core
