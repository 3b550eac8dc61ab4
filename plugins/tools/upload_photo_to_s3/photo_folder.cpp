#include "photo_folder.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>

namespace photo {
namespace {

using dugout::Code;
using dugout::Done;
using dugout::Error;
using dugout::Outcome;
using dugout::Status;

class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
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

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

Error cannot_write() {
  return Error{Code::kUnavailable, "the photo folder cannot be written"};
}

}  // namespace

Outcome<std::string> read_file(const std::string& path, std::uint64_t limit) {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  const File file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat about {};
  if (!file.open() || ::fstat(file.fd(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return Error{Code::kNotFound, "there is no such file"};
  }
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size == 0 || size > limit) return Error{Code::kInvalid, size == 0 ? "empty" : "too large"};
  std::string content(size, '\0');
  for (std::size_t at = 0; at < content.size();) {
    const auto count = ::read(file.fd(), content.data() + at, content.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Error{Code::kNotFound, "the file changed while it was read"};
    at += static_cast<std::size_t>(count);
  }
  return content;
}

std::string random_name() {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("no random bytes");
  }
  std::string out;
  for (const auto byte : bytes) {
    out += kHex[byte >> 4];
    out += kHex[byte & 0xf];
  }
  return out;
}

bool LocalFolder::has(const std::string& name) const {
  return ::access((folder_ + "/" + name).c_str(), F_OK) == 0;
}

Status LocalFolder::put(const std::string& name, std::string_view content) const {
  std::error_code failed;
  if (std::filesystem::create_directories(folder_, failed)) {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failed);
  }
  if (failed) return cannot_write();
  const auto whole = folder_ + "/" + name, part = whole + ".part";
  ::unlink(part.c_str());  // left over by a crash; the name is this photo's alone
  bool written = false;
  {
    const File file(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    written = file.open() && write_all(file.fd(), content);
  }
  if (written && ::rename(part.c_str(), whole.c_str()) == 0) return Done{};
  ::unlink(part.c_str());
  return cannot_write();
}

}  // namespace photo
