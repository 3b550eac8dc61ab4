// What a plugin was made of: while it stays the same, so may the plugin. [any]
#pragma once

#include <string>

#include "core/files.hpp"

namespace dugout::host {

struct Origin {
  core::FileStamp manifest, library, schema;
  std::string config;  // as it was created with
  bool isolated = false;
  bool operator==(const Origin&) const = default;
};

}  // namespace dugout::host
