#include "config/secret_files.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "core/text.hpp"

namespace dugout::config {

std::optional<std::string> read_secret_file(const std::string& path, std::string& why) {
  constexpr std::size_t kMostBytes = 64 * 1024;
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  if (stream) {
    text.resize(kMostBytes + 1);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.is_open() || stream.bad()) {
    why = "names a file that cannot be read: " + path;
  } else if (text.size() > kMostBytes) {
    why = "names a file that is too large for a secret: " + path;
  } else if (core::trim(text).empty()) {
    why = "names a file that is empty: " + path;
  } else {
    return std::string(core::trim(text));
  }
  return std::nullopt;
}

Environment with_secret_files(const Environment& environment, core::Findings& findings) {
  if (!environment) return environment;
  const auto told = std::make_shared<std::set<std::string>>();
  return [environment, &findings, told](const std::string& name) -> std::optional<std::string> {
    auto value = environment(name);
    if (value && !value->empty()) return value;
    const auto file = name + "_FILE";
    const auto path = environment(file);
    if (!path || path->empty()) return value;
    std::string why;
    auto held = read_secret_file(*path, why);
    if (!held && told->insert(file).second) {
      findings.push_back({core::Finding::Severity::kError, "environment", 0, 0, file + " " + why,
                          "name the file that holds " + name});
    }
    return held ? held : value;
  };
}

}  // namespace dugout::config
