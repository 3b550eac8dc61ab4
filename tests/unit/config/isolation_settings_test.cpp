// `isolation:` of dugout.yaml.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"
#include "support/own_file.hpp"

using namespace dugout;

namespace {

std::map<std::string, bool> load_isolation(const std::string& yaml, core::Findings& findings) {
  config::SettingsSource source;
  source.file = test::own_file("isolation_settings_test.yaml");
  std::ofstream(source.file) << yaml;
  auto settings = config::load_settings(source, findings);
  std::filesystem::remove(source.file);
  return settings.isolation;
}

}  // namespace

TEST_CASE("IsolationSettingsTest.ManifestsDecideByDefault") {
  core::Findings findings;

  CHECK(load_isolation("", findings).empty());
  CHECK(findings.empty());
}

TEST_CASE("IsolationSettingsTest.EachPluginByItsId") {
  core::Findings findings;

  const auto chosen =
      load_isolation("isolation: {tool.photo_check: none, parser.raw: process}\n", findings);

  CHECK(findings.empty());
  CHECK(chosen == std::map<std::string, bool>{{"parser.raw", true}, {"tool.photo_check", false}});
}

TEST_CASE("IsolationSettingsTest.AnotherWordIsAFinding") {
  core::Findings findings;

  load_isolation("isolation: {parser.raw: container}\n", findings);

  REQUIRE(findings.size() == 1);
  CHECK_THAT(findings.front().text(),
             Catch::Contains("isolation.parser.raw") && Catch::Contains("process or none"));
}
