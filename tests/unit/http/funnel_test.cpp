// GET /api/funnel: how many came, went on, and stopped; and the order of the way through a flow.
#include <catch2/catch.hpp>

#include "http/flow_order.hpp"
#include "http/funnel.hpp"
#include "overviews_fixture.hpp"

using namespace dugout;
using test::Overviews;

namespace {

nlohmann::json step_of(const nlohmann::json& funnel, int routine) {
  for (const auto& flow : funnel["flows"]) {
    if (flow["flow"] != "new_registration") continue;
    for (const auto& step : flow["steps"]) {
      if (step["routine"] == routine) return step;
    }
  }
  return nullptr;
}

std::size_t place_of(const std::vector<int>& order, int routine) {
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), routine) - order.begin());
}

}  // namespace

TEST_CASE("FunnelEndpointTest.EveryRoutineHasAStepAlsoWhenNobodyCame") {
  Overviews f;

  const auto funnel = f.get("/api/funnel").json();

  REQUIRE(funnel["flows"].size() == 2);
  CHECK(funnel["flows"][0]["flow"] == "new_registration");
  CHECK(funnel["flows"][0]["steps"].size() == 35);
  const auto step = step_of(funnel, 8);
  CHECK(step["title"] == "Parent's mobile number");
  for (const auto* name : {"reached", "left", "here", "stopped"}) CHECK(step[name] == 0);
  CHECK(step["median_s"].is_null());
}

TEST_CASE("FunnelEndpointTest.WhoReachedARoutineWentOnOrIsHereOrStopped") {
  Overviews f;
  f.go("ses_1", {{0, 1}});
  f.go("ses_2", {{0, 1}});
  f.age(25);
  f.go("ses_3", {{0, 1}});
  f.go("ses_4", {{0, 1}});
  f.go("ses_4", {{1, 2}});
  f.go("ses_5", {{0, 1}});
  f.go("ses_5", {{1, 35}});

  const auto funnel = f.get("/api/funnel").json();
  const auto first = step_of(funnel, 1);
  const auto end = step_of(funnel, 35);

  CHECK(first["reached"] == 5);
  CHECK(first["left"] == 2);
  CHECK(first["here"] == 1);
  CHECK(first["stopped"] == 2);
  CHECK(first["median_s"].is_number());
  CHECK(end["reached"] == 1);
  CHECK(end["left"] == 1);
  CHECK(end["stopped"] == 0);
  CHECK(step_of(f.get("/api/funnel?hours=72").json(), 1)["stopped"] == 0);
  CHECK(f.get("/api/funnel?hours=x").status == 400);
}

TEST_CASE("FlowOrderTest.TheOrderIsThatOfTheWayAndHoldsEveryRoutineOnce") {
  Overviews f;
  const auto& flow = f.doors->orchestrator.loaded.flows.at("new_registration");

  const auto order = http::flow_order(flow);

  CHECK(order.size() == 35);
  CHECK(std::set<int>(order.begin(), order.end()).size() == 35);
  CHECK(order.front() == 1);
  for (const auto& [before, after] : {std::pair{2, 17},
                                      {17, 3},
                                      {5, 26},
                                      {26, 6},
                                      {6, 25},
                                      {25, 7},
                                      {22, 23},
                                      {24, 28},
                                      {28, 29},
                                      {34, 35}}) {
    INFO(before << " before " << after);
    CHECK(place_of(order, before) < place_of(order, after));
  }
}

TEST_CASE("FlowOrderTest.ALoopAndAMissingTargetEndIt") {
  routines::Flow flow;
  for (const auto& [number, targets] :
       std::map<int, std::vector<int>>{{1, {2, 9}}, {2, {1}}, {3, {}}}) {
    flow.routines[number].number = number;
    for (const auto target : targets) {
      flow.routines[number].next.emplace_back();
      flow.routines[number].next.back().go = target;
    }
  }

  CHECK(http::flow_order(flow) == std::vector<int>{1, 2, 3});
  CHECK(http::flow_order({}).empty());
}
