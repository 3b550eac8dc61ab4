#include "cli/watched.hpp"

#include "cli/places.hpp"

namespace dugout::cli {

WatchedPlaces watched_by(const config::Settings& settings, const std::string& root,
                         const std::string& settings_file) {
  WatchedPlaces out{plugin_folders(settings.plugin_path), {settings_file}};
  out.trees.push_back(root + "/agents");
  out.trees.push_back(root + "/routines");
  const auto& tls = settings.tls;
  for (const auto& file : {tls.certificate, tls.key, tls.key_password_file}) {
    if (!file.empty()) out.files.push_back(file);
  }
  return out;
}

}  // namespace dugout::cli
