// plugin.yaml: what is read, and how each mistake is named with its place.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"
#include "core/text.hpp"
#include "host/host.hpp"

namespace dugout::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGood =
    "id: parser.fenced_json\n"
    "version: 1.2.3\n"
    "abi: \"1.0\"\n"
    "library: fenced_json.so\n"
    "faces: [parser/1]\n"
    "config: config.schema.json\n"
    "needs: [log/1, clock/1]\n"
    "effects: idempotent\n"
    "unload: never\n";

class PluginFolder {
 public:
  PluginFolder() {
    std::string name = (fs::temp_directory_path() / "dugout-manifest-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  ~PluginFolder() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  void put(const std::string& plugin, const std::string& manifest) const {
    fs::create_directories(root_ / plugin);
    std::ofstream(root_ / plugin / "plugin.yaml", std::ios::binary) << manifest;
  }
  std::string root() const { return root_.string(); }

 private:
  fs::path root_;
};

// The first finding about kGood with one line exchanged.
std::string fault(const std::string& line, const std::string& instead) {
  const PluginFolder folder;
  folder.put("p", core::replace_all(kGood, line, instead));
  core::Findings findings;
  const auto manifests = discover({folder.root()}, findings);
  CHECK(manifests.empty());
  REQUIRE_FALSE(findings.empty());
  return core::replace_all(findings.front().text(), folder.root() + "/p/", "");
}

}  // namespace

TEST_CASE("ManifestTest.GoodManifestIsReadWhole") {
  const PluginFolder folder;
  folder.put("p", kGood);
  core::Findings findings;

  const auto manifests = discover({folder.root()}, findings);

  REQUIRE(findings.empty());
  REQUIRE(manifests.size() == 1);
  const auto& manifest = manifests.front();
  CHECK(manifest.id == "parser.fenced_json");
  CHECK(manifest.version == "1.2.3");
  CHECK(manifest.abi_major == 1);
  CHECK(manifest.abi_minor == 0);
  CHECK(manifest.library == folder.root() + "/p/fenced_json.so");
  CHECK(manifest.config_schema == folder.root() + "/p/config.schema.json");
  CHECK(manifest.faces == std::vector<std::string>{"parser/1"});
  CHECK(manifest.needs == std::vector<std::string>{"log/1", "clock/1"});
  CHECK(manifest.effects == Effects::kIdempotent);
  CHECK_FALSE(manifest.unload);
}

TEST_CASE("ManifestTest.DefaultsAreReadAsJson") {
  const PluginFolder folder;
  folder.put("p", std::string(kGood) + "defaults: {codes: [slow_down, \"5\"], wait: 3.0}\n");
  core::Findings findings;

  const auto manifests = discover({folder.root()}, findings);

  REQUIRE(manifests.size() == 1);
  CHECK(core::parse_json(manifests[0].defaults).value() ==
        core::Json{{"codes", {"slow_down", "5"}}, {"wait", 3.0}});
}

TEST_CASE("ManifestTest.DefaultsWithoutASchemaOrAMapAreRefused") {
  CHECK_THAT(fault("config: config.schema.json\n", "defaults: {a: 1}\n"),
             Catch::StartsWith("plugin.yaml:6:11: error: \"defaults\" must be a map"));
  CHECK_THAT(fault("unload:", "defaults: [a]\nunload:"),
             Catch::StartsWith("plugin.yaml:9:11: error: \"defaults\" must be a map"));
}

