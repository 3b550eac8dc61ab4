// A plugin project of somebody else: found Dugout by find_package in an install, built, loaded.
#include <cstdlib>

#include "abi_support.hpp"

namespace dugout::test {
namespace {

namespace fs = std::filesystem;

struct TemporaryFolder {
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "dugout-out-of-tree-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

void run(const std::string& command, const fs::path& log) {
  const int status = std::system((command + " >" + log.string() + " 2>&1").c_str());
  std::ifstream in(log);
  INFO(command << "\n" << std::string(std::istreambuf_iterator<char>(in), {}));
  REQUIRE(status == 0);
}

}  // namespace

TEST_CASE("OutOfTreeTest.PluginBuiltAgainstTheInstallIsLoaded") {
  const TemporaryFolder folder;
  const auto prefix = folder.path / "prefix", build = folder.path / "build";
  const std::string cmake = ABI_CMAKE;

  run(cmake + " --install " DUGOUT_BINARY_DIR " --component sdk --prefix " + prefix.string(),
      folder.path / "install.log");
  run(cmake + " -G Ninja -S " DUGOUT_SOURCE_DIR "/tests/integration/abi/out_of_tree -B " +
          build.string() + " -DCMAKE_PREFIX_PATH=" + prefix.string(),
      folder.path / "configure.log");
  run(cmake + " --build " + build.string(), folder.path / "build.log");
  run(cmake + " --install " + build.string() + " --prefix " + prefix.string(),
      folder.path / "install2.log");
  core::Findings findings;
  const auto generation =
      host::load({.folders = {(prefix / "lib/dugout/plugins").string()}, .configs = {}}, findings);

  INFO(all_text(findings));
  const auto parser = generation->parser("fenced_json");
  REQUIRE(parser);
  const auto answer = parser->parse("Sure:\n```json\n{\"a\":1}\n```\n", "");
  REQUIRE(answer);
  CHECK(*answer == "{\"a\":1}");
  CHECK(parser->parse("no fence", "").error().code == Code::kNotApplicable);
  for (const auto& result : host::check_plugin(
           (prefix / "lib/dugout/plugins/parser.fenced_json").string(), std::chrono::minutes(5))) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.passed);
  }
}

}  // namespace dugout::test
