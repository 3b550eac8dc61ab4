// `reload:` of dugout.yaml: how changes of files take effect while the server runs. Plain values:
// cli makes options of them. [any]
#pragma once

namespace dugout::config {

struct ReloadSettings {
  bool watch = true;      // files are watched; without it only SIGHUP and POST /admin/reload count
  double debounce = 0.2;  // s, without a further change before what was saved is read
  bool self_test = true;  // a changed plugin passes the conformance suite before it is opened
  bool rollback = true;   // a plugin that does worse than the one before is taken back
  double probation = 60.0;  // s, that the one before is kept for it
};

}  // namespace dugout::config
