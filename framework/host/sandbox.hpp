// What a child that runs a plugin may still do. It enters this itself, before the plugin's library
// is opened, and there is no way out. In a sanitizer build files and system calls stay open, as the
// runtimes need them: see docs/plugin-authors.md. Private to host. One thread.
#pragma once

#include <string>

namespace dugout::host {

struct Sandbox {
  int memory_mb = 256;        // beyond what the child has when it enters
  bool network = false;       // sockets may be made
  bool files = false;         // the data folder may be read and written
  std::string data_folder;    // as the host names it
  std::string plugin_folder;  // may be read
};

inline constexpr int kChildSocket = 3, kChildLibrary = 4;  // file numbers of the child
inline constexpr int kReplaceAfterCpu = 300;               // s; between two calls, by the host
inline constexpr int kMostCpu = 600;                       // s; then the kernel ends it

// "" = in force, else why not. `note` is filled where the kernel lacks a part.
std::string enter_sandbox(const Sandbox& sandbox, std::string& note);
// After create(): no file is opened any more. For all threads. "" = in force.
std::string close_files();

}  // namespace dugout::host
