// Operators, access, secrets from files, and where each value came from.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"
#include "core/digest.hpp"
#include "support/own_file.hpp"

using namespace dugout;

namespace {

using AccessVariables = std::map<std::string, std::string>;

struct LoadedAccess {
  config::Settings settings;
  core::Findings findings;
  config::SettingOrigins origins;
  std::string file;

  std::string all() const {
    std::string text;
    for (const auto& finding : findings) text += finding.text() + "\n";
    return text;
  }
  config::SettingOrigin origin(const std::string& key) const {
    for (const auto& one : origins) {
      if (one.key == key) return one;
    }
    return {};
  }
};

LoadedAccess load_access(const std::string& yaml, const AccessVariables& variables = {}) {
  LoadedAccess out;
  config::SettingsSource source;
  source.file = out.file = test::own_file("access_settings_test.yaml");
  std::ofstream(source.file) << yaml;
  source.environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  source.listen = "127.0.0.1:0";
  out.settings = config::load_settings(source, out.findings, &out.origins);
  std::filesystem::remove(source.file);
  return out;
}

std::string token_hash() {
  static const auto hash = core::fresh_token(1000).hash;
  return hash;
}

// A file with a secret in it, as containers hand it over.
struct SecretFile {
  explicit SecretFile(const std::string& text) : path(test::own_file("secret_file")) {
    std::ofstream(path) << text;
  }
  ~SecretFile() { std::filesystem::remove(path); }
  const std::string path;
};

}  // namespace

TEST_CASE("AccessSettingsTest.OperatorsAreKnownByAHashAVariableOrAFile") {
  const SecretFile file("a-token-in-a-file-of-its-own\n");
  const auto loaded = load_access(
      "operators:\n"
      "  - {name: vera, role: viewer, token_hash: \"" +
          token_hash() +
          "\"}\n"
          "  - {name: otto, role: operator, token: \"${OTTO}\"}\n"
          "  - {name: ada, role: admin, token_file: " +
          file.path + "}\n",
      {{"OTTO", "a-token-of-a-variable"}});

  REQUIRE(loaded.all().empty());
  REQUIRE(loaded.settings.operators.size() == 3);
  CHECK(loaded.settings.operators[0].token_hash == token_hash());
  CHECK(loaded.settings.operators[1].token.reveal() == "a-token-of-a-variable");
  CHECK(loaded.settings.operators[2].token.reveal() == "a-token-in-a-file-of-its-own");
  CHECK(loaded.settings.has_operators());
  CHECK(loaded.settings.access.client_sessions == "open");
}

TEST_CASE("AccessSettingsTest.MistakesAreNamedWithTheirMend") {
  const auto hash = "token_hash: \"" + token_hash() + "\"";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"operators: {name: vera}\n", "must be a list"},
      {"operators: [{name: vera, role: viewer}]\n", "dugout token new"},
      {"operators: [{name: vera, role: chief, " + hash + "}]\n", "viewer, operator or admin"},
      {"operators: [{name: Vera K, role: viewer, " + hash + "}]\n", "small letters"},
      {"operators: [{name: admin, role: viewer, " + hash + "}]\n", "must not be admin"},
      {"operators: [{name: a, role: admin, " + hash + "}, {name: a, role: admin, " + hash + "}]\n",
       "is there twice"},
      {"operators: [{name: vera, role: viewer, token_hash: sesame}]\n", "is no hash of a token"},
      {"operators: [{name: vera, role: viewer, token: a-plain-token-in-yaml}]\n",
       "holds the secret itself (keep it out of the file: write ${NAME}"},
      {"operators: [{name: vera, role: viewer, token: \"${T}\", " + hash + "}]\n", "stands beside"},
      {"operators: [{name: vera, role: viewer, token_file: /no/such/file}]\n", "cannot be read"},
      {"access: {client_sessions: closed}\n", "open or bound"},
      {"access: {cors: {origins: [\"*\"]}}\n", "there is no *"},
      {"access: {cors: {origins: [\"https://club.example.org/\"]}}\n", "which is none"},
      {"access: {cors: {any: true}}\n", "unknown key"}};
  for (const auto& [yaml, words] : cases) {
    INFO(yaml);
    const auto loaded = load_access(yaml, {{"T", "a-token-of-a-variable"}});
    CHECK(core::has_errors(loaded.findings));
    CHECK_THAT(loaded.all(), Catch::Contains(words));
    CHECK_THAT(loaded.all(), !Catch::Contains("a-plain-token"));
  }
}

