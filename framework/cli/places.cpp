#include "cli/places.hpp"

#include <cstdlib>
#include <filesystem>

namespace dugout::cli {
namespace {

namespace fs = std::filesystem;

// The folder of the running program: PREFIX/bin, or build/<preset>/bin.
fs::path program_folder() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::current_path() : program.parent_path();
}

bool has_application(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "agents", error);
}

}  // namespace

std::string application_root(const std::string& wanted) {
  if (has_application(wanted)) return wanted;
  const auto here = program_folder();
  for (const auto& folder : {here / "../share/dugout", here / "../../.."}) {
    if (wanted == "." && has_application(folder)) return folder.lexically_normal().string();
  }
  return wanted;
}

std::vector<std::string> plugin_folders(std::vector<std::string> given) {
  const auto beside = (program_folder() / "../lib/dugout/plugins").lexically_normal();
  std::error_code error;
  if (fs::is_directory(beside, error)) given.push_back(beside.string());
  return given;
}

config::Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

}  // namespace dugout::cli
