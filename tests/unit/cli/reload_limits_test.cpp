// Which changes of the settings wait for a restart, and are said to do so.
#include "cli/reload_limits.hpp"

#include <catch2/catch.hpp>

namespace dugout::test {

using Keys = std::vector<std::string>;

TEST_CASE("ReloadLimitsTest.SameSettingsNeedNoRestart") {
  CHECK(cli::keys_for_a_restart({}, {}).empty());
}

TEST_CASE("ReloadLimitsTest.WhatARunningServerTakesOverIsNotNamed") {
  config::Settings read;
  read.limits.message_characters = 7;
  read.limits.queue_wait = 1.0;
  read.log.level = "debug";
  read.reload.debounce = 1.0;
  read.services["sms"] = "{}";
  read.providers["own"].base_url = "http://127.0.0.1:1";

  CHECK(cli::keys_for_a_restart({}, read).empty());
}

TEST_CASE("ReloadLimitsTest.WhatItHasFromItsStartIsNamed") {
  config::Settings read;
  std::string key;
  SECTION("listen") {
    key = "listen", read.listen_port = 1;
  }
  SECTION("limits") {
    key = "limits", read.limits.queued = 1;
  }
  SECTION("log") {
    key = "log", read.log.file = "x";
  }
  SECTION("records") {
    key = "services.records";
    read.services["records"] = R"({"backend":"airtable"})";
  }
  SECTION("answers") {
    key = "providers.*.body_bytes";
    read.providers["own"].body_bytes = std::size_t{32} << 20;
  }

  CHECK(cli::keys_for_a_restart({}, read) == Keys{key});
}

}  // namespace dugout::test
