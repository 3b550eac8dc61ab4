// One opened plugin library. Private to host. [load]
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/files.hpp"
#include "core/finding.hpp"
#include "dugout/abi.h"
#include "host/host.hpp"

namespace dugout::host {

// An open file; closed with its owner.
class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

// A library that is fit to be opened: a regular file, of this machine, and of nobody else to write
// to. Not open = refused, with a finding.
OpenFile open_library(const Manifest& manifest, bool trust_writable, core::Findings& findings);
// Asked when it has been copied: "" = what was copied is what was tested. Else why not.
std::string exchanged_since(const OpenFile& file, const core::FileStamp* tested);

// REQUIRES: every instance of the module is destroyed before its Library.
class Library {
 public:
  // Checks, copies, opens, and compares the descriptor with the manifest. nullptr = refused, with a
  // finding that names the library. `tested`: the file as it has to be still; nullptr = as it is.
  static std::unique_ptr<Library> open(const Manifest& manifest, bool trust_writable,
                                       core::Findings& findings,
                                       const core::FileStamp* tested = nullptr);
  // The same without checks and without a copy: `path` is what the loader is given.
  static std::unique_ptr<Library> open_at(const std::string& path, const Manifest& manifest,
                                          core::Findings& findings);
  virtual ~Library();  // close(), and dlclose unless the manifest says `unload: never`
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const dugout_module& module() const { return *module_; }
  // Through here and not through module(): an isolated one must know which it is.
  virtual dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out,
                               dugout_sink* why) {
    return module_->create(host, config, out, why);
  }
  // Does it give a module to a host of that major version?
  virtual bool serves(std::uint32_t major) const { return entry_(major, 0) != nullptr; }
  // `defect` is told of what no call can report: [any], until the instance is destroyed.
  virtual void on_defect(std::function<void()> /*defect*/) {}
  // Processes that took the place of another; nullopt = it runs in this one.
  virtual std::optional<std::uint64_t> restarts() const { return std::nullopt; }
  // The unique name under which the process maps it; see /proc/self/maps. Empty = it does not.
  const std::string& mapped_name() const { return mapped_name_; }

 protected:
  explicit Library(const dugout_module& module) : module_(&module) {}

 private:
  Library(void* handle, std::string mapped_name, bool unload)
      : handle_(handle), mapped_name_(std::move(mapped_name)), unload_(unload) {}
  // "" = it agrees with the manifest.
  std::string descriptor_error(const Manifest& manifest);

  void* handle_ = nullptr;
  std::string mapped_name_;
  bool unload_ = false;
  dugout_plugin_open_fn entry_ = nullptr;
  const dugout_module* module_ = nullptr;  // set once its table may be called
};

}  // namespace dugout::host
