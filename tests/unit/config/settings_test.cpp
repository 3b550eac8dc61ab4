// Settings: defaults, the three sources above them, and what is refused.
#include "config/settings.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json.hpp"
#include "support/own_file.hpp"

using namespace dugout;
using Variables = std::map<std::string, std::string>;

namespace {

struct Loaded {
  config::Settings settings;
  core::Findings findings;
  std::string file;
  std::string first() const { return findings.empty() ? "" : findings[0].text(); }
};

config::Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

Loaded load(const std::string& yaml, Variables variables = {}, config::SettingsSource source = {}) {
  static int number = 0;
  Loaded out;
  out.file = test::own_file("settings_test_" + std::to_string(++number) + ".yaml");
  std::ofstream(out.file) << yaml;
  source.file = out.file;
  source.environment = environment(std::move(variables));
  out.settings = config::load_settings(source, out.findings);
  std::filesystem::remove(out.file);
  return out;
}

void expect_refused(const std::string& yaml, const std::string& place, const std::string& words) {
  INFO(yaml);
  const auto loaded = load(yaml);
  REQUIRE_FALSE(loaded.findings.empty());
  CHECK_THAT(loaded.first(), Catch::StartsWith(loaded.file + ":" + place + ": error: "));
  CHECK_THAT(loaded.first(), Catch::Contains(words));
}

}  // namespace

TEST_CASE("SettingsTest.WithoutAFileAllDefaultsStand") {
  core::Findings findings;
  config::SettingsSource source;
  source.file = "no/such/dugout.yaml";

  const auto settings = config::load_settings(source, findings);

  CHECK(findings.empty());
  CHECK(settings.listen_host == "127.0.0.1");
  CHECK(settings.listen_port == 8080);
  CHECK(settings.data == "var");
  CHECK(settings.store == "var/dugout.db");
  CHECK(settings.root == ".");
  CHECK(settings.plugin_path.empty());
  CHECK(settings.limits.body_bytes == 1048576);
  CHECK(settings.limits.upload_bytes == 10485760);
  CHECK(settings.limits.message_characters == 4000);
  CHECK(settings.limits.turns_in_flight == 5000);
  CHECK(settings.limits.batch_calls == 1000);
  CHECK(settings.limits.batch_bytes == 8388608);
  CHECK(settings.limits.batch_concurrency == 8);
  REQUIRE(settings.providers.size() == 2);
  const auto& responses = settings.providers.at("openai_responses");
  CHECK(responses.codec == "openai_responses");
  CHECK(responses.base_url == "https://api.openai.com/v1");
  CHECK(responses.api_key.empty());
}

TEST_CASE("SettingsTest.ANamedFileMustExist") {
  core::Findings findings;
  config::SettingsSource source;
  source.file = "no/such/dugout.yaml";
  source.file_required = true;

  config::load_settings(source, findings);

  REQUIRE(findings.size() == 1);
  CHECK_THAT(findings[0].text(), Catch::Contains("no such file"));
}

TEST_CASE("SettingsTest.TheFileSetsEveryKey") {
  const auto loaded = load(R"(
listen: "[::1]:0"
data: /srv/dugout
store: ${data}/store.db
root: /srv/app
plugin_path: [/a, "${data}/plugins"]
limits: {body_bytes: 64KiB, upload_bytes: 20MiB, message_characters: 100, turns_in_flight: 7,
         batch_calls: 5, batch_bytes: 4KiB, batch_concurrency: 2, queued: 0, queue_wait: 5s, keep_alive: 250ms}
providers:
  local: {codec: openai_chat, base_url: "http://localhost:1/v1/", api_key: "${LOCAL_KEY:-abc}", timeout: 5, body_bytes: 2048}
retry: {max_retries: 1, call_types: {photo: {base_delay: 3}}}
plugins:
  tool.address_lookup: {folder: "${data}/addresses", port: 7, on: true}
)");

  for (const auto& finding : loaded.findings) UNSCOPED_INFO(finding.text());
  REQUIRE(loaded.findings.empty());
  const auto& settings = loaded.settings;
  CHECK(settings.listen_host == "::1");
  CHECK(settings.listen_port == 0);
  CHECK(settings.store == "/srv/dugout/store.db");
  CHECK(settings.root == "/srv/app");
  CHECK(settings.plugin_path == std::vector<std::string>{"/a", "/srv/dugout/plugins"});
  CHECK(settings.limits.body_bytes == 65536);
  CHECK(settings.limits.upload_bytes == 20971520);
  CHECK(settings.limits.message_characters == 100);
  CHECK(settings.limits.turns_in_flight == 7);
  CHECK(settings.limits.batch_calls == 5);
  CHECK(settings.limits.batch_bytes == 4096);
  CHECK(settings.limits.batch_concurrency == 2);
  CHECK(settings.limits.queued == 0);
  CHECK(settings.limits.queue_wait == 5.0);
  CHECK(settings.limits.keep_alive == 0.25);
  const auto& local = settings.providers.at("local");
  CHECK(local.codec == "openai_chat");
  CHECK(local.base_url == "http://localhost:1/v1");
  CHECK(local.api_key.reveal() == "abc");
  CHECK(local.timeout == 5.0);
  CHECK(local.body_bytes == 2048);
  CHECK(settings.retry.all.max_retries == 1);
  CHECK(settings.plugins.at("tool.address_lookup") ==
        R"({"folder":"/srv/dugout/addresses","on":true,"port":7})");
}

