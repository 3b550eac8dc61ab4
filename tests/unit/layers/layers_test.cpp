// The rules of the house that a compiler does not check: which folder may include which, what lies
// at the top of the project, how long a file may be.
#include <catch2/catch.hpp>
#include <set>

#include "source_tree.hpp"

using namespace dugout::test;

namespace {

using Names = std::set<std::string>;

// docs/architecture.md; each folder may include itself and the SDK besides.
const std::map<std::string, Names>& layer_table() {
  static const std::map<std::string, Names> table = {
      {"sdk", {}},
      {"core", {}},
      {"observability", {"core"}},
      {"config", {"core"}},
      {"pipeline", {"core", "observability"}},
      {"host", {"core", "observability", "config"}},
      {"net", {"core", "observability", "config"}},
      {"store", {"core", "observability", "config"}},
      {"attempts", {"store", "observability", "core"}},
      {"records", {"host", "store", "observability", "core"}},
      {"routines", {"core", "config"}},
      {"orchestrator", {"pipeline", "routines", "host", "net", "store", "observability", "core"}},
      {"jobs", {"orchestrator", "host", "store", "observability", "core"}},
      {"http", {"jobs", "orchestrator", "routines", "host", "store", "observability", "core"}},
      {"chaos", {"orchestrator", "routines", "pipeline", "net", "config", "core"}},
      {"cli",
       {"core", "observability", "config", "pipeline", "host", "net", "store", "routines",
        "orchestrator", "records", "attempts", "jobs", "http", "chaos"}},
  };
  return table;
}

std::string first_part(const std::string& path) {
  return path.substr(0, path.find('/'));
}

// "framework/store/store.hpp" -> "store"
std::string layer_of(const std::string& file) {
  return first_part(file.substr(std::string("framework/").size()));
}

// The layer an include points to; "" for the standard library and third parties.
std::string target_layer(const Include& include) {
  const auto part = first_part(include.target);
  if (part == "dugout") return "sdk";
  return layer_table().count(part) != 0 && part != include.target ? part : "";
}

bool beside(const Include& include) {
  return include.target.find('/') == std::string::npos &&
         fs::exists(source_root() / fs::path(include.file).parent_path() / include.target);
}

bool allowed_in_framework(const Include& include) {
  const auto from = layer_of(include.file);
  const auto to = target_layer(include);
  if (to.empty()) return !include.quoted || beside(include);
  return to == from || to == "sdk" || layer_table().at(from).count(to) != 0;
}

// A folder beside the plugins of a kind that is no plugin itself holds what they share.
bool shared_by_kind(const Include& include) {
  const auto kind = fs::path(include.file).parent_path().parent_path();
  const auto folder = source_root() / kind / first_part(include.target);
  return fs::exists(source_root() / kind / include.target) && !fs::exists(folder / "plugin.yaml");
}

bool allowed_in_plugin(const Include& include) {
  const auto to = target_layer(include);
  if (!to.empty()) return to == "sdk";
  if (!include.quoted || beside(include) || shared_by_kind(include)) return true;
  return ends_with(include.file, "_test.cpp") && first_part(include.target) == "support";
}

// The project file an include reads, or "".
std::string resolved(const Include& include) {
  for (const auto& base : {fs::path("framework"), fs::path("framework/sdk/include"),
                           fs::path(include.file).parent_path()}) {
    const auto path = (base / include.target).lexically_normal();
    if (fs::is_regular_file(source_root() / path)) return path.generic_string();
  }
  return "";
}

std::vector<Include> all_includes(const Names& folders) {
  std::vector<Include> all;
  for (const auto& folder : folders) {
    for (const auto& file : sources_below(folder)) {
      const auto found = includes_of(file);
      all.insert(all.end(), found.begin(), found.end());
    }
  }
  return all;
}

// Takes files away whose includes are all gone; what stays includes itself in a circle.
Names circular(std::map<std::string, Names> graph) {
  for (bool shrank = true; shrank;) {
    shrank = false;
    for (auto at = graph.begin(); at != graph.end();) {
      auto& targets = at->second;
      for (auto to = targets.begin(); to != targets.end();) {
        to = graph.count(*to) == 0 ? targets.erase(to) : std::next(to);
      }
      shrank = shrank || targets.empty();
      at = targets.empty() ? graph.erase(at) : std::next(at);
    }
  }
  Names left;
  for (const auto& [file, targets] : graph) left.insert(file);
  return left;
}

}  // namespace

TEST_CASE("LayersTest.EveryFolderOfFrameworkHasARowInTheTable") {
  for (const auto& entry : fs::directory_iterator(source_root() / "framework")) {
    const auto name = entry.path().filename().string();
    if (!entry.is_directory() || name == "cmake") continue;
    INFO(name);
    CHECK(layer_table().count(name) == 1);
  }
}

TEST_CASE("LayersTest.FrameworkIncludesOnlyWhatItsLayerMay") {
  const auto includes = all_includes({"framework"});

  CHECK(includes.size() > 100);
  for (const auto& include : includes) {
    INFO(include.place());
    CHECK(allowed_in_framework(include));
  }
}

TEST_CASE("LayersTest.PluginsIncludeOnlyTheSdkAndTheirOwnFolder") {
  const auto includes = all_includes({"plugins"});

  CHECK_FALSE(includes.empty());
  for (const auto& include : includes) {
    INFO(include.place());
    CHECK(allowed_in_plugin(include));
  }
}

