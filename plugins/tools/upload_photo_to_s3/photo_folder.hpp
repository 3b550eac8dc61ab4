// The photo store of a fresh install: a private folder. A photo is there as a whole or not at all,
// and can be read by its owner alone. [any]; a name is written by one call at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dugout/sdk/outcome.hpp"

namespace photo {

// 32 hexadecimal digits from the kernel: nobody guesses a photo's name.
std::string random_name();

class LocalFolder {
 public:
  explicit LocalFolder(std::string folder) : folder_(std::move(folder)) {}

  bool has(const std::string& name) const;
  // Durable when it returns done. kUnavailable when the folder cannot be written.
  dugout::Status put(const std::string& name, std::string_view content) const;

 private:
  std::string folder_;
};

}  // namespace photo
