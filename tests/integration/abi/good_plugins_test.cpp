// Plugins of other builds, side by side with those of this one.
#include "abi_support.hpp"

namespace dugout::test {
namespace {

std::shared_ptr<const host::Generation> load_good(core::Findings& findings) {
  return host::load({.folders = {abi_folder("good")}, .configs = {}}, findings);
}

}  // namespace

TEST_CASE("AbiTest.PluginOnTheFrozenHeaderAnswers") {
  core::Findings findings;
  const auto generation = load_good(findings);
  INFO(all_text(findings));
  REQUIRE(findings.empty());
  const auto parser = generation->parser("abi_c");
  REQUIRE(parser);

  const auto answer = parser->parse("anything", "");
  const auto empty = parser->parse("", "");

  REQUIRE(answer);
  CHECK(*answer == R"({"agent_final_response":"plain C"})");
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == Code::kEmpty);
  CHECK(empty.error().message == "nothing there");
}

TEST_CASE("AbiTest.PluginOfAnotherCompilerAndLibraryAnswers") {
  if (!ABI_HAS_CLANG) {
    WARN("clang++ is missing: run scripts/setup --tests");
    return;
  }
  core::Findings findings;
  const auto parser = load_good(findings)->parser("abi_clang");
  REQUIRE(parser);

  const auto answer = parser->parse("hello", "");

  REQUIRE(answer);
  CHECK(*answer == R"({"agent_final_response":"clang","metadata":{"words":1}})");
}

TEST_CASE("AbiTest.PluginWithCheckedContainersAnswers") {
  core::Findings findings;
  const auto parser = load_good(findings)->parser("abi_debug");
  REQUIRE(parser);

  const auto answer = parser->parse("hello", "");

  REQUIRE(answer);
  CHECK(*answer == R"({"agent_final_response":"checked","metadata":{"words":1}})");
}

TEST_CASE("AbiTest.ExceptionInsideAnyBuildBecomesInternalWithItsText") {
  core::Findings findings;
  const auto generation = load_good(findings);

  for (const char* name : {"abi_debug", "abi_clang"}) {
    const auto parser = generation->parser(name);
    if (!parser) continue;  // no clang, which another test says
    const auto outcome = parser->parse("throw", "");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::kInternal);
    CHECK(outcome.error().message == "thrown on purpose");
  }
}

TEST_CASE("AbiTest.AllBuildsServeBesideTheBundledPlugins") {
  core::Findings findings;
  const auto generation =
      host::load({.folders = {abi_folder("good"), DUGOUT_PLUGIN_DIR}, .configs = {}}, findings);
  std::size_t bundled = 0;
  for (const auto& info : generation->plugins()) {
    // A tree that is built in part has manifests without their library.
    if (info.manifest.folder.rfind(DUGOUT_PLUGIN_DIR, 0) != 0 ||
        !std::filesystem::exists(info.manifest.library)) {
      continue;
    }
    ++bundled;
    INFO(info.manifest.id << ": " << info.why);
    CHECK((info.state == "loaded" || info.why.rfind("config of", 0) == 0));
  }
  INFO(bundled << " bundled plugins are built");

  CHECK(generation->parser("abi_c")->parse("x", ""));
  CHECK(generation->parser("abi_debug")->parse("x", ""));
  if (ABI_HAS_CLANG) CHECK(generation->parser("abi_clang")->parse("x", ""));
  if (const auto raw = generation->parser("raw")) CHECK(raw->parse("Good morning.", ""));
}

TEST_CASE("AbiTest.LibrariesLeaveTheProcessWithTheLastLease") {
  core::Findings findings;
  auto generation = load_good(findings);
  auto parser = generation->parser("abi_debug");
  REQUIRE(is_mapped("parser.abi_debug"));
  REQUIRE(is_mapped("parser.abi_c"));

  generation.reset();

  CHECK_FALSE(is_mapped("parser.abi_c"));
  CHECK_FALSE(is_mapped("parser.abi_clang"));
  CHECK_FALSE(is_mapped("tool.abi_moody"));
  CHECK(is_mapped("parser.abi_debug"));
  CHECK(parser->parse("still here", ""));

  parser.reset();

  CHECK_FALSE(is_mapped("parser.abi_debug"));
}

TEST_CASE("AbiTest.TwoGenerationsOfOnePluginStandSideBySide") {
  core::Findings findings;
  const auto first = load_good(findings);
  auto second = load_good(findings);

  CHECK(first->parser("abi_c")->parse("x", ""));
  CHECK(second->parser("abi_c")->parse("x", ""));
  second.reset();
  CHECK(first->parser("abi_c")->parse("x", ""));
}

}  // namespace dugout::test
