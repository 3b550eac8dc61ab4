// Settings of the attempt log and of operators.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/settings.hpp"
#include "support/own_file.hpp"

using namespace dugout;

namespace {

struct LoadedAttempts {
  config::Settings settings;
  core::Findings findings;
};

LoadedAttempts load_attempts(const std::string& yaml, const std::string& token = "") {
  LoadedAttempts out;
  config::SettingsSource source;
  source.file = test::own_file("attempts_settings_test.yaml");
  std::ofstream(source.file) << yaml;
  source.environment = [&](const std::string& name) -> std::optional<std::string> {
    if (name != "DUGOUT_ADMIN_TOKEN" || token.empty()) return std::nullopt;
    return token;
  };
  out.settings = config::load_settings(source, out.findings);
  std::filesystem::remove(source.file);
  return out;
}

}  // namespace

TEST_CASE("AttemptSettingsTest.TheLogIsOnWithEightFilesAndNobodyIsAnOperator") {
  const auto loaded = load_attempts("admin: {token: \"${DUGOUT_ADMIN_TOKEN}\"}\n");

  CHECK(loaded.findings.empty());
  CHECK(loaded.settings.attempts.enabled);
  CHECK(loaded.settings.attempts.file_bytes == 16777216);
  CHECK(loaded.settings.attempts.files == 8);
  CHECK(loaded.settings.admin_token.empty());
}

TEST_CASE("AttemptSettingsTest.TheFileAndTheEnvironmentSetThem") {
  const auto loaded =
      load_attempts("attempts: {enabled: false, file_bytes: 1MiB, files: 3}\n", "0123456789abcdef");

  CHECK(loaded.findings.empty());
  CHECK_FALSE(loaded.settings.attempts.enabled);
  CHECK(loaded.settings.attempts.file_bytes == 1048576);
  CHECK(loaded.settings.attempts.files == 3);
  CHECK(loaded.settings.admin_token.reveal() == "0123456789abcdef");
}

TEST_CASE("AttemptSettingsTest.MetricsMayHaveATokenOfTheirOwn") {
  const auto loaded = load_attempts("metrics: {token: a-token-of-scrapers}\n");

  CHECK_FALSE(core::has_errors(loaded.findings));
  CHECK(loaded.settings.metrics.token.reveal() == "a-token-of-scrapers");
  CHECK(loaded.settings.admin_token.empty());
}

TEST_CASE("AttemptSettingsTest.MistakesAreRefusedWithPlaceAndTheTokenIsNotShown") {
  for (const auto* yaml :
       {"attempts: {file_bytes: 10}\n", "attempts: {files: 0}\n", "attempts: {enabled: maybe}\n",
        "attempts: {file: x}\n", "admin: {token: sesame}\n",
        "admin: {token: \"sesame of blanks 123\"}\n", "admin: {tokens: x}\n",
        "metrics: {token: sesame}\n", "metrics: {token: \"sesame of blanks 123\"}\n"}) {
    INFO(yaml);
    const auto loaded = load_attempts(yaml);
    REQUIRE(loaded.findings.size() == 1);
    CHECK_THAT(loaded.findings[0].text(), Catch::Contains(":1:"));
    CHECK_THAT(loaded.findings[0].text(), !Catch::Contains("sesame"));
    CHECK(loaded.settings.admin_token.empty());
    CHECK(loaded.settings.metrics.token.empty());
  }
  CHECK_THAT(load_attempts("", "short").findings.at(0).text(),
             Catch::Contains("DUGOUT_ADMIN_TOKEN"));
}
