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
constexpr std::size_t kHeadBytes = 4096;

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

// As much as check_elf() looks at.
std::string head_of(const OpenFile& file) {
  std::string head(kHeadBytes, '\0');
  const auto got = ::pread(file.number(), head.data(), head.size(), 0);
  head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return head;
}

}  // namespace

OpenFile::~OpenFile() {
  if (is_open()) ::close(number_);
}

OpenFile open_library(const Manifest& manifest, bool trust_writable, core::Findings& findings) {
  const auto refuse = [&](const std::string& why) {
    findings.push_back({core::Finding::Severity::kError, manifest.library, 0, 0,
                        manifest.id + ": the library " + why, ""});
    return OpenFile(-1);
  };
  OpenFile file(::open(manifest.library.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) {
    return refuse("cannot be read: " + std::generic_category().message(errno));
  }
  if (auto fault = fault_of(status, manifest.folder, trust_writable); !fault.empty()) {
    return refuse(fault);
  }
  if (const auto elf = check_elf(head_of(file)); !elf) return refuse(elf.error().message);
  return file;
}

std::string exchanged_since(const OpenFile& file, const core::FileStamp* tested) {
  if (tested == nullptr || core::stamp_of_open(file.number()) == *tested) return {};
  return "the library has changed while it was tested; the next reload tests what stands there "
         "then";
}

}  // namespace dugout::host
