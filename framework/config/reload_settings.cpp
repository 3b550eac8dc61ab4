#include "config/reload_read.hpp"

namespace dugout::config {

ReloadSettings read_reload(const Node* node, LoadState& state) {
  ReloadSettings out;
  SettingsReader reader(node, "reload", state);
  reader.flag("watch", out.watch);
  reader.seconds("debounce", 0.0, 60.0, out.debounce);
  reader.flag("self_test", out.self_test);
  reader.flag("rollback", out.rollback);
  reader.seconds("probation", 0.1, 86'400.0, out.probation);
  reader.finish();
  return out;
}

}  // namespace dugout::config
