// Several API keys of one provider: where they come from, and that they are never shown.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/settings.hpp"
#include "support/own_file.hpp"

using namespace dugout;

namespace {

using Keys = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

struct LoadedKeys {
  core::Findings findings;
  Keys keys;  // of openai_chat, in their order
  std::string shown;
};

LoadedKeys load_keys(const std::string& provider, const Variables& variables = {}) {
  static int number = 0;
  LoadedKeys out;
  config::SettingsSource source;
  source.file = test::own_file("api_keys_test_" + std::to_string(++number) + ".yaml");
  std::ofstream(source.file) << "providers:\n  openai_chat: {" << provider << "}\n";
  source.environment = [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  const auto settings = config::load_settings(source, out.findings);
  std::filesystem::remove(source.file);
  const auto& target = settings.providers.at("openai_chat");
  std::ostringstream shown;
  if (!target.api_key.empty()) out.keys.push_back(target.api_key.reveal());
  for (const auto& key : target.more_keys) {
    out.keys.push_back(key.reveal());
    shown << key;
  }
  out.shown = shown.str();
  return out;
}

const Variables kStandard = {{"OPENAI_API_KEY", "standard"}, {"KEY_A", "a"}, {"KEY_B", "b"}};

}  // namespace

TEST_CASE("ApiKeysTest.ComeAfterTheOneKey") {
  const auto loaded = load_keys("api_key: one, api_keys: [two, \"${KEY_A}\"]", kStandard);

  CHECK_FALSE(core::has_errors(loaded.findings));
  CHECK(loaded.keys == Keys{"one", "two", "a"});
  CHECK(loaded.shown == "******");
}

TEST_CASE("ApiKeysTest.OwnKeysStandAloneWithoutTheStandardOne") {
  CHECK(load_keys("api_keys: [\"${KEY_A}\", \"${KEY_B}\"]", kStandard).keys == Keys{"a", "b"});
  CHECK(load_keys("timeout: 5", kStandard).keys == Keys{"standard"});
}

TEST_CASE("ApiKeysTest.VariablesThatAreNotSetAreLeftOutAndNothingStepsIn") {
  CHECK(load_keys("api_keys: [\"${KEY_X}\", \"${KEY_B}\"]", kStandard).keys == Keys{"b"});

  const auto none = load_keys("api_keys: [\"${KEY_X}\"]", kStandard);
  CHECK(none.keys.empty());
  CHECK(none.findings.empty());
}

TEST_CASE("ApiKeysTest.TheEnvironmentSpeaksBeforeTheFile") {
  auto variables = kStandard;
  variables["DUGOUT_PROVIDERS_OPENAI_CHAT_API_KEYS"] = " x , y,";

  CHECK(load_keys("api_keys: [z]", variables).keys == Keys{"x", "y"});
}

TEST_CASE("ApiKeysTest.MistakesNameTheirPlaceAndNoKey") {
  for (const auto* wrong :
       {"api_keys: very-secret", "api_keys: [{a: very-secret}]", "api_keys: [\"${very-secret\"]"}) {
    INFO(wrong);
    const auto loaded = load_keys(wrong);
    REQUIRE_FALSE(loaded.findings.empty());
    CHECK_THAT(loaded.findings[0].text(), Catch::Contains(".yaml:2:"));
    CHECK_THAT(loaded.findings[0].text(), Catch::Contains("providers.openai_chat.api_keys"));
    CHECK_THAT(loaded.findings[0].text(), !Catch::Contains("very-secret"));
  }
}
