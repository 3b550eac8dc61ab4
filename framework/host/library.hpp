// One opened plugin library. Private to host. [load]
#pragma once

#include <memory>
#include <string>
#include <utility>

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

// REQUIRES: every instance of the module is destroyed before its Library.
class Library {
 public:
  // Checks, copies, opens, and compares the descriptor with the manifest. nullptr = refused, with a
  // finding that names the library.
  static std::unique_ptr<Library> open(const Manifest& manifest, bool trust_writable,
                                       core::Findings& findings);
  ~Library();  // close(), and dlclose unless the manifest says `unload: never`
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const dugout_module& module() const { return *module_; }
  dugout_plugin_open_fn entry() const { return entry_; }
  // The unique name under which the process maps it; see /proc/self/maps.
  const std::string& mapped_name() const { return mapped_name_; }

 private:
  Library(void* handle, std::string mapped_name, bool unload)
      : handle_(handle), mapped_name_(std::move(mapped_name)), unload_(unload) {}
  // "" = it agrees with the manifest.
  std::string descriptor_error(const Manifest& manifest);

  void* handle_;
  std::string mapped_name_;
  bool unload_;
  dugout_plugin_open_fn entry_ = nullptr;
  const dugout_module* module_ = nullptr;  // set once its table may be called
};

}  // namespace dugout::host
