// The documents name only what exists: a path that has moved is found here, not by a reader.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// `framework/...`, `docs/...` and the like in back quotes, and the targets of relative links.
std::vector<std::string> paths_in(const std::string& text) {
  std::vector<std::string> paths;
  for (const auto& [open, close] : {std::pair{std::string("`"), '`'}, {std::string("]("), ')'}}) {
    for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
      const auto start = at + open.size();
      const auto end = text.find(close, start);
      if (end == std::string::npos) break;
      const auto path = text.substr(start, end - start);
      const bool plain = path.find_first_of(" <>*{}$:#\n") == std::string::npos;
      for (const auto* top :
           {"framework/", "plugins/", "agents/", "routines/", "tests/", "docs/", "scripts/"}) {
        if (plain && path.rfind(top, 0) == 0 && path.find("...") == std::string::npos)
          paths.push_back(path);
      }
    }
  }
  return paths;
}

}  // namespace

TEST_CASE("DocsTest.EveryPathNamedInADocumentExists") {
  const fs::path root(DUGOUT_SOURCE_DIR);
  std::vector<fs::path> documents{root / "README.md", root / "CHANGELOG.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  }

  std::size_t seen = 0;
  for (const auto& document : documents) {
    for (const auto& path : paths_in(text_of(document))) {
      INFO(document.filename().string() << " names " << path);
      // An example of a plugin or routine to be is marked by its name.
      if (path.find("<") != std::string::npos || path.find("NN_") != std::string::npos) continue;
      CHECK(fs::exists(root / path));
      ++seen;
    }
  }
  CHECK(seen > 20);
}
