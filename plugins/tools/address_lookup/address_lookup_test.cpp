// The address look-up over a table in memory: the fixtures of the flow, and what must not be found.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace address_lookup_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

void seed() {
  dugout::test::reset_services();
  dugout::test::rows()["addresses"] =
      json::array({{{"id", "a1"},
                    {"postcode", "M41 7QT"},
                    {"house_number", 14},
                    {"formatted_address", "14 Brookfield Rd, Urmston, Manchester M41 7QT, UK"},
                    {"line_1", "14 Brookfield Rd"},
                    {"town", "Urmston"},
                    {"city", "Manchester"}},
                   {{"id", "a2"},
                    {"postcode", "M32 9LX"},
                    {"house_number", "5B"},
                    {"formatted_address", "5B Canal Walk, Stretford, Manchester M32 9LX, UK"},
                    {"line_1", "5B Canal Walk"},
                    {"town", "Stretford"},
                    {"city", "Manchester"}},
                   {{"id", "a3"},
                    {"postcode", "M41 0ZZ"},
                    {"house_number", "*"},
                    {"formatted_address", "Any Road, Urmston, Manchester M41 0ZZ, UK"},
                    {"line_1", "Any Road"},
                    {"town", "Urmston"},
                    {"city", "Manchester"}}});
}

}  // namespace

TEST_CASE("AddressLookupTest.KnownNumberGivesTheWholeAddress") {
  seed();
  PluginUnderTest tool("tool.address_lookup");

  const auto result = tool.run({{"postcode", "m417qt"}, {"house_number", " 14 "}});

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["formatted_address"] == "14 Brookfield Rd, Urmston, Manchester M41 7QT, UK");
  CHECK(result["data"]["line_1"] == "14 Brookfield Rd");
  CHECK(result["data"]["town"] == "Urmston");
  CHECK(result["data"]["city"] == "Manchester");
  CHECK(result["data"]["post_code"] == "M41 7QT");
  CHECK(result["data"]["house_number"] == "14");
  CHECK(result["data"]["confidence_level"] == "High");
  CHECK(result["data"]["verified"] == json::array({"postcode", "street", "house_number"}));
}

TEST_CASE("AddressLookupTest.LetterCaseOfTheNumberDoesNotMatter") {
  seed();
  PluginUnderTest tool("tool.address_lookup");

  const auto result = tool.run({{"postcode", "M32 9LX"}, {"house_number", "5b"}});

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["house_number"] == "5B");
  CHECK(result["data"]["line_1"] == "5B Canal Walk");
}

TEST_CASE("AddressLookupTest.StreetRowTakesAnyNumberAndVerifiesTheStreetOnly") {
  seed();
  PluginUnderTest tool("tool.address_lookup");

  const auto result = tool.run({{"postcode", "M41 0ZZ"}, {"house_number", "flat 2"}});

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["line_1"] == "Flat 2 Any Road");
  CHECK(result["data"]["confidence_level"] == "Medium");
  CHECK(result["data"]["verified"] == json::array({"postcode", "street"}));
  CHECK(tool.run({{"postcode", "M41 0ZZ"}, {"house_number", "the blue door"}})["error"]["code"] ==
        "not_found");
}

TEST_CASE("AddressLookupTest.UnknownIsNotFound") {
  seed();
  PluginUnderTest tool("tool.address_lookup");

  for (const auto& [postcode, number] :
       {std::pair{"M33 4ZH", "20"}, {"M41 7QT", "15"}, {"M41 7QT", "dunno"}, {"M32 9LX", "*"}}) {
    const auto result = tool.run({{"postcode", postcode}, {"house_number", number}});
    CHECK(result["ok"] == false);
    CHECK(result["error"]["code"] == "not_found");
    CHECK(result["error"]["retryable"] == false);
  }
}

TEST_CASE("AddressLookupTest.BadPostcodeOrBlankNumberIsRefused") {
  seed();
  PluginUnderTest tool("tool.address_lookup");

  for (const auto* postcode : {"M41", "12345", "M329L", "M32 8JLL", "MMM2 8JL", "M41-9JJ", " "}) {
    CHECK(tool.run({{"postcode", postcode}, {"house_number", "1"}})["error"]["code"] ==
          "invalid_postcode");
  }
  CHECK(tool.run({{"postcode", "M41 7QT"}, {"house_number", "  "}})["error"]["code"] ==
        "invalid_house_number");
  CHECK_THROWS(tool.run({{"postcode", "M41 7QT"}}));
}

}  // namespace address_lookup_test
