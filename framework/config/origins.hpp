// Where each effective setting came from; for `dugout config show`. What is secret never gets in.
#pragma once

#include <string>
#include <vector>

namespace dugout::config {

struct SettingOrigin {
  std::string key;    // "limits.body_bytes"
  std::string value;  // as text; "***" for a secret, "" for none
  std::string from;  // "default", "dugout.yaml:3", "environment DUGOUT_DATA", "command line --data"
};

using SettingOrigins = std::vector<SettingOrigin>;

}  // namespace dugout::config
