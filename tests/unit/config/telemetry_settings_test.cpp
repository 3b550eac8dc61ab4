// Settings of the log and of traces, with OpenTelemetry's own variables.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "config/settings.hpp"
#include "support/own_file.hpp"

using namespace dugout;

namespace {

using Variables = std::map<std::string, std::string>;

struct LoadedTelemetry {
  config::Settings settings;
  core::Findings findings;
  const config::TraceSettings& traces() const { return settings.traces; }
};

LoadedTelemetry load_telemetry(const std::string& yaml, const Variables& variables = {}) {
  LoadedTelemetry out;
  config::SettingsSource source;
  source.file = test::own_file("telemetry_settings_test.yaml");
  std::ofstream(source.file) << yaml;
  source.environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  out.settings = config::load_settings(source, out.findings);
  std::filesystem::remove(source.file);
  return out;
}

}  // namespace

TEST_CASE("TelemetrySettingsTest.NothingIsSentAndTheLogGoesToStderrByDefault") {
  const auto loaded = load_telemetry("");

  CHECK(loaded.findings.empty());
  CHECK(loaded.traces().endpoint.empty());
  CHECK_FALSE(loaded.traces().texts);
  CHECK(loaded.traces().sample == 1.0);
  CHECK(loaded.settings.log.level.empty());
  CHECK(loaded.settings.log.file.empty());
  CHECK(loaded.settings.log.queue == 8192);
  CHECK(loaded.settings.metrics.enabled);
}

TEST_CASE("TelemetrySettingsTest.TheFileSetsThem") {
  const auto loaded = load_telemetry(
      "log: {level: debug, format: json, file: \"${data}/log/dugout.log\", file_bytes: 1MiB,"
      " files: 3, queue: 100, queue_bytes: 64KiB}\n"
      "traces:\n"
      "  endpoint: http://collector:4318/\n"
      "  headers: {Authorization: \"Bearer ${TOKEN}\", x-none: \"${UNSET}\"}\n"
      "  service_name: lions\n"
      "  sample: 0.1\n"
      "  texts: true\n"
      "  batch_every: 500ms\n"
      "metrics: {enabled: false}\n",
      {{"TOKEN", "s3cret"}});

  CHECK(loaded.findings.empty());
  CHECK(loaded.settings.log.level == "debug");
  CHECK(loaded.settings.log.file == "var/log/dugout.log");
  CHECK(loaded.settings.log.file_bytes == 1048576);
  CHECK(loaded.settings.log.queue == 100);
  CHECK(loaded.traces().endpoint == "http://collector:4318/v1/traces");
  REQUIRE(loaded.traces().headers.size() == 1);
  CHECK(loaded.traces().headers.at("authorization").reveal() == "Bearer s3cret");
  CHECK(loaded.traces().service_name == "lions");
  CHECK(loaded.traces().sample == 0.1);
  CHECK(loaded.traces().texts);
  CHECK(loaded.traces().batch_every == 0.5);
  CHECK_FALSE(loaded.settings.metrics.enabled);
}

TEST_CASE("TelemetrySettingsTest.TheStandardVariablesAreHeard") {
  const auto loaded = load_telemetry("traces: {endpoint: \"http://file:4318\", sample: 1}\n",
                                     {{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel:4318/base"},
                                      {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%2Cb, X-Two = 2 ,"},
                                      {"OTEL_SERVICE_NAME", "from-otel"},
                                      {"OTEL_TRACES_SAMPLER_ARG", "0.25"}});

  CHECK(loaded.findings.empty());
  CHECK(loaded.traces().endpoint == "https://otel:4318/base/v1/traces");
  CHECK(loaded.traces().headers.at("api-key").reveal() == "a,b");
  CHECK(loaded.traces().headers.at("x-two").reveal() == "2");
  CHECK(loaded.traces().service_name == "from-otel");
  CHECK(loaded.traces().sample == 0.25);
}

TEST_CASE("TelemetrySettingsTest.OurOwnVariablesComeBeforeTheStandardOnes") {
  const auto loaded = load_telemetry("", {{"DUGOUT_TRACES_ENDPOINT", "http://ours:4318"},
                                          {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318"},
                                          {"DUGOUT_TRACES_SERVICE_NAME", "ours"},
                                          {"OTEL_SERVICE_NAME", "otel"},
                                          {"DUGOUT_TRACES_SAMPLE", "0.5"},
                                          {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                                          {"DUGOUT_LOG_LEVEL", "error"}});

  CHECK(loaded.findings.empty());
  CHECK(loaded.traces().endpoint == "http://ours:4318/v1/traces");
  CHECK(loaded.traces().service_name == "ours");
  CHECK(loaded.traces().sample == 0.5);
  CHECK(loaded.settings.log.level == "error");
}

TEST_CASE("TelemetrySettingsTest.TheTracesEndpointIsTakenAsItIsAndTheSwitchesTurnItOff") {
  const Variables whole{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://base:4318"},
                        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://other:9/in"}};
  auto off = whole;
  off["OTEL_SDK_DISABLED"] = "true";
  auto none = whole;
  none["OTEL_TRACES_EXPORTER"] = "none";

  CHECK(load_telemetry("", whole).traces().endpoint == "http://other:9/in");
  CHECK(load_telemetry("", off).traces().endpoint.empty());
  CHECK(load_telemetry("", none).traces().endpoint.empty());
}

TEST_CASE("TelemetrySettingsTest.MistakesOfTheFileHaveTheirPlace") {
  for (const auto* yaml :
       {"log: {level: loud}\n", "log: {format: xml}\n", "log: {files: 0}\n", "log: {queue: -1}\n",
        "log: {levels: debug}\n", "traces: {endpoint: collector}\n",
        "traces: {endpoint: \"http://c/?a=b\"}\n", "traces: {sample: 1.5}\n",
        "traces: {texts: maybe}\n", "traces: {headers: {\"a b\": x}}\n",
        "traces: {headers: {x: \"s3cret\\nline\"}}\n", "traces: {batch_every: 0}\n",
        "traces: {end_point: x}\n", "metrics: {enabled: 7}\n"}) {
    INFO(yaml);
    const auto loaded = load_telemetry(yaml);
    REQUIRE(loaded.findings.size() == 1);
    CHECK(core::has_errors(loaded.findings));
    CHECK_THAT(loaded.findings[0].text(), Catch::Contains(":1:"));
    CHECK_THAT(loaded.findings[0].text(), !Catch::Contains("s3cret"));
  }
}

TEST_CASE("TelemetrySettingsTest.MistakesOfTheEnvironmentNameTheVariableAndNoSecret") {
  for (const auto& [name, value] : Variables{{"OTEL_EXPORTER_OTLP_ENDPOINT", "s3cret"},
                                             {"OTEL_EXPORTER_OTLP_HEADERS", "s3cret"},
                                             {"OTEL_TRACES_SAMPLER_ARG", "s3cret"},
                                             {"DUGOUT_LOG_LEVEL", "s3cret"}}) {
    INFO(name);
    const auto loaded = load_telemetry("", {{name, value}});
    REQUIRE(loaded.findings.size() == 1);
    CHECK_THAT(loaded.findings[0].text(), Catch::Contains(name));
    CHECK_THAT(loaded.findings[0].text(), !Catch::Contains("s3cret"));
  }
  const auto grpc = load_telemetry("", {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"},
                                        {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}});
  REQUIRE(grpc.findings.size() == 1);
  CHECK_FALSE(core::has_errors(grpc.findings));
}
