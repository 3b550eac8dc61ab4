// What every plugin is offered by the settings, beside its own config.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "core/random.hpp"
#include "host/plugin.hpp"

namespace dugout::host {
namespace {

class SharedConfig {
 public:
  SharedConfig() : file_(std::filesystem::temp_directory_path() / core::new_id("schema_")) {
    std::ofstream(file_) << R"({"type":"object","additionalProperties":false,"properties":{
      "sms":{"type":"object"},"public_url":{"type":"string"}}})";
    manifest_.id = "tool.t";
    manifest_.config_schema = file_;
  }
  ~SharedConfig() { std::filesystem::remove(file_); }

  std::string config(const std::string& own, const std::map<std::string, std::string>& shared) {
    return checked_config(manifest_, own, shared, findings);
  }
  void defaults(const std::string& json) { manifest_.defaults = json; }
  core::Findings findings;

 private:
  std::filesystem::path file_;
  Manifest manifest_;
};

TEST_CASE("SharedConfigTest.APluginIsGivenWhatItsSchemaNamesAndNothingElse") {
  SharedConfig plugin;
  CHECK(plugin.config("{}", {{"sms", R"({"a":1})"}, {"payments", R"({"secret":"x"})"}}) ==
        R"({"sms":{"a":1}})");
  CHECK(plugin.config(R"({"public_url":"own"})", {{"public_url", R"("shared")"}}) ==
        R"({"public_url":"own"})");
  CHECK(plugin.findings.empty());
}

TEST_CASE("SharedConfigTest.ASharedValueIsCheckedLikeAnOwnOne") {
  SharedConfig plugin;
  CHECK(plugin.config("{}", {{"sms", "5"}}).empty());
  REQUIRE(plugin.findings.size() == 1);
  CHECK_THAT(plugin.findings[0].message, Catch::Contains("/sms"));
}

TEST_CASE("PluginDefaultsTest.StandWhereTheConfigSaysNothing") {
  SharedConfig plugin;
  plugin.defaults(R"({"sms":{"a":1,"b":2},"public_url":"default"})");
  CHECK(plugin.config(R"({"sms":{"c":3}})", {}) == R"({"public_url":"default","sms":{"c":3}})");
  CHECK(plugin.config("{}", {{"public_url", R"("shared")"}}) ==
        R"({"public_url":"shared","sms":{"a":1,"b":2}})");
  CHECK(plugin.findings.empty());
}

TEST_CASE("PluginDefaultsTest.AreCheckedLikeAConfig") {
  SharedConfig plugin;
  plugin.defaults(R"({"sms":5})");
  CHECK(plugin.config("{}", {}).empty());
  REQUIRE(plugin.findings.size() == 1);
  CHECK_THAT(plugin.findings[0].message, Catch::Contains("/sms"));
}

}  // namespace
}  // namespace dugout::host
