// Plain text, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace raw_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

TEST_CASE("RawTest.PlainTextIsShownTrimmedAndMovesNothing") {
  PluginUnderTest plugin("parser.raw");

  const auto answer = plugin.parse("\xEF\xBB\xBF\n Which \"team\", Zoë? {or none} \n");

  REQUIRE(answer.done());
  CHECK(answer.json() == json{{"agent_final_response", "Which \"team\", Zoë? {or none}"}});
}

TEST_CASE("RawTest.BlankTextIsEmpty") {
  PluginUnderTest plugin("parser.raw");

  CHECK(plugin.parse("").status == DUGOUT_E_EMPTY);
  CHECK(plugin.parse(" \r\n\t").status == DUGOUT_E_EMPTY);
}

TEST_CASE("RawTest.WhatLooksLikeBrokenJsonIsLeftAlone") {
  PluginUnderTest plugin("parser.raw");

  for (const auto* raw : {"{\"agent_final", "[1, 2", "```json\n{", "```\n {\"a\"", "  {",
                          "Sure: {\"agent_final_response\": \"Hi"}) {
    INFO(raw);
    CHECK(plugin.parse(raw).status == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("RawTest.OtherFencesAreText") {
  PluginUnderTest plugin("parser.raw");

  CHECK(plugin.parse("```\nls\n```").done());
}

}  // namespace raw_test