TEST_CASE("AccessSettingsTest.APlainTokenOfTheAdminIsAWarning") {
  const auto loaded = load_access("admin: {token: a-plain-token-in-yaml}\n");

  CHECK_FALSE(core::has_errors(loaded.findings));
  CHECK_THAT(loaded.all(), Catch::Contains("\"admin.token\" holds the secret itself"));
}

TEST_CASE("AccessSettingsTest.AVariableMayNameAFileInstead") {
  const SecretFile file("a-secret-of-a-container\n");
  const auto loaded = load_access("services: {sms: {auth_token: \"${SMS_TOKEN}\"}}\n",
                                  {{"DUGOUT_ADMIN_TOKEN_FILE", file.path},
                                   {"OPENAI_API_KEY_FILE", file.path},
                                   {"SMS_TOKEN_FILE", file.path}});

  CHECK(loaded.all().empty());
  CHECK(loaded.settings.admin_token.reveal() == "a-secret-of-a-container");
  CHECK(loaded.settings.providers.at("openai_chat").api_key.reveal() == "a-secret-of-a-container");
  CHECK_THAT(loaded.settings.services.at("sms"), Catch::Contains("a-secret-of-a-container"));
  const auto lost = load_access("", {{"OPENAI_API_KEY_FILE", "/no/such/file"}});
  CHECK_THAT(lost.all(), Catch::Contains("OPENAI_API_KEY_FILE names a file that cannot be read"));
  CHECK(lost.findings.size() == 1);
}

TEST_CASE("SettingOriginsTest.EachValueSaysWhereItCameFromAndSecretsAreMasked") {
  const auto loaded = load_access(
      "limits:\n  body_bytes: 64KiB\n"
      "providers:\n  local: {base_url: \"http://localhost:1\", api_key: \"${LOCAL_KEY}\"}\n"
      "retry: {max_retries: 2}\n"
      "services: {sms: {backend: local, auth_token: plain-secret, sid: \"${SID}\"}}\n",
      {{"DUGOUT_LIMITS_QUEUED", "7"},
       {"LOCAL_KEY", "very-secret"},
       {"SID", "very-secret"},
       {"OPENAI_API_KEY", "very-secret"},
       {"DUGOUT_ADMIN_TOKEN", "very-secret-token-of-all"},
       {"AI_RETRY_BASE_DELAY", "2"},
       {"OTEL_SERVICE_NAME", "club"}});
  const auto is = [&](const std::string& key, const std::string& value, const std::string& from) {
    INFO(key);
    CHECK(loaded.origin(key).value == value);
    CHECK(loaded.origin(key).from == from);
  };

  is("listen", "127.0.0.1:0", "command line --listen");
  is("limits.body_bytes", "65536", loaded.file + ":2");
  is("limits.queued", "7", "environment DUGOUT_LIMITS_QUEUED");
  is("limits.keep_alive", "10", "default");
  is("providers.local.api_key", "***", loaded.file + ":4 ${LOCAL_KEY}");
  is("providers.openai_chat.api_key", "***", "default ${OPENAI_API_KEY}");
  is("admin.token", "***", "environment DUGOUT_ADMIN_TOKEN");
  is("metrics.token", "", "default");
  is("retry.max_retries", "2", loaded.file + ":5");
  is("retry.base_delay", "2", "environment AI_RETRY_BASE_DELAY");
  is("retry.multiplier", "2", "default");
  is("retry.call_types.photo.max_retries", "5", "default");
  is("traces.service_name", "club", "environment OTEL_SERVICE_NAME");
  is("services.sms.backend", "local", loaded.file + ":6");
  is("services.sms.auth_token", "***", loaded.file + ":6");
  is("services.sms.sid", "${SID}", loaded.file + ":6");
  is("store", "var/dugout.db", "default");
  for (const auto& origin : loaded.origins) {
    CHECK_THAT(origin.value + origin.from, !Catch::Contains("secret"));
  }
}
