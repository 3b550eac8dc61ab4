// The YAML files behind the routines that run: their texts as they are on the disk now, and whether
// that is still what was loaded. Safe from any thread; reads the disk. [worker]
#pragma once

#include <map>
#include <optional>
#include <string>

#include "routines/model.hpp"

namespace dugout::http {

class RoutineFiles {
 public:
  // Remembers what the files of the application look like at this time.
  explicit RoutineFiles(const routines::Application& application);

  // nullopt = it is gone, cannot be read, or is longer than any routine.
  static std::optional<std::string> text(const std::string& file);
  bool changed(const std::string& file, const std::optional<std::string>& text) const;

 private:
  std::map<std::string, std::string> loaded_;  // file -> hash of its text
};

}  // namespace dugout::http
