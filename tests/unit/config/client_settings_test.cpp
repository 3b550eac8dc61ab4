// The keys about limits of clients and TLS: both sources, and what is refused.
#include "config/client_settings.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "config/settings.hpp"
#include "support/own_file.hpp"

namespace dugout {
namespace {

config::Settings load_clients(const std::string& yaml,
                              const std::map<std::string, std::string>& variables,
                              core::Findings& findings) {
  config::SettingsSource source;
  source.file = test::own_file("client_settings_test.yaml");
  std::ofstream(source.file) << yaml;
  source.environment = [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  const auto settings = config::load_settings(source, findings);
  std::filesystem::remove(source.file);
  return settings;
}

std::string first_fault(const std::string& yaml) {
  core::Findings findings;
  static_cast<void>(load_clients(yaml, {}, findings));
  return findings.empty() ? "" : findings[0].text();
}

}  // namespace

TEST_CASE("ClientSettingsTest.TheFileAndTheEnvironmentSetThem") {
  core::Findings findings;
  const auto settings = load_clients(
      "limits:\n  connections_per_address: 9\n  head_timeout: 2500ms\n  proxies: [\"::1\", "
      "10.0.0.0/8]\n  rates: {chat_per_second: 2.5, chat_burst: 7}\n"
      "tls: {certificate: a.pem, key: a.key, minimum: 1.3, http_redirect: 80, hsts_seconds: 60}\n",
      {{"DUGOUT_LIMITS_RATES_SESSION_BURST", "3"},
       {"DUGOUT_LIMITS_PROXY_HEADER", "Forwarded"},
       {"DUGOUT_TLS_KEY_PASSWORD", "open-sesame"}},
      findings);

  CHECK(findings.empty());
  CHECK(settings.clients.connections_per_address == 9);
  CHECK(settings.clients.head_timeout == 2.5);
  CHECK(settings.clients.proxies == std::vector<std::string>{"::1", "10.0.0.0/8"});
  CHECK(settings.clients.proxy_header == "forwarded");
  CHECK(settings.clients.chat.per_second == 2.5);
  CHECK(settings.clients.chat.burst == 7);
  CHECK(settings.clients.session.burst == 3);
  CHECK(settings.tls.minimum == "1.3");
  CHECK(settings.tls.hsts_seconds == 60);
  CHECK(settings.tls.http_redirect == 80);
  CHECK(settings.tls.key_password.reveal() == "open-sesame");
  CHECK(settings.public_url == "https://127.0.0.1:8080");
}

TEST_CASE("ClientSettingsTest.AListOfNetworksInAVariableHasCommas") {
  core::Findings findings;
  const auto settings =
      load_clients("", {{"DUGOUT_LIMITS_PROXIES", "fd00::/8, 127.0.0.1"}}, findings);
  CHECK(findings.empty());
  CHECK(settings.clients.proxies == std::vector<std::string>{"fd00::/8", "127.0.0.1"});
}

TEST_CASE("ClientSettingsTest.WhatCannotBeIsRefusedByName") {
  CHECK_THAT(first_fault("limits: {proxies: [10.0.0.0/40]}"), Catch::Contains("limits.proxies"));
  CHECK_THAT(first_fault("limits: {proxies: [example.org]}"), Catch::Contains("limits.proxies"));
  CHECK_THAT(first_fault("limits: {rates: {chat: 5}}"), Catch::Contains("unknown key"));
  CHECK_THAT(first_fault("limits: {head_timeout: 0}"), Catch::Contains("head_timeout"));
  CHECK_THAT(first_fault("tls: {certificate: a.pem}"), Catch::Contains("tls.key"));
  CHECK_THAT(first_fault("tls: {minimum: 1.1}"), Catch::Contains("tls.minimum"));
  CHECK_THAT(first_fault("tls: {http_redirect: 80}"), Catch::Contains("tls.http_redirect"));
  CHECK_THAT(first_fault("tls: {certificate: a.pem, key: a.key, http_redirect: 80}\n"
                         "public_url: http://join.example.org\n"),
             Catch::Contains("public_url") && Catch::Contains("must be https"));
}

}  // namespace dugout
