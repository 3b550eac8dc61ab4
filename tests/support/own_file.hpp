// A file for this process alone: ctest runs the cases of one program side by side.
#pragma once

#include <unistd.h>

#include <string>

namespace dugout::test {

// Below the build folder; `name` is the end of its name.
inline std::string own_file(const std::string& name) {
  return std::string(DUGOUT_BINARY_DIR) + "/" + std::to_string(::getpid()) + "_" + name;
}

}  // namespace dugout::test
