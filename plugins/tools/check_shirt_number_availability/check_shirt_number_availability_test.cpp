// Free and taken shirt numbers; nothing about who holds them may come out.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace check_shirt_number_availability_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

void shirt(json number, json extra = json::object()) {
  static int next = 0;
  json row{{"id", "s" + std::to_string(++next)},
           {"team", "Leopards"},
           {"age_group", "u10"},
           {"season", "2526"},
           {"shirt_number", number},
           {"player_name", "Secret Child"}};
  row.update(extra);
  dugout::test::rows()["shirts"].push_back(row);
}

void seed() {
  dugout::test::reset_services();
  dugout::test::rows()["shirts"] = json::array();
  shirt("7");
  shirt(10);
}

json ask(json number, const char* team = "leopards", const char* age = "u10") {
  PluginUnderTest tool("tool.check_shirt_number_availability");
  return tool.run({{"team", team}, {"age_group", age}, {"requested_shirt_number", number}});
}

}  // namespace

TEST_CASE("CheckShirtNumberAvailabilityTest.TakenNumbersAreNotAvailableHoweverStored") {
  seed();

  CHECK(ask(7)["data"]["available"] == "N");
  CHECK(ask("7")["data"]["available"] == "N");
  CHECK(ask("07")["data"]["shirt_number"] == "7");
  CHECK(ask(10)["data"]["available"] == "N");
  CHECK(ask(10, "LEOPARDS", "U10s")["data"]["available"] == "N");
}

TEST_CASE("CheckShirtNumberAvailabilityTest.OthersAreAvailable") {
  seed();

  CHECK(ask(9)["data"]["available"] == "Y");
  CHECK(ask(7, "Lions")["data"]["available"] == "Y");
  CHECK(ask(7, "Leopards", "u11")["data"]["available"] == "Y");
}

TEST_CASE("CheckShirtNumberAvailabilityTest.KitTypeFollowsTheNumber") {
  seed();

  CHECK(ask(1)["data"]["kit_type"] == "Goalkeeper");
  CHECK(ask("12")["data"]["kit_type"] == "Goalkeeper");
  CHECK(ask(2)["data"]["kit_type"] == "Outfield");
  CHECK(ask(49)["data"]["kit_type"] == "Outfield");
}

TEST_CASE("CheckShirtNumberAvailabilityTest.FreeNumbersAreTheNearestOfTheSameKind") {
  seed();

  CHECK(ask(7)["data"]["free_numbers"] == "2, 3, 4, 5, 6, 8, 9, 11, 13, 14");
  CHECK(ask(49)["data"]["free_numbers"] == "39, 40, 41, 42, 43, 44, 45, 46, 47, 48");
  shirt(1);
  CHECK(ask(1)["data"]["free_numbers"] == "12");
  shirt(12);
  CHECK(ask(12)["data"]["free_numbers"] == "6, 8, 9, 11, 13, 14, 15, 16, 17, 18");
}

TEST_CASE("CheckShirtNumberAvailabilityTest.NobodyIsNamed") {
  seed();

  const auto text = ask(7).dump();

  CHECK(text.find("Secret") == std::string::npos);
  CHECK(ask(7)["data"].size() == 4);
}

TEST_CASE("CheckShirtNumberAvailabilityTest.ReleasedOwnAndOtherSeasonsNumbersAreFree") {
  seed();
  shirt(20, {{"released", true}});
  shirt(21, {{"season", "2425"}});
  shirt(22, {{"record_id", "recOWN"}});
  PluginUnderTest tool("tool.check_shirt_number_availability");
  const json own{{"team", "Leopards"},
                 {"age_group", "u10"},
                 {"requested_shirt_number", 22},
                 {"record_id", "recOWN"},
                 {"season", "2526"}};

  CHECK(ask(20)["data"]["available"] == "Y");
  CHECK(ask(21)["data"]["available"] == "Y");
  CHECK(ask(22)["data"]["available"] == "N");
  CHECK(tool.run(own)["data"]["available"] == "Y");
}

TEST_CASE("CheckShirtNumberAvailabilityTest.OutsideOneToFortyNineIsRefused") {
  seed();

  for (const auto& number :
       {json(0), json(-1), json(50), json("50"), json("0"), json("seven"), json(""), json("7a"),
        json(2147483648), json("99999999999999999999")}) {
    CAPTURE(number.dump());
    CHECK(ask(number)["error"]["code"] == "invalid_number");
  }
  CHECK_THROWS(ask(7.5));
}

}  // namespace check_shirt_number_availability_test