TEST_CASE("LayersTest.StrayIncludesAreSeen") {
  const auto framework = [](const char* file, const char* target) {
    return allowed_in_framework({file, 1, target, true});
  };
  const auto plugin = [](const char* file, const char* target) {
    return allowed_in_plugin({file, 1, target, true});
  };

  CHECK_FALSE(framework("framework/core/text.cpp", "config/yaml.hpp"));
  CHECK_FALSE(framework("framework/pipeline/call.hpp", "host/host.hpp"));
  CHECK_FALSE(framework("framework/http/server.cpp", "net/http_client.hpp"));
  CHECK_FALSE(framework("framework/core/text.cpp", "no_such_file.hpp"));
  CHECK(framework("framework/store/store.hpp", "dugout/sdk/outcome.hpp"));
  CHECK_FALSE(plugin("plugins/parsers/raw/raw.cpp", "core/text.hpp"));
  CHECK_FALSE(plugin("plugins/parsers/raw/raw.cpp", "support/plugin_harness.hpp"));
  CHECK(plugin("plugins/parsers/raw/raw_test.cpp", "support/plugin_harness.hpp"));
  CHECK(plugin("plugins/providers/openai_chat/openai_chat.cpp", "openai_wire/body.hpp"));
  CHECK_FALSE(plugin("plugins/parsers/raw/raw.cpp", "structured/repair.hpp"));
  CHECK(include_of("  #  include <vector>  // why").target == "vector");
  CHECK(include_of("// #include <vector>").target.empty());
}

TEST_CASE("LayersTest.NoCircularIncludes") {
  std::map<std::string, Names> graph;
  for (const auto& include : all_includes({"framework", "plugins"})) {
    const auto target = resolved(include);
    if (!target.empty()) graph[include.file].insert(target);
  }

  CHECK(circular(graph) == Names{});
  CHECK(circular({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}) == Names{"a", "b", "c"});
}

TEST_CASE("LayersTest.NobodyIncludesAnImplementation") {
  for (const auto& include : all_includes({"framework", "plugins", "tests"})) {
    INFO(include.place());
    CHECK_FALSE(ends_with(include.target, ".cpp"));
    CHECK_FALSE(ends_with(include.target, ".c"));
    CHECK(include.target.find("..") == std::string::npos);
  }
}

TEST_CASE("LayersTest.LibrariesStayInTheFolderThatOwnsThem") {
  const std::map<std::string, Names> owners = {{"yaml-cpp", {"config"}},
                                               {"sqlite3.h", {"store"}},
                                               {"spdlog", {"observability"}},
                                               {"prometheus", {"observability"}},
                                               {"CLI", {"cli"}},
                                               {"Poco", {"net", "http", "cli"}}};

  for (const auto& include : all_includes({"framework"})) {
    const auto owner = owners.find(first_part(include.target));
    if (owner == owners.end()) continue;
    INFO(include.place());
    CHECK(owner->second.count(layer_of(include.file)) == 1);
  }
}

TEST_CASE("LayersTest.NobodyUsesStdRegex") {
  for (const auto& include : all_includes({"framework", "plugins", "tests"})) {
    INFO(include.place());
    CHECK(include.target != "regex");
  }
}

TEST_CASE("LayersTest.SdkHeadersIncludeOnlyTheStandardLibraryAndEachOther") {
  for (const auto& include : all_includes({"framework/sdk"})) {
    INFO(include.place());
    const bool standard =
        !include.quoted && (include.target.find('.') == std::string::npos ||
                            include.target == "stdint.h" || include.target == "stddef.h");
    CHECK((standard || (include.quoted && first_part(include.target) == "dugout")));
    CHECK(include.target.find('/') != 0);
  }
}

TEST_CASE("LayersTest.NoFileIsLongerThanFiveHundredLines") {
  for (const auto* folder : {"framework", "plugins", "tests"}) {
    for (const auto& file : sources_below(folder)) {
      INFO(file);
      CHECK(lines_of(file) <= 500);
    }
  }
}

TEST_CASE("LayersTest.HeadersAreGuardedAndSourcesSayWhatTheyAreFor") {
  for (const auto* folder : {"framework", "plugins"}) {
    for (const auto& file : sources_below(folder)) {
      if (!ends_with(file, ".hpp")) continue;
      INFO(file);
      std::ifstream stream(source_root() / file);
      std::stringstream text;
      text << stream.rdbuf();
      CHECK(text.str().rfind("//", 0) == 0);
      CHECK(text.str().find("#pragma once") != std::string::npos);
    }
  }
}

TEST_CASE("LayersTest.TopLevelIsWhatTheHouseSays") {
  const Names required = {"framework", "plugins",        "agents",   "routines",
                          "tests",     "CMakeLists.txt", "README.md"};
  const Names allowed = {"docs", "scripts", "CHANGELOG.md", "LICENSE", "CMakePresets.json"};
  const Names ignored = {"build", "var"};
  Names seen;
  for (const auto& entry : fs::directory_iterator(source_root())) {
    seen.insert(entry.path().filename().string());
  }

  for (const auto& name : required) {
    INFO(name);
    CHECK(seen.count(name) == 1);
  }
  for (const auto& name : seen) {
    INFO(name);
    CHECK((required.count(name) + allowed.count(name) + ignored.count(name) == 1 ||
           name.front() == '.'));
  }
}