TEST_CASE("SettingsTest.TheEnvironmentStandsAboveTheFile") {
  const auto loaded = load("listen: 1.2.3.4:1\nlimits: {queued: 1}\nplugin_path: [/file]\n",
                           {{"DUGOUT_LISTEN", "localhost:99"},
                            {"DUGOUT_DATA", "/d"},
                            {"DUGOUT_ROOT", "/r"},
                            {"DUGOUT_PLUGIN_PATH", "/x:/y"},
                            {"DUGOUT_LIMITS_QUEUED", "5"},
                            {"DUGOUT_LIMITS_KEEP_ALIVE", ""},
                            {"DUGOUT_PROVIDERS_OPENAI_CHAT_TIMEOUT", "3"},
                            {"OPENAI_BASE_URL", "http://127.0.0.1:9/v1"},
                            {"OPENAI_API_KEY", "key"}});

  REQUIRE(loaded.findings.empty());
  const auto& settings = loaded.settings;
  CHECK(settings.listen_host == "localhost");
  CHECK(settings.listen_port == 99);
  CHECK(settings.store == "/d/dugout.db");
  CHECK(settings.root == "/r");
  CHECK(settings.plugin_path == std::vector<std::string>{"/x", "/y"});
  CHECK(settings.limits.queued == 5);
  CHECK(settings.limits.keep_alive == 10.0);
  CHECK(settings.providers.at("openai_chat").timeout == 3.0);
  CHECK(settings.providers.at("openai_chat").base_url == "http://127.0.0.1:9/v1");
  CHECK(settings.providers.at("openai_responses").api_key.reveal() == "key");
}

TEST_CASE("SettingsTest.TheCommandLineStandsAboveAll") {
  config::SettingsSource source;
  source.listen = "127.0.0.1:0";
  source.data = "/cli";
  source.root = "/app";
  source.plugin_path = {"/first"};

  const auto loaded = load("data: /file\nplugin_path: /second\n",
                           {{"DUGOUT_LISTEN", "1.1.1.1:1"}, {"DUGOUT_DATA", "/env"}}, source);

  REQUIRE(loaded.findings.empty());
  CHECK(loaded.settings.listen_port == 0);
  CHECK(loaded.settings.data == "/cli");
  CHECK(loaded.settings.store == "/cli/dugout.db");
  CHECK(loaded.settings.root == "/app");
  CHECK(loaded.settings.plugin_path == std::vector<std::string>{"/first", "/second"});
}

