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

// The texts of all sources of tests, of the plugins' own ones as well.
std::string all_tests(const fs::path& root) {
  std::string text;
  for (const auto* folder : {"tests", "plugins"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto end = entry.path().extension();
      if (end == ".cpp" || end == ".hpp" || end == ".py") text += text_of(entry.path());
    }
  }
  return text;
}

// Names of tests in back quotes: `UnitTest.Words`, all of a `UnitTest.*`, `test_words`.
std::vector<std::string> tests_in(const std::string& text) {
  std::vector<std::string> names;
  for (auto at = text.find('`'); at != std::string::npos; at = text.find('`', at + 1)) {
    const auto end = text.find('`', at + 1);
    if (end == std::string::npos) break;
    auto name = text.substr(at + 1, end - at - 1);
    const auto unit = name.find("Test.");
    if (name.ends_with(".*")) name.pop_back();
    const bool plain = name.find_first_of(" …/\n") == std::string::npos;
    if (plain && (unit != std::string::npos || name.rfind("test_", 0) == 0)) names.push_back(name);
    at = end;
  }
  return names;
}

}  // namespace

TEST_CASE("DocsTest.EveryGuardNamedInTheSecurityDocumentHasItsTest") {
  const fs::path root(DUGOUT_SOURCE_DIR);
  const auto tests = all_tests(root);
  const auto names = tests_in(text_of(root / "docs/security.md"));

  for (const auto& name : names) {
    INFO(name);
    const bool unit = name.find("Test.") != std::string::npos;
    CHECK(tests.find((unit ? "\"" : "def ") + name) != std::string::npos);
  }
  CHECK(names.size() > 60);
}

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
