// `backup:` of dugout.yaml: copies of the store that the server makes by itself. Plain values: cli
// makes a job of them. [any]
#pragma once

#include <string>

namespace dugout::config {

struct BackupSettings {
  std::string folder;  // empty = none are made
  int keep = 7;        // of them, the latest
};

}  // namespace dugout::config