TEST_CASE("SettingsTest.MistakesHavePlaceAndHint") {
  expect_refused("listn: 1.1.1.1:1\n", "1:1", "unknown key \"listn\" (did you mean \"listen\"?)");
  expect_refused("limits:\n  body_byte: 1\n", "2:3", "did you mean \"body_bytes\"?");
  expect_refused("limits:\n  body_bytes: many\n", "2:15", "no size from 1024 to 67108864 bytes");
  expect_refused("limits: {message_characters: 0}\n", "1:30", "no whole number from 1 to 1000000");
  expect_refused("limits: {message_characters: \"5\"}\n", "1:30", "no whole number");
  expect_refused("limits: {queue_wait: -1}\n", "1:22", "no time from 0 to 600 seconds");
  expect_refused("limits: [1]\n", "1:9", "\"limits\" must be a map");
  expect_refused("listen: 8080\n", "1:9", "no address");
  expect_refused("data: [a]\n", "1:7", "must be a single value");
  expect_refused("data: ${NOWHERE}\n", "1:7", "needs the environment variable NOWHERE");
  expect_refused("data: ${NOWHERE\n", "1:7", "not closed");
  expect_refused("data: ${a b}\n", "1:7", "names no variable");
  expect_refused("providers: {x: {base_url: ftp://y}}\n", "1:27", "must be a URL");
  expect_refused("providers:\n  x: {}\n", "2:3", "\"providers.x.base_url\" must be a URL");
  expect_refused("providers: {openai_chat: {key: a}}\n", "1:27", "unknown key \"key\"");
  expect_refused("plugins: {tool.x: 1}\n", "1:19", "must be a map");
  expect_refused("plugins: {tool.x: {a: [\"${NO}\"]}}\n", "1:24", "environment variable NO");
  expect_refused("retry: {max_retries: 11}\n", "1:22", "no whole number from 0 to 10");
  expect_refused("retry: {jitter: 1.5}\n", "1:17", "no number from 0 to 1");
  expect_refused("retry: {call_types: {photo: {delay: 1}}}\n", "1:30", "unknown key \"delay\"");
  expect_refused("- a\n", "1:1", "the file must be a map");
  expect_refused("data: a\ndata: b\n", "2:1", "given twice");
}

TEST_CASE("SettingsTest.AMistakeLeavesTheDefault") {
  const auto loaded = load("limits: {queued: x}\n");

  CHECK(core::has_errors(loaded.findings));
  CHECK(loaded.settings.limits.queued == 1000);
}

TEST_CASE("SettingsTest.BadVariablesAreNamedWithValueAndRange") {
  const auto loaded = load("", {{"DUGOUT_LIMITS_QUEUED", "12x"}});

  REQUIRE(loaded.findings.size() == 1);
  CHECK(loaded.first() ==
        "environment: error: DUGOUT_LIMITS_QUEUED is \"12x\", which is no whole number from 0 to "
        "100000");
}

TEST_CASE("SettingsTest.SecretsAreNeverShown") {
  const auto loaded =
      load("providers: {openai_chat: {api_key: \"sk-very-secret\", base_url: nope}}\n");
  std::ostringstream shown;
  shown << loaded.settings.providers.at("openai_chat").api_key;

  CHECK(shown.str() == "***");
  CHECK(config::Secret().text().empty());
  for (const auto& finding : loaded.findings) {
    CHECK_THAT(finding.text(), !Catch::Contains("very-secret"));
  }
}

TEST_CASE("SettingsTest.AnUnsetKeyOfItsOwnNeverFallsBackOnAnother") {
  const auto loaded =
      load("providers: {openai_chat: {api_key: \"${MY_KEY}\"}}\n", {{"OPENAI_API_KEY", "theirs"}});

  CHECK(loaded.findings.empty());
  CHECK(loaded.settings.providers.at("openai_chat").api_key.empty());
  CHECK(loaded.settings.providers.at("openai_responses").api_key.reveal() == "theirs");
}

TEST_CASE("SettingsTest.SubstitutionIsOnePass") {
  const auto variables = environment({{"A", "${B}"}, {"B", "b"}, {"EMPTY", ""}});
  std::string why;

  CHECK(config::substitute("x${A}y", variables, "d", why) == "x${B}y");
  CHECK(config::substitute("${data}/${B}", variables, "d", why) == "d/b");
  CHECK(config::substitute("${NO:-def}${EMPTY:-e}${B:-c}", variables, "d", why) == "defeb");
  CHECK(config::substitute("${EMPTY}$B", variables, "d", why) == "$B");
  CHECK(config::substitute("${NO:-}", variables, "d", why) == "");
  CHECK_FALSE(config::substitute("${NO}", variables, "d", why));
  CHECK_FALSE(config::substitute("${}", variables, "d", why));
}

TEST_CASE("SettingsTest.ListenAddressesAreParsed") {
  CHECK(config::parse_listen("127.0.0.1:8080") ==
        std::pair{std::string("127.0.0.1"), std::uint16_t{8080}});
  CHECK(config::parse_listen("[::1]:0") == std::pair{std::string("::1"), std::uint16_t{0}});
  for (const auto* bad : {"", ":80", "host", "host:", "host:65536", "host:-1", "host:8o", "::1:80",
                          "a b:1", "http://x:1", "host:80 "}) {
    INFO(bad);
    CHECK_FALSE(config::parse_listen(bad));
  }
}

