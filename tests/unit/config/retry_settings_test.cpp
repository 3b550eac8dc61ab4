// The retry figures: which source wins, and which values stop the start.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"
#include "support/own_file.hpp"

using namespace dugout;
using Variables = std::map<std::string, std::string>;

namespace {

struct Setup {
  config::Settings settings;
  core::Findings findings;
};

Setup with(Variables variables, const std::string& retry_yaml = "") {
  Setup out;
  config::SettingsSource source;
  source.file = test::own_file("retry_settings_test.yaml");
  std::ofstream(source.file) << (retry_yaml.empty() ? "" : "retry: {" + retry_yaml + "}\n");
  source.environment = [&variables](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  out.settings = config::load_settings(source, out.findings);
  std::filesystem::remove(source.file);
  return out;
}

config::RetrySettings figures(Setup& setup, const char* type, const std::string& agent = "") {
  std::optional<config::YamlFile> file;
  if (!agent.empty()) file = config::parse_yaml(agent, "agents/a.yaml", setup.findings);
  return config::retry_for(setup.settings, type, file ? &file->root : nullptr, setup.findings,
                           "agents/a.yaml");
}

}  // namespace

TEST_CASE("RetrySettingsTest.DefaultsByCallType") {
  auto setup = with({});

  const auto registration = figures(setup, "registration");
  const auto photo = figures(setup, "photo");
  const auto rereg = figures(setup, "rereg");
  const auto other = figures(setup, "something");

  CHECK(setup.findings.empty());
  CHECK(registration.max_retries == 3);
  CHECK(registration.base_delay == 1.0);
  CHECK(registration.multiplier == 2.0);
  CHECK(registration.max_total_delay == 10.0);
  CHECK(registration.jitter == 0.25);
  CHECK(registration.attempt_timeout == 30.0);
  CHECK(registration.max_server_delay == 60.0);
  CHECK(photo.max_retries == 5);
  CHECK(photo.base_delay == 2.0);
  CHECK(photo.multiplier == 2.0);
  CHECK(rereg.max_retries == 2);
  CHECK(rereg.base_delay == 0.5);
  CHECK(other.max_retries == 3);
}

TEST_CASE("RetrySettingsTest.GeneralVariablesReachTheTypesThatInherit") {
  auto setup = with({{"AI_RETRY_MAX_ATTEMPTS", "7"},
                     {"AI_RETRY_BASE_DELAY", "0.5"},
                     {"AI_RETRY_BACKOFF_MULTIPLIER", "3"},
                     {"AI_RETRY_MAX_TOTAL_DELAY", "99.5"},
                     {"DUGOUT_RETRY_JITTER", "0"},
                     {"DUGOUT_RETRY_ATTEMPT_TIMEOUT", "0.1"},
                     {"DUGOUT_RETRY_MAX_SERVER_DELAY", "5"}});

  const auto registration = figures(setup, "registration");
  const auto photo = figures(setup, "photo");

  CHECK(setup.findings.empty());
  CHECK(registration.max_retries == 7);
  CHECK(registration.base_delay == 0.5);
  CHECK(registration.jitter == 0.0);
  CHECK(registration.attempt_timeout == 0.1);
  CHECK(registration.max_server_delay == 5.0);
  CHECK(photo.max_retries == 5);  // its own
  CHECK(photo.base_delay == 2.0);
  CHECK(photo.multiplier == 3.0);  // it has none of its own
  CHECK(photo.max_total_delay == 99.5);
}

TEST_CASE("RetrySettingsTest.VariablesOfACallTypeReachOnlyIt") {
  const std::vector<std::pair<const char*, const char*>> types{
      {"registration", "REGISTRATION"}, {"photo", "PHOTO"}, {"rereg", "REREG"}};
  for (const auto& [type, word] : types) {
    INFO(type);
    auto setup = with({{"AI_RETRY_MAX_ATTEMPTS", "9"},
                       {std::string("AI_RETRY_") + word + "_MAX", "0"},
                       {std::string("AI_RETRY_") + word + "_DELAY", "0.125"}});

    CHECK(figures(setup, type).max_retries == 0);
    CHECK(figures(setup, type).base_delay == 0.125);
    CHECK(figures(setup, "something").max_retries == 9);
    CHECK(figures(setup, "something").base_delay == 1.0);
  }
}

TEST_CASE("RetrySettingsTest.EnvironmentAboveAgentAboveFileAboveDefault") {
  auto file = with({}, "max_retries: 6, call_types: {photo: {max_retries: 1}}");
  CHECK(figures(file, "registration").max_retries == 6);
  CHECK(figures(file, "photo").max_retries == 1);
  CHECK(figures(file, "rereg").max_retries == 2);
  CHECK(figures(file, "registration").base_delay == 1.0);

  CHECK(figures(file, "registration", "max_retries: 4\n").max_retries == 4);
  CHECK(figures(file, "photo", "max_retries: 4\n").max_retries == 4);

  auto both = with({{"AI_RETRY_MAX_ATTEMPTS", "8"}, {"AI_RETRY_PHOTO_MAX", "9"}}, "max_retries: 6");
  CHECK(figures(both, "registration", "max_retries: 4\n").max_retries == 8);
  CHECK(figures(both, "photo", "max_retries: 4\n").max_retries == 9);
  CHECK(figures(both, "rereg", "max_retries: 4\n").max_retries == 4);
}

TEST_CASE("RetrySettingsTest.BadVariablesAreRefusedWithNameValueAndRange") {
  const std::vector<std::string> names{
      "AI_RETRY_MAX_ATTEMPTS",        "AI_RETRY_BASE_DELAY",       "AI_RETRY_BACKOFF_MULTIPLIER",
      "AI_RETRY_MAX_TOTAL_DELAY",     "AI_RETRY_REGISTRATION_MAX", "AI_RETRY_REGISTRATION_DELAY",
      "AI_RETRY_PHOTO_MAX",           "AI_RETRY_PHOTO_DELAY",      "AI_RETRY_REREG_MAX",
      "AI_RETRY_REREG_DELAY",         "DUGOUT_RETRY_JITTER",       "DUGOUT_RETRY_ATTEMPT_TIMEOUT",
      "DUGOUT_RETRY_MAX_SERVER_DELAY"};
  for (const auto& name : names) {
    for (const auto* value : {"nan", "inf", "-1", "1e999", "3x", "3 ", "three", "0x2", "1,5",
                              "99999999999999999999", "100000", "true"}) {
      INFO(name << "=" << value);
      const auto setup = with({{name, value}});
      REQUIRE(setup.findings.size() == 1);
      const auto text = setup.findings[0].text();
      CHECK_THAT(text, Catch::Contains(name + " is \"" + value + "\""));
      CHECK_THAT(text, Catch::Contains(" from "));
    }
  }
  CHECK(with({{"AI_RETRY_MAX_ATTEMPTS", "1.5"}}).findings.size() == 1);
}

TEST_CASE("RetrySettingsTest.EdgesOfTheRangesAreAllowed") {
  CHECK(with({{"AI_RETRY_MAX_ATTEMPTS", "0"},
              {"AI_RETRY_BASE_DELAY", "0"},
              {"AI_RETRY_BACKOFF_MULTIPLIER", "1"},
              {"AI_RETRY_MAX_TOTAL_DELAY", "0"}})
            .findings.empty());
  CHECK(with({{"AI_RETRY_MAX_ATTEMPTS", "10"},
              {"AI_RETRY_BASE_DELAY", "60"},
              {"AI_RETRY_BACKOFF_MULTIPLIER", "10.0"},
              {"AI_RETRY_MAX_TOTAL_DELAY", "6e2"}})
            .findings.empty());
}

TEST_CASE("RetrySettingsTest.AnAgentsMistakesNameItsFile") {
  auto setup = with({});

  const auto result = figures(setup, "photo", "max_retries: 40\nbase_dely: 1\n");

  REQUIRE(setup.findings.size() == 2);
  CHECK(
      setup.findings[0].text() ==
      "agents/a.yaml:1:14: error: \"retry.max_retries\" is \"40\", which is no whole number from 0 "
      "to 10");
  CHECK_THAT(setup.findings[1].text(), Catch::Contains("did you mean \"base_delay\"?"));
  CHECK(result.max_retries == 5);
}
