// The source files of the project and what they include, read as text.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"

namespace dugout::test {

namespace fs = std::filesystem;

struct Include {
  std::string file;  // of the line, from the root: "framework/store/store.hpp"
  int line = 0;
  std::string target;  // "dugout/sdk/outcome.hpp"
  bool quoted = false;

  std::string place() const { return file + ":" + std::to_string(line) + ": " + target; }
};

inline fs::path source_root() {
  return DUGOUT_SOURCE_DIR;
}

inline bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

inline bool is_source(const fs::path& path) {
  const auto end = path.extension().string();
  return end == ".hpp" || end == ".cpp" || end == ".h" || end == ".c";
}

// Sources below `folder`, as paths from the root, sorted.
inline std::vector<std::string> sources_below(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(source_root() / folder)) {
    if (entry.is_regular_file() && is_source(entry.path())) {
      found.push_back(entry.path().lexically_relative(source_root()).generic_string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The include that `line` holds, if any; its target is empty otherwise.
inline Include include_of(std::string_view line) {
  auto rest = core::trim(line);
  if (rest.empty() || rest.front() != '#') return {};
  rest = core::trim(rest.substr(1));
  if (rest.substr(0, 7) != "include") return {};
  rest = core::trim(rest.substr(7));
  if (rest.size() < 2 || (rest.front() != '"' && rest.front() != '<')) return {};
  const auto end = rest.find(rest.front() == '"' ? '"' : '>', 1);
  if (end == rest.npos) return {};
  return {"", 0, std::string(rest.substr(1, end - 1)), rest.front() == '"'};
}

inline std::vector<Include> includes_of(const std::string& file) {
  std::ifstream stream(source_root() / file);
  std::vector<Include> found;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    auto include = include_of(line);
    if (include.target.empty()) continue;
    include.file = file;
    include.line = number;
    found.push_back(include);
  }
  return found;
}

inline int lines_of(const std::string& file) {
  std::ifstream stream(source_root() / file);
  std::string line;
  int count = 0;
  while (std::getline(stream, line)) ++count;
  return count;
}

}  // namespace dugout::test
