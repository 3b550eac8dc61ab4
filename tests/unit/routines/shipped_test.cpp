// The application in the repository: all files load without a finding, and the edges of the flow
// are exactly those of the design.
#include <catch2/catch.hpp>
#include <set>
#include <utility>

#include "routines/graph.hpp"
#include "routines/load.hpp"

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
  CHECK(shipped().flows.size() == 1);
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

  CHECK(pairs_of(shipped().flows.at("new_registration")) == expected);
}
