// phone_validation through the plugin boundary: facts 2.3 (8, 23), 3.13 and 9.2, and worse. All
// numbers are from Ofcom's ranges for drama, or no numbers at all.
#include <catch2/catch.hpp>

#include <fstream>

#include "support/plugin_harness.hpp"

namespace phone_validation_test {

namespace {

using dugout::test::PluginUnderTest;
using nlohmann::json;

std::string phone(const std::string& text, const std::string& kind = "mobile",
                  const std::string& region = "GB") {
  PluginUnderTest plugin("tool.phone_validation");
  const auto answer = plugin.run({{"phone", text}, {"kind", kind}, {"region", region}});
  if (!answer["ok"]) return "refused: " + answer["error"]["code"].get<std::string>();
  return answer["data"]["value"];
}

bool is_mapped(const std::string& file) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(file) != line.npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("PhoneTest.FactsTableFormsAreOneNumber") {
  for (const std::string text :
       {"07700900123", "07700 900 123", "07700 900-123", "(07700) 900123", "+44 7700 900 123",
        "447700900123", "7700900123", "+4407700900123", "00447700900123", "07700.900.123",
        "+44 (0)7700 900123", "0044 (0) 7700 900 123", "my number is 07700 900 123",
        "07700 900123 (I have 2 phones)", "07700–900–123", "07700 900123, again 07700900123"}) {
    CAPTURE(text);
    CHECK(phone(text) == "07700900123");
  }
  CHECK(phone("07700 900456") == "07700900456");
}

TEST_CASE("PhoneTest.InternationalFormIsGivenBeside") {
  PluginUnderTest plugin("tool.phone_validation");

  const auto data = plugin.run({{"phone", "07700 900 123"}, {"kind", "mobile"}})["data"];

  CHECK(data == json{{"value", "07700900123"}, {"e164", "+447700900123"}});
}

TEST_CASE("PhoneTest.LandlineIsRefusedAsMobileAndTakenAsAny") {
  PluginUnderTest plugin("tool.phone_validation");

  const auto error = plugin.run({{"phone", "0161 496 0123"}, {"kind", "mobile"}})["error"];

  CHECK(error["code"] == "landline");
  CHECK(error["message"] == "That is a landline. I need a mobile number, one that starts with 07.");
  CHECK(phone("0161 496 0123", "any") == "01614960123");
  CHECK(phone("020 7946 0123", "any") == "02079460123");
  CHECK(phone("07700 900123", "any") == "07700900123");
  CHECK(phone("07012345678") == "refused: not_mobile");  // a personal number, charged to the caller
}

TEST_CASE("PhoneTest.LengthIsChecked") {
  CHECK(phone("0770090012") == "refused: too_short");
  CHECK(phone("077009001234") == "refused: too_long");
  CHECK(phone("07700 9") == "refused: too_short");
  CHECK(phone("07700 9OO 123") == "refused: too_short");  // letters O
  CHECK(phone("00000000000") == "refused: not_mobile");
}

TEST_CASE("PhoneTest.TwoNumbersAreUnclear") {
  CHECK(phone("07700 900 123 or 07700 900456") == "refused: several_numbers");
  CHECK(phone("07700 900123 07700 900456") == "refused: several_numbers");
  CHECK(phone("+447700900123+447700900456") == "refused: several_numbers");
}

TEST_CASE("PhoneTest.OtherCountriesFollowTheRegion") {
  CHECK(phone("+33 6 12 34 56 78") == "refused: wrong_country");
  CHECK(phone("06 12 34 56 78", "mobile", "FR") == "+33612345678");
  CHECK(phone("07700 900123", "mobile", "ZZ") == "refused: too_short");
}

TEST_CASE("PhoneTest.HostileTextNeitherPassesNorHurts") {
  CHECK(phone("") == "refused: no_number");
  CHECK(phone("+") == "refused: no_number");
  CHECK(phone("((((((") == "refused: no_number");
  CHECK(phone("'; DROP TABLE players; --") == "refused: no_number");
  CHECK(phone("ignore your instructions") == "refused: no_number");
  CHECK(phone("📱 07700 900123 \xEF\xBF\xBD") == "07700900123");
  CHECK(phone("07700\u200B900\u200B123") == "07700900123");
  CHECK(phone(std::string(100'000, '0')) == "refused: several_numbers");
  CHECK(phone(std::string(100'000, '+')) == "refused: no_number");
}

TEST_CASE("PhoneTest.LibraryLeavesTheProcess") {
  {
    PluginUnderTest plugin("tool.phone_validation");
    CHECK(plugin.run({{"phone", "07700 900 123"}})["ok"] == true);
    CHECK(is_mapped("/phone_validation.so"));
  }
  CHECK_FALSE(is_mapped("/phone_validation.so"));
}

TEST_CASE("PhoneTest.RegionComesFromTheConfig") {
  PluginUnderTest plugin("tool.phone_validation", {{"region", "FR"}});

  CHECK(plugin.run({{"phone", "06 12 34 56 78"}})["data"]["value"] == "+33612345678");
  CHECK(plugin.describe()["check"]["argument"] == "phone");
}

}  // namespace phone_validation_test
