#include "config/backup_read.hpp"

namespace dugout::config {

BackupSettings read_backup(const Node* node, LoadState& state) {
  BackupSettings out;
  SettingsReader reader(node, "backup", state);
  reader.text("folder", out.folder);
  reader.count("keep", 1, 1000, out.keep);
  reader.finish();
  return out;
}

}  // namespace dugout::config
