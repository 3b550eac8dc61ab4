// Kit and shirt number: one holder per number whatever happens, and the record beside it.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "support/plugin_harness.hpp"

namespace update_kit_details_to_db_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.update_kit_details_to_db";

void seed(int players = 3) {
  dugout::test::reset_services();
  rows()["shirts"] = json::array({{{"id", "s1"},
                                   {"team", "Leopards"},
                                   {"age_group", "u10"},
                                   {"season", 2526},
                                   {"shirt_number", 10}}});
  rows()["registrations"] = json::array();
  for (int player = 1; player <= players; ++player) {
    rows()["registrations"].push_back({{"id", "rec" + std::to_string(player)},
                                       {"player_full_name", "Ben O'Neill"},
                                       {"team", "Leopards"},
                                       {"age_group", "u10"}});
  }
}

json kit(const std::string& record, json number, const char* type = "Outfield") {
  return {{"record_id", record}, {"team", "Leopards"},     {"age_group", "u10"},
          {"kit_size", "11/12"}, {"shirt_number", number}, {"kit_type_required", type}};
}

json row(const std::string& record) {
  for (const auto& found : rows()["registrations"]) {
    if (found["id"] == record) return found;
  }
  return nullptr;
}

int holders(const std::string& number) {
  int count = 0;
  for (const auto& shirt : rows()["shirts"]) {
    count += shirt["shirt_number"] == number && !shirt.value("released", false) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("UpdateKitDetailsTest.FreeNumberIsClaimedAndTheRecordWritten") {
  seed();
  PluginUnderTest tool(kId);

  const auto result = tool.run(kit("rec1", "9"));

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["player_name"] == "Ben O'Neill");
  CHECK(result["data"]["kit_type"] == "Outfield");
  CHECK(row("rec1")["shirt_number"] == "9");
  CHECK(row("rec1")["kit_size"] == "11/12");
  CHECK(row("rec1")["kit_type_required"] == "Outfield");
  CHECK(row("rec1")["new_kit_required"] == "Y");
  CHECK(holders("9") == 1);
}

TEST_CASE("UpdateKitDetailsTest.TakenNumberIsRefusedAndChangesNothing") {
  seed();
  PluginUnderTest tool(kId);
  REQUIRE(tool.run(kit("rec1", 7))["ok"] == true);

  const auto second = tool.run(kit("rec2", 7), "key-2");
  const auto seeded = tool.run(kit("rec2", 10), "key-3");

  CHECK(second["error"]["code"] == "taken");
  CHECK(seeded["error"]["code"] == "taken");
  CHECK_FALSE(row("rec2").contains("shirt_number"));
  CHECK(rows()["shirts"].size() == 2);
}

TEST_CASE("UpdateKitDetailsTest.RepeatOfTheSameHolderIsFine") {
  seed();
  PluginUnderTest tool(kId);
  const auto first = tool.run(kit("rec1", 7));

  const auto again = tool.run(kit("rec1", 7));

  CHECK(again == first);
  CHECK(rows()["shirts"].size() == 2);
}

TEST_CASE("UpdateKitDetailsTest.AnotherTeamsNumberIsNoObstacle") {
  seed();
  PluginUnderTest tool(kId);
  rows()["registrations"].push_back({{"id", "rec9"}, {"team", "Lions"}, {"age_group", "u9"}});
  auto lion = kit("rec9", 10);
  lion["team"] = "Lions";
  lion["age_group"] = "u9";

  CHECK(tool.run(lion)["ok"] == true);
}

TEST_CASE("UpdateKitDetailsTest.ChangedMindReleasesTheOldNumberForOthers") {
  seed();
  PluginUnderTest tool(kId);
  REQUIRE(tool.run(kit("rec1", 7), "k1")["ok"] == true);
  REQUIRE(tool.run(kit("rec1", 9), "k2")["ok"] == true);

  CHECK(holders("7") == 0);
  CHECK(tool.run(kit("rec2", 7), "k3")["ok"] == true);
  CHECK(tool.run(kit("rec3", 7), "k4")["error"]["code"] == "taken");
  CHECK(tool.run(kit("rec1", 7), "k5")["error"]["code"] == "taken");
  CHECK(row("rec1")["shirt_number"] == "9");
  CHECK(holders("7") == 1);
}

TEST_CASE("UpdateKitDetailsTest.RacesForOneNumberHaveExactlyOneWinner") {
  constexpr int kPlayers = 6;
  const bool released_before = GENERATE(false, true);
  for (int round = 0; round < 20; ++round) {
    seed(kPlayers + 1);
    PluginUnderTest tool(kId);
    if (released_before) {
      REQUIRE(tool.run(kit("rec7", 7), "a")["ok"] == true);
      REQUIRE(tool.run(kit("rec7", 8), "b")["ok"] == true);
    }
    std::atomic<int> won{0}, lost{0};
    std::vector<std::thread> players;
    for (int player = 1; player <= kPlayers; ++player) {
      players.emplace_back([&, player] {
        const auto name = std::to_string(player);
        const auto result = tool.run(kit("rec" + name, 7), "key-" + name);
        (result["ok"] == true ? won : lost)++;
      });
    }
    for (auto& player : players) player.join();

    REQUIRE(won == 1);
    REQUIRE(lost == kPlayers - 1);
    REQUIRE(holders("7") == 1);
  }
}

TEST_CASE("UpdateKitDetailsTest.KeepersNumbersGoWithKeepersKit") {
  seed();
  PluginUnderTest tool(kId);

  CHECK(tool.run(kit("rec1", 12))["error"]["code"] == "kit_type_mismatch");
  CHECK(tool.run(kit("rec1", 7, "Goalkeeper"))["error"]["code"] == "kit_type_mismatch");
  CHECK(tool.run(kit("rec1", 12, "Goalkeeper"))["ok"] == true);
  CHECK(tool.run(kit("rec2", "1", "Goalkeeper"))["ok"] == true);
}

TEST_CASE("UpdateKitDetailsTest.BadInputIsRefusedBeforeAnythingIsClaimed") {
  seed();
  PluginUnderTest tool(kId);
  auto other_team = kit("rec1", 7);
  other_team["team"] = "Lions";
  auto no_size = kit("rec1", 7);
  no_size["kit_size"] = "15/16";
  auto extra = kit("rec1", 7);
  extra["paid"] = "Y";

  for (const auto& number : {json(0), json(50), json("0"), json("x"), json(-7)}) {
    CHECK(tool.run(kit("rec1", number))["error"]["code"] == "invalid_number");
  }
  CHECK(tool.run(kit("recNONE", 7))["error"]["code"] == "not_found");
  CHECK(tool.run(other_team)["error"]["code"] == "wrong_team");
  CHECK_THROWS(tool.run(no_size));
  CHECK_THROWS(tool.run(extra));
  CHECK(rows()["shirts"].size() == 1);
}

}  // namespace update_kit_details_to_db_test
