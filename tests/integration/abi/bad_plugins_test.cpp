// Each way in which a plugin is refused, and that its reason says so.
#include <sys/stat.h>

#include <cstdlib>

#include "abi_support.hpp"

namespace dugout::test {
namespace {

// Loads the whole group; each test looks at one refusal.
std::string refusal(const std::string& id, const std::string& group = abi_folder("bad")) {
  core::Findings findings;
  const auto generation = host::load({.folders = {group}, .configs = {}}, findings);
  const auto& info = info_of(*generation, id);
  CHECK(info.state == "refused");
  const bool reported = std::any_of(findings.begin(), findings.end(), [&](const auto& finding) {
    return finding.message == info.why && !finding.file.empty();
  });
  CHECK(reported);
  return info.why;
}

// A plugin of our own to change the modes of: tests of other processes load the group meanwhile.
class WritableCopy {
 public:
  WritableCopy() {
    REQUIRE(::mkdtemp(group_.data()) != nullptr);
    std::filesystem::copy(abi_folder("bad/parser.abi_writable"), folder(),
                          std::filesystem::copy_options::recursive);
  }
  ~WritableCopy() {
    std::error_code ignored;
    std::filesystem::remove_all(group_, ignored);
  }

  const std::string& group() const { return group_; }
  std::string folder() const { return group_ + "/parser.abi_writable"; }
  std::string library() const { return folder() + "/parser_abi_writable.so"; }

 private:
  std::string group_ = std::filesystem::temp_directory_path() / "dugout_abi_XXXXXX";
};

}  // namespace

TEST_CASE("RefusalTest.ManifestOfAnotherMajor") {
  CHECK(refusal("parser.abi_two") == "the plugin is for ABI 2.0; this host serves 1.0");
}

TEST_CASE("RefusalTest.DescriptorOfAnotherMajor") {
  CHECK(refusal("parser.abi_wrong_major") ==
        "parser.abi_wrong_major: its descriptor is of ABI 2.0, its manifest says 1.0, this host "
        "serves 1");
}

TEST_CASE("RefusalTest.ModuleThatServesNoSuchHost") {
  CHECK(refusal("parser.abi_serves_none") ==
        "parser.abi_serves_none: the plugin cannot serve ABI 1.0 of this host");
}

TEST_CASE("RefusalTest.DescriptorThatIsTooSmall") {
  CHECK_THAT(refusal("parser.abi_small"), Catch::Contains("its descriptor is too small: 16 bytes"));
}

TEST_CASE("RefusalTest.LibraryWithoutTheSymbol") {
  CHECK(refusal("parser.abi_no_symbol") ==
        "parser.abi_no_symbol: the library does not export dugout_plugin_open");
}

TEST_CASE("RefusalTest.TextNamedAsALibrary") {
  CHECK(refusal("parser.abi_text") == "parser.abi_text: the library is not an ELF file");
}

TEST_CASE("RefusalTest.LibraryThatIsNotThere") {
  CHECK_THAT(refusal("parser.abi_missing"),
             Catch::Contains("the library cannot be read: No such file"));
}

TEST_CASE("RefusalTest.PluginThatThrowsInCreate") {
  CHECK(refusal("parser.abi_throws") == "parser.abi_throws: create failed: no licence found");
}

TEST_CASE("RefusalTest.DescriptorOfAnotherId") {
  CHECK(refusal("parser.abi_other_id") ==
        "parser.abi_other_id: its descriptor says id parser.somebody_else, its manifest "
        "parser.abi_other_id");
}

TEST_CASE("RefusalTest.FaceThatIsDeclaredAndAbsent") {
  CHECK(refusal("parser.abi_faceless") ==
        "parser.abi_faceless: the manifest names face parser/1, the plugin has none");
}

TEST_CASE("RefusalTest.LibraryThatEverybodyMayWriteTo") {
  const WritableCopy copy;
  REQUIRE(::chmod(copy.library().c_str(), 0666) == 0);
  core::Findings findings;

  CHECK_THAT(refusal("parser.abi_writable", copy.group()),
             Catch::Contains("may be written to by everybody"));
  const auto trusted =
      host::load({.folders = {copy.group()}, .configs = {}, .trust_writable = true}, findings);
  CHECK(info_of(*trusted, "parser.abi_writable").state == "loaded");
}

TEST_CASE("RefusalTest.FolderThatEverybodyMayWriteTo") {
  const WritableCopy copy;
  REQUIRE(::chmod(copy.folder().c_str(), 0777) == 0);

  CHECK_THAT(refusal("parser.abi_writable", copy.group()),
             Catch::Contains("folder that everybody may write to"));
}

TEST_CASE("RefusalTest.RefusedLibrariesAreNotLeftInTheProcess") {
  core::Findings findings;
  const auto generation = host::load({.folders = {abi_folder("bad")}, .configs = {}}, findings);

  for (const auto& info : generation->plugins()) {
    INFO(info.manifest.id);
    CHECK(is_mapped(info.manifest.id) == (info.state == "loaded"));
  }
}

TEST_CASE("RefusalTest.ConfigThatFailsItsSchemaNamesPluginAndPointer") {
  core::Findings findings;
  const auto generation = host::load({.folders = {abi_folder("good")},
                                      .configs = {{"parser.abi_c", R"({"word": 5})"},
                                                  {"parser.abi_debug", "{broken"},
                                                  {"parser.abi_d", "{}"}}},
                                     findings);

  CHECK(info_of(*generation, "parser.abi_c").state == "refused");
  CHECK_THAT(info_of(*generation, "parser.abi_c").why,
             Catch::StartsWith("config of parser.abi_c at /word: "));
  CHECK_THAT(info_of(*generation, "parser.abi_debug").why,
             Catch::StartsWith("config of parser.abi_debug is no JSON: line 1, column 2"));
  CHECK_THAT(all_text(findings),
             Catch::Contains("there is a config for parser.abi_d, but no such plugin"));
  CHECK(generation->parser("abi_c") == nullptr);
}

TEST_CASE("RefusalTest.SecondPluginOfOneIdIsRefusedAndBothFilesAreNamed") {
  core::Findings findings;
  const auto twice = abi_folder("good");

  const auto generation = host::load({.folders = {twice, twice}, .configs = {}}, findings);

  CHECK(generation->parser("abi_c"));
  const auto text = all_text(findings);
  CHECK_THAT(text, Catch::Contains(twice +
                                   "/parser.abi_c/plugin.yaml: error: the id parser.abi_c is "
                                   "already that of " +
                                   twice + "/parser.abi_c/plugin.yaml"));
}

}  // namespace dugout::test
