// The required cases of the official JSON-Schema-Test-Suite for draft 2020-12, as Debian ships
// them. Debian 12's json-schema-test-suite ends at draft 7; its libtest-json-schema-acceptance-perl
// has the newer drafts. DUGOUT_JSON_SCHEMA_SUITE names another folder of the same form.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "config/json_schema.hpp"

using namespace dugout;
namespace fs = std::filesystem;

namespace {

constexpr double kRequiredPercent = 98.0;
constexpr std::size_t kLeastCases = 1000;  // fewer: this is not the suite

std::string suite_folder() {
  if (const char* named = std::getenv("DUGOUT_JSON_SCHEMA_SUITE")) return named;
  for (const auto* folder :
       {"/usr/share/json-schema-test-suite/tests/draft2020-12",
        "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests/draft2020-12"}) {
    if (fs::is_directory(folder)) return folder;
  }
  return {};
}

core::Json json_of(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  auto json = core::parse_json(text.str());
  INFO(path);
  REQUIRE(json);
  return *json;
}

// Groups that need a document from elsewhere (one of the suite's remotes, or the meta-schema):
// Dugout fetches nothing.
const std::set<std::string>& remote_groups() {
  static const std::set<std::string> names{
      "anchor.json: invalid anchors",
      "defs.json: validate definition against metaschema",
      "dynamicRef.json: strict-tree schema, guards against misspelled properties",
      "dynamicRef.json: tests for implementation dynamic anchor and reference link",
      "dynamicRef.json: $ref and $dynamicAnchor are independent of order - $defs first",
      "dynamicRef.json: $ref and $dynamicAnchor are independent of order - $ref first",
      "id.json: Invalid use of fragments in location-independent $id",
      "id.json: Valid use of empty fragments in location-independent $id",
      "id.json: Unnormalized $ids are allowed but discouraged",
      "ref.json: remote ref, containing refs itself",
      "ref.json: URN base URI with f-component",
      "refRemote.json: remote ref",
      "refRemote.json: fragment within remote ref",
      "refRemote.json: anchor within remote ref",
      "refRemote.json: ref within remote ref",
      "refRemote.json: base URI change",
      "refRemote.json: base URI change - change folder",
      "refRemote.json: base URI change - change folder in subschema",
      "refRemote.json: root ref in remote ref",
      "refRemote.json: remote ref with ref to defs",
      "refRemote.json: Location-independent identifier in remote ref",
      "refRemote.json: retrieved nested refs resolve relative to their URI not $id",
      "refRemote.json: remote HTTP ref with different $id",
      "refRemote.json: remote HTTP ref with different URN $id",
      "refRemote.json: remote HTTP ref with nested absolute ref",
      "vocabulary.json: schema that uses custom metaschema with with no validation vocabulary",
  };
  return names;
}

struct Tally {
  std::size_t passed = 0, total = 0, skipped = 0;
  std::set<std::string> skipped_groups;
  std::vector<std::string> failures;
};

void run_group(const std::string& file, const core::Json& group, Tally& tally) {
  const auto name = file + ": " + group.at("description").get<std::string>();
  const auto& tests = group.at("tests");
  if (remote_groups().count(name) != 0) {
    tally.skipped += tests.size();
    tally.skipped_groups.insert(name);
    return;
  }
  const auto schema = config::JsonSchema::compile(group.at("schema"));
  for (const auto& test : tests) {
    ++tally.total;
    const auto label = name + " / " + test.at("description").get<std::string>();
    if (!schema) {
      tally.failures.push_back(label + ": " + schema.error().message);
      continue;
    }
    const auto errors = schema->check(test.at("data"));
    if (errors.empty() == test.at("valid").get<bool>())
      ++tally.passed;
    else
      tally.failures.push_back(label + (errors.empty() ? "" : ": " + errors[0].message));
    for (const auto& error : errors) CHECK_FALSE(error.message.empty());
  }
}

}  // namespace

TEST_CASE("JsonSchemaSuiteTest.RequiredCasesOfDraft202012Pass") {
  const auto folder = suite_folder();
  INFO("install libtest-json-schema-acceptance-perl, or set DUGOUT_JSON_SCHEMA_SUITE");
  REQUIRE_FALSE(folder.empty());

  Tally tally;
  std::set<fs::path> files;  // in order; sub-folders hold the optional cases
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.insert(entry.path());
  }
  for (const auto& path : files) {
    for (const auto& group : json_of(path)) run_group(path.filename().string(), group, tally);
  }

  const auto percent = tally.total == 0 ? 0.0
                                        : 100.0 * static_cast<double>(tally.passed) /
                                              static_cast<double>(tally.total);
  std::printf("JSON Schema 2020-12: passed %zu of %zu (%.2f %%)\n", tally.passed, tally.total,
              percent);
  std::printf("  not run: %zu cases of %zu groups that need a document from elsewhere\n",
              tally.skipped, tally.skipped_groups.size());
  for (const auto& group : tally.skipped_groups) std::printf("    %s\n", group.c_str());
  for (const auto& failure : tally.failures) std::printf("  failed: %s\n", failure.c_str());
  CHECK(tally.total >= kLeastCases);
  CHECK(percent >= kRequiredPercent);
  CHECK(tally.skipped_groups.size() == remote_groups().size());
}
