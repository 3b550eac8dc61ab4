// Opens a private copy of the library: the same path would give back the old mapping, and a file
// that is overwritten in place would change under the running code.
#include "host/library.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "core/text.hpp"
#include "dugout/sdk/text.hpp"

namespace dugout::host {
namespace {

// A folder of this process alone, gone again when the copy is mapped.
class PrivateCopy {
 public:
  PrivateCopy(const std::string& id, const OpenFile& file) {
    static std::atomic<unsigned> serial{0};
    const char* base = std::getenv("TMPDIR");
    folder_ = std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/dugout-XXXXXX";
    if (::mkdtemp(folder_.data()) == nullptr) {
      error_ = errno;
      folder_.clear();
      return;
    }
    name_ = id + "-" + std::to_string(::getpid()) + "-" + std::to_string(++serial) + ".so";
    error_ = write(file);
  }
  ~PrivateCopy() {
    if (folder_.empty()) return;
    ::unlink(path().c_str());
    ::rmdir(folder_.c_str());
  }
  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;

  bool written() const { return error_ == 0; }
  // Why it is not, such as "No space left on device".
  std::string error() const { return std::generic_category().message(error_); }
  const std::string& name() const { return name_; }
  std::string path() const { return folder_ + "/" + name_; }

 private:
  // 0, or the errno of the step that failed. The kernel copies: a library may have many megabytes,
  // of which the loader will look at some.
  int write(const OpenFile& from) const {
    const OpenFile copy(::open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
    if (!copy.is_open()) return errno;
    struct stat status {};
    if (::fstat(from.number(), &status) != 0) return errno;
    for (off_t at = 0; at < status.st_size;) {
      const auto left = static_cast<std::size_t>(status.st_size - at);
      const auto put = ::sendfile(copy.number(), from.number(), &at, left);
      if (put <= 0) return put < 0 ? errno : EIO;  // nothing more: it was cut off meanwhile
    }
    return 0;
  }

  std::string folder_, name_;
  int error_ = 0;
};

std::string loader_error(const std::string& path, const std::string& library) {
  const char* error = ::dlerror();
  return core::replace_all(error == nullptr ? "unknown" : error, path, library);
}

}  // namespace

std::unique_ptr<Library> Library::open(const Manifest& manifest, bool trust_writable,
                                       core::Findings& findings, const core::FileStamp* tested) {
  const auto refuse = [&](const std::string& why) {
    findings.push_back(
        {core::Finding::Severity::kError, manifest.library, 0, 0, manifest.id + ": " + why, ""});
    return std::unique_ptr<Library>{};
  };
  const auto file = open_library(manifest, trust_writable, findings);
  if (!file.is_open()) return nullptr;
  const PrivateCopy copy(manifest.id, file);
  if (!copy.written()) {
    return refuse("the library cannot be copied to " + copy.path() + ": " + copy.error());
  }
  if (const auto why = exchanged_since(file, tested); !why.empty()) return refuse(why);
  auto library = open_at(copy.path(), manifest, findings);
  if (library) library->mapped_name_ = copy.name();
  return library;
}

std::unique_ptr<Library> Library::open_at(const std::string& path, const Manifest& manifest,
                                          core::Findings& findings) {
  const auto refuse = [&](const std::string& why) {
    findings.push_back(
        {core::Finding::Severity::kError, manifest.library, 0, 0, manifest.id + ": " + why, ""});
    return std::unique_ptr<Library>{};
  };
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return refuse("the library cannot be opened: " + loader_error(path, manifest.library));
  }
  std::unique_ptr<Library> library(new Library(handle, path, manifest.unload));
  library->entry_ = reinterpret_cast<dugout_plugin_open_fn>(::dlsym(handle, "dugout_plugin_open"));
  if (library->entry_ == nullptr) return refuse("the library does not export dugout_plugin_open");
  if (const auto fault = library->descriptor_error(manifest); !fault.empty()) return refuse(fault);
  return library;
}

std::string Library::descriptor_error(const Manifest& manifest) {
  const dugout_module* module = entry_(DUGOUT_ABI_MAJOR, DUGOUT_ABI_MINOR);
  if (module == nullptr) {
    return "the plugin cannot serve ABI " + std::to_string(DUGOUT_ABI_MAJOR) + "." +
           std::to_string(DUGOUT_ABI_MINOR) + " of this host";
  }
  // Nothing behind `size` may be read before it is known to be there, so no close() either.
  if (module->size < sizeof(dugout_module)) {
    return "its descriptor is too small: " + std::to_string(module->size) + " bytes, not " +
           std::to_string(sizeof(dugout_module));
  }
  if (module->abi_major != DUGOUT_ABI_MAJOR || module->abi_major != manifest.abi_major) {
    return "its descriptor is of ABI " + std::to_string(module->abi_major) + "." +
           std::to_string(module->abi_minor) + ", its manifest says " +
           std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor) +
           ", this host serves " + std::to_string(DUGOUT_ABI_MAJOR);
  }
  if (module->create == nullptr || module->destroy == nullptr || module->face == nullptr ||
      module->close == nullptr) {
    return "its descriptor lacks one of create, destroy, face, close";
  }
  module_ = module;
  if (sdk::view(module->id) != manifest.id) {
    return "its descriptor says id " + std::string(core::clip(sdk::view(module->id), 80)) +
           ", its manifest " + manifest.id;
  }
  return {};
}

Library::~Library() {
  if (module_ != nullptr) module_->close();
  if (handle_ != nullptr && unload_) ::dlclose(handle_);
}

}  // namespace dugout::host
