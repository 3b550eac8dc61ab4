// What the tests of this folder share: one group of the plugins built here, loaded by the host.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "host/host.hpp"

namespace dugout::test {

inline std::string abi_folder(const std::string& group) {
  return std::string(ABI_ROOT) + "/" + group;
}

// The libraries of that plugin in this process: one for each load that is alive.
inline std::set<std::string> mapped_names(const std::string& plugin) {
  std::ifstream maps("/proc/self/maps");
  std::set<std::string> names;
  for (std::string line; std::getline(maps, line);) {
    const auto at = line.find("/" + plugin + "-");
    if (at != line.npos) names.insert(line.substr(at));
  }
  return names;
}

inline bool is_mapped(const std::string& plugin) {
  return !mapped_names(plugin).empty();
}

inline std::string all_text(const core::Findings& findings) {
  std::string out;
  for (const auto& finding : findings) out += finding.text() + "\n";
  return out;
}

inline const host::PluginInfo& info_of(const host::Generation& generation, const std::string& id) {
  const auto& all = generation.plugins();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& info) { return info.manifest.id == id; });
  INFO(id);
  REQUIRE(found != all.end());
  return *found;
}

}  // namespace dugout::test