TEST_CASE("SettingsTest.TheExampleFileIsValidAndSaysTheDefaults") {
  core::Findings findings;
  config::SettingsSource source;
  source.file = std::string(DUGOUT_SOURCE_DIR) + "/docs/dugout.yaml.example";
  source.file_required = true;
  const auto example = config::load_settings(source, findings);
  source.file = "none";
  source.file_required = false;
  const auto standard = config::load_settings(source, findings);

  for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
  REQUIRE(findings.empty());
  CHECK(example.listen_port == standard.listen_port);
  CHECK(example.store == standard.store);
  CHECK(example.limits.body_bytes == standard.limits.body_bytes);
  CHECK(example.limits.upload_bytes == standard.limits.upload_bytes);
  CHECK(example.limits.queue_wait == standard.limits.queue_wait);
  CHECK(example.limits.keep_alive == standard.limits.keep_alive);
  CHECK(example.providers.at("openai_chat").base_url ==
        standard.providers.at("openai_chat").base_url);
  CHECK(example.providers.at("openai_chat").body_bytes ==
        standard.providers.at("openai_chat").body_bytes);
  for (const auto* type : {"registration", "photo", "rereg"}) {
    const auto left = config::retry_for(example, type, nullptr, findings);
    const auto right = config::retry_for(standard, type, nullptr, findings);
    CHECK(left.max_retries == right.max_retries);
    CHECK(left.base_delay == right.base_delay);
    CHECK(left.max_total_delay == right.max_total_delay);
    CHECK(left.attempt_timeout == right.attempt_timeout);
  }
}

TEST_CASE("SettingsTest.ServicesAreHandedOnWithTheirVariablesFilledIn") {
  const auto loaded =
      load("services:\n  sms: {backend: twilio, auth_token: \"${SMS_TOKEN:-}\", tries: 3}\n",
           {{"SMS_TOKEN", "s3cret"}});

  CHECK(loaded.findings.empty());
  CHECK(loaded.settings.services.at("sms") ==
        R"({"auth_token":"s3cret","backend":"twilio","tries":3})");
  expect_refused("services: {sms: local}\n", "1:17", "must be a map");
}

TEST_CASE("SettingsTest.ThePublicAddressFollowsTheOneListenedAtUnlessItIsSet") {
  CHECK(load("listen: 127.0.0.1:9000\n").settings.public_url == "http://127.0.0.1:9000");
  CHECK(load("listen: 0.0.0.0:80\n").settings.public_url == "http://127.0.0.1:80");
  CHECK(load("public_url: https://join.example.org/\n").settings.public_url ==
        "https://join.example.org");
  expect_refused("public_url: join.example.org\n", "1:13", "must be a URL");
}

TEST_CASE("SettingsTest.JobsAreTurnedOffAndMoved") {
  const auto jobs =
      load("jobs:\n  a: {enabled: false}\n  b: {at: \"08:30\"}\n  c: {every: 2h}\n").settings.jobs;

  CHECK_FALSE(jobs.at("a").enabled);
  CHECK(jobs.at("b").at == "08:30");
  CHECK(jobs.at("c").every == 7200.0);
  expect_refused("jobs: {a: {enabled: perhaps}}\n", "1:21", "must be true or false");
  expect_refused("jobs: {a: {every: 1s}}\n", "1:19", "from 60");
  expect_refused("jobs: {a: {at: \"25:00\"}}\n", "1:16", "time of day");
}

TEST_CASE("SettingsTest.RetentionIsSetInDays") {
  const auto usual = load("").settings.retention;
  const auto set = load(
                       "privacy: {retention: {unfinished_days: 10, finished_days: 20, "
                       "jobs_days: 30}}\n")
                       .settings.retention;

  CHECK(usual.unfinished_days == 90);
  CHECK(usual.finished_days == 400);
  CHECK(usual.jobs_days == 90);
  CHECK(set.unfinished_days == 10);
  CHECK(set.finished_days == 20);
  CHECK(set.jobs_days == 30);
  expect_refused("privacy: {retention: {jobs_days: 0}}\n", "1:34", "from 1");
  expect_refused("privacy: {retention: {days: 3}}\n", "1:23", "");
}
