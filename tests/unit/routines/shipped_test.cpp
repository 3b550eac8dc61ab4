// The application in the repository: all files load without a finding, and the edges of the flow
// are exactly those of the design.
#include <catch2/catch.hpp>
#include <set>
#include <utility>

#include "routines/graph.hpp"
#include "routines/load.hpp"
#include "routines/values.hpp"

using namespace dugout;
using namespace dugout::routines;

namespace {

const Application& shipped() {
  static core::Findings findings;
  static const Application application = load_application(DUGOUT_SOURCE_DIR, {}, findings);
  for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
  REQUIRE(findings.empty());
  return application;
}

std::set<std::pair<int, int>> pairs_of(const Flow& flow) {
  std::set<std::pair<int, int>> out;
  for (const auto& edge : edges(flow)) out.emplace(edge.from, edge.to);
  return out;
}

}  // namespace

TEST_CASE("ShippedTest.AllFilesLoadWithoutAFinding") {
  CHECK(shipped().agents.size() == 4);
  CHECK(shipped().flows.size() == 2);
}

TEST_CASE("ShippedTest.TheFlowHasThirtyFiveRoutinesNumberedInOrder") {
  const auto& flow = shipped().flows.at("new_registration");

  REQUIRE(flow.routines.size() == 35);
  CHECK(flow.start == 1);
  CHECK(flow.routines.rbegin()->first == 35);
}

TEST_CASE("ShippedTest.TheEdgesAreThoseOfTheDesign") {
  const std::set<std::pair<int, int>> expected = {
      {1, 2},   {2, 3},   {2, 17},  {3, 3},   {3, 4},   {4, 5},   {5, 6},   {5, 26},  {26, 6},
      {6, 7},   {6, 25},  {25, 7},  {7, 8},   {8, 9},   {9, 10},  {10, 11}, {11, 12}, {12, 13},
      {13, 14}, {13, 15}, {14, 15}, {15, 14}, {15, 16}, {16, 18}, {16, 22}, {17, 3},  {17, 32},
      {17, 34}, {18, 19}, {19, 20}, {19, 21}, {20, 21}, {21, 20}, {21, 22}, {22, 23}, {22, 28},
      {23, 24}, {24, 28}, {27, 28}, {28, 27}, {28, 29}, {29, 30}, {30, 31}, {30, 32}, {30, 34},
      {31, 32}, {31, 34}, {32, 33}, {33, 33}, {33, 34}, {34, 35}};
  // What a correction leads to, and the ways back to the summary.
  const std::set<std::pair<int, int>> corrections = {{27, 3},
                                                     {27, 5},
                                                     {27, 13},
                                                     {27, 18},
                                                     {27, 19},
                                                     {27, 22},
                                                     {27, 25},
                                                     {27, 26},
                                                     {3, 22},
                                                     {5, 28},
                                                     {15, 28},
                                                     {25, 28},
                                                     {26, 28},
                                                     // of a registration that is stored already
                                                     {30, 27},
                                                     {31, 27},
                                                     {32, 27},
                                                     {33, 27},
                                                     {34, 27},
                                                     {35, 27},
                                                     {28, 30},
                                                     {28, 31},
                                                     {28, 32},
                                                     {28, 34},
                                                     {28, 35}};
  auto all = expected;
  all.insert(corrections.begin(), corrections.end());

  CHECK(pairs_of(shipped().flows.at("new_registration")) == all);
}

TEST_CASE("ShippedTest.EveryFieldOfTheSummaryCanBeCorrected") {
  const auto& flow = shipped().flows.at("new_registration");

  for (const auto* name : {"player_full_name",
                           "player_dob",
                           "player_gender",
                           "player_has_any_medical_issues",
                           "description_of_player_medical_issues",
                           "played_for_urmston_town_last_season",
                           "previous_team_name",
                           "player_full_address",
                           "player_post_code",
                           "player_house_number",
                           "player_telephone",
                           "player_email",
                           "parent_full_name",
                           "parent_relationship_to_player",
                           "parent_dob",
                           "parent_telephone",
                           "parent_email",
                           "parent_full_address",
                           "parent_post_code",
                           "parent_house_number",
                           "communication_consent",
                           "same_address"}) {
    INFO(name);
    const auto* field = flow.field(name);
    REQUIRE(field != nullptr);
    CHECK(field->correctable);
  }
}

TEST_CASE("ShippedTest.TheReRegistrationShowsNothingStoredInFull") {
  const auto& flow = shipped().flows.at("re_registration");

  for (const auto number : {101, 102, 103, 104, 105, 107, 117, 128, 130, 131}) {
    INFO(number);
    for (const auto& slot : slots(flow.find(number)->ask)) {
      const bool shown = slot.find("_shown") != std::string::npos;
      const bool personal =
          slot.find("telephone") != std::string::npos || slot.find("email") != std::string::npos ||
          slot.find("address") != std::string::npos || slot.find("dob") != std::string::npos ||
          slot.find("description") != std::string::npos;
      CHECK((shown || !personal || slot == "club.contact_email"));
    }
  }
}
