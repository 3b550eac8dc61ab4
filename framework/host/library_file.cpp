// The checks on the file of a library, before the loader runs any of its code.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "host/elf_file.hpp"
#include "host/library.hpp"

namespace dugout::host {
namespace {

constexpr off_t kMaxBytes = off_t{512} << 20;

struct Descriptor {
  explicit Descriptor(const std::string& path)
      : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

// All checks are made on the open file, so that it cannot be exchanged between check and use.
std::string fault_of(const struct stat& file, const std::string& folder, bool trust_writable) {
  if (!S_ISREG(file.st_mode)) return "is not a regular file";
  if (file.st_size > kMaxBytes) return "is larger than 512 MiB";
  if (trust_writable) return {};
  if ((file.st_mode & S_IWOTH) != 0) return "may be written to by everybody (chmod o-w it)";
  struct stat above {};
  if (::stat(folder.empty() ? "." : folder.c_str(), &above) == 0 &&
      (above.st_mode & S_IWOTH) != 0) {
    return "stands in a folder that everybody may write to (chmod o-w the folder)";
  }
  return {};
}

bool read_all(int descriptor, std::string& bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::read(descriptor, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    have += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

std::string read_library(const Manifest& manifest, bool trust_writable, core::Findings& findings) {
  const auto refuse = [&](const std::string& why) {
    findings.push_back({core::Finding::Severity::kError, manifest.library, 0, 0,
                        manifest.id + ": the library " + why, ""});
    return std::string{};
  };
  const Descriptor file(manifest.library);
  struct stat status {};
  if (file.number < 0 || ::fstat(file.number, &status) != 0) {
    return refuse("cannot be read: " + std::generic_category().message(errno));
  }
  if (auto fault = fault_of(status, manifest.folder, trust_writable); !fault.empty()) {
    return refuse(fault);
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  if (!read_all(file.number, bytes)) return refuse("cannot be read to its end");
  if (const auto elf = check_elf(bytes); !elf) return refuse(elf.error().message);
  return bytes;
}

}  // namespace dugout::host
