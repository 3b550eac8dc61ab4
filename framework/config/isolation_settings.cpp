#include "config/isolation_settings.hpp"

namespace dugout::config {

std::map<std::string, bool> read_isolation(const Node* node, LoadState& state) {
  std::map<std::string, bool> out;
  SettingsReader reader(node, "isolation", state);
  for (const auto& id : reader.names()) {
    std::string word;
    reader.text(id, word);
    if (word == "process" || word == "none") {
      out[id] = word == "process";
    } else {
      reader.refuse(id, "cannot be \"" + word + "\"", "process or none");
    }
  }
  reader.finish();
  return out;
}

}  // namespace dugout::config
