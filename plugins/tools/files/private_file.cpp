#include "files/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace files {
namespace {

using dugout::Code;
using dugout::Done;
using dugout::Error;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const auto count = ::write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

}  // namespace

dugout::Outcome<std::string> read_whole(const std::string& path, std::uint64_t limit) {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  const File file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat about {};
  if (!file.open() || ::fstat(file.fd(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return Error{Code::kNotFound, "there is no such file"};
  }
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size > limit) return Error{Code::kInvalid, "too large"};
  std::string content(size, '\0');
  for (std::size_t at = 0; at < content.size();) {
    const auto count = ::read(file.fd(), content.data() + at, content.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Error{Code::kNotFound, "the file changed while it was read"};
    at += static_cast<std::size_t>(count);
  }
  return content;
}

dugout::Status write_whole(const std::string& path, std::string_view content) {
  const auto draft = path + ".part";
  ::unlink(draft.c_str());  // of a crash; O_EXCL then makes sure that this one is ours
  bool written = false;
  {
    const File file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    written = file.open() && write_all(file.fd(), content);
  }
  if (written && ::rename(draft.c_str(), path.c_str()) == 0) return Done{};
  ::unlink(draft.c_str());
  return Error{Code::kUnavailable, "the file cannot be written"};
}

bool make_private_folder(const std::string& folder) {
  std::error_code failed;
  if (std::filesystem::create_directories(folder, failed)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  }
  return !failed;
}

}  // namespace files