TEST_CASE("ManifestTest.MistakesAreNamedWithTheirPlace") {
  const auto starts = [](const char* text) { return Catch::StartsWith(text); };
  CHECK_THAT(fault("needs:", "need:"),
             starts("plugin.yaml:7:1: error: unknown key \"need\" (did you "
                    "mean \"needs\"?)"));
  CHECK_THAT(fault("[parser/1]", "[parser/2]"),
             starts("plugin.yaml:5:9: error: unknown face \"parser/2\" (did you mean"));
  CHECK_THAT(fault("clock/1", "soap/1"),
             starts("plugin.yaml:7:16: error: unknown service \"soap/1\""));
  CHECK_THAT(fault("[parser/1]", "parser/1"),
             starts("plugin.yaml:5:8: error: \"faces\" must be a list"));
  CHECK_THAT(fault("[parser/1]", "[]"), starts("plugin.yaml:5:8: error: \"faces\" names no face"));
  CHECK_THAT(fault("[parser/1]", "[recovery/1]"),
             starts("plugin.yaml:5:8: error: a parser must have the face parser/1"));
  CHECK_THAT(fault("[parser/1]", "[parser/1, parser/1]"),
             starts("plugin.yaml:5:19: error: face \"parser/1\" is named twice"));
  CHECK_THAT(fault("parser.fenced_json", "Parser.Fenced"),
             starts("plugin.yaml:1:5: error: \"Parser.Fenced\" is no plugin id"));
  CHECK_THAT(fault("parser.fenced_json", "parser."),
             starts("plugin.yaml:1:5: error: \"parser.\" is no"));
  CHECK_THAT(fault("1.2.3", "one"), starts("plugin.yaml:2:10: error: \"one\" is no version"));
  CHECK_THAT(fault("\"1.0\"", "\"2.0\""),
             starts("plugin.yaml:3:6: error: the plugin is for ABI 2.0; this host serves 1.0"));
  CHECK_THAT(fault("\"1.0\"", "1"), starts("plugin.yaml:3:6: error: \"1\" is no ABI version"));
  CHECK_THAT(fault("fenced_json.so", "../evil.so"),
             starts("plugin.yaml:4:10: error: \"library\" must be a file in the plugin's folder"));
  CHECK_THAT(fault("idempotent", "twice"),
             starts("plugin.yaml:8:10: error: \"effects\" cannot be"));
  CHECK_THAT(fault("never", "later"), starts("plugin.yaml:9:9: error: \"unload\" cannot be"));
  CHECK_THAT(fault("version: 1.2.3\n", ""), Catch::Contains("the key \"version\" is missing"));
}

TEST_CASE("ManifestTest.FileThatIsNoMapIsRefused") {
  for (const char* text : {"", "just a text", "- a\n- b\n", "\xff\xfe", "id: [\n", "id:\tx\n"}) {
    const PluginFolder folder;
    folder.put("p", text);
    core::Findings findings;

    CHECK(discover({folder.root()}, findings).empty());
    CHECK(core::has_errors(findings));
  }
}

TEST_CASE("ManifestTest.FoldersAreReadInTheOrderOfTheirNames") {
  const PluginFolder folder;
  for (const char* name : {"b", "c", "a"}) {
    folder.put(name, core::replace_all(kGood, "fenced_json\n", std::string("p_") + name + "\n"));
  }
  std::ofstream(folder.root() + "/README.md") << "no plugin";
  core::Findings findings;

  const auto manifests = discover({folder.root()}, findings);

  REQUIRE(manifests.size() == 3);
  CHECK(manifests[0].id == "parser.p_a");
  CHECK(manifests[2].id == "parser.p_c");
}

TEST_CASE("ManifestTest.MissingFolderIsAWarning") {
  core::Findings findings;

  CHECK(discover({"/no/such/folder"}, findings).empty());

  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == core::Finding::Severity::kWarning);
}

TEST_CASE("ManifestTest.OneIdInTwoFoldersNamesBothFiles") {
  const PluginFolder first, second;
  first.put("p", kGood);
  second.put("q", kGood);
  core::Findings findings;

  const auto manifests = discover({first.root(), second.root()}, findings);

  CHECK(manifests.size() == 1);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].file == second.root() + "/q/plugin.yaml");
  CHECK_THAT(findings[0].message, Catch::Contains(first.root() + "/p/plugin.yaml"));
}

TEST_CASE("ManifestTest.IsolationIsRead") {
  const PluginFolder folder;
  folder.put(
      "p", std::string(kGood) + "isolation: process\nmemory_mb: 64\nnetwork: true\nfiles: data\n");
  folder.put("q", core::replace_all(kGood, "fenced_json", "plain"));
  core::Findings findings;

  const auto manifests = discover({folder.root()}, findings);

  REQUIRE(manifests.size() == 2);
  CHECK(manifests[0].isolated);
  CHECK(manifests[0].memory_mb == 64);
  CHECK(manifests[0].network);
  CHECK(manifests[0].files);
  CHECK_FALSE(manifests[1].isolated);
  CHECK(manifests[1].memory_mb == 256);
  CHECK_FALSE(manifests[1].network);
  CHECK_FALSE(manifests[1].files);
}

TEST_CASE("ManifestTest.MistakesOfIsolationAreNamed") {
  const auto starts = [](const char* text) { return Catch::StartsWith(text); };
  CHECK_THAT(fault("unload: never", "isolation: container"),
             starts("plugin.yaml:9:12: error: \"isolation\" cannot be \"container\""));
  CHECK_THAT(fault("unload: never", "memory_mb: 3"),
             starts("plugin.yaml:9:12: error: \"memory_mb\" cannot be \"3\""));
  CHECK_THAT(fault("unload: never", "network: perhaps"),
             starts("plugin.yaml:9:10: error: \"network\" cannot be \"perhaps\""));
  CHECK_THAT(fault("unload: never", "files: all"),
             starts("plugin.yaml:9:8: error: \"files\" cannot be \"all\""));
}

}  // namespace dugout::host
