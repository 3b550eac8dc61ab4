// What validators are told of the place of an answer.
#include "orchestrator/answer_context.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "routines/load.hpp"

using namespace dugout;
using namespace dugout::orchestrator;
using nlohmann::json;

namespace {

const routines::Application& shipped() {
  static core::Findings findings;
  static const auto application = routines::load_application(DUGOUT_SOURCE_DIR, {}, findings);
  for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
  REQUIRE(findings.empty());
  return application;
}

Draft record() {
  return Draft(shipped().settings, core::WallTime(std::chrono::milliseconds(1'759'320'000'000)));
}

bool holds(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

routines::Routine routine(int number, std::vector<int> next, bool carry = false) {
  routines::Routine made;
  made.number = number;
  for (const int go : next) {
    routines::Edge edge;
    edge.go = go;
    edge.carry = carry;
    made.next.push_back(edge);
  }
  return made;
}

}  // namespace

TEST_CASE("AnswerContextTest.RoutesAndCarriedMessagesArePassedThrough") {
  routines::Flow flow;
  flow.routines[1] = routine(1, {2});
  flow.routines[2] = routine(2, {3, 4});
  flow.routines[2].kind = routines::RoutineKind::kRoute;
  flow.routines[3] = routine(3, {5}, true);
  flow.routines[4] = routine(4, {6});
  flow.routines[5] = routine(5, {6});
  flow.routines[6] = routine(6, {});

  const auto next = following(flow);

  CHECK(next.at(1) == std::vector<int>{2, 3, 4});
  CHECK(next.at(3) == std::vector<int>{5, 6});
  CHECK(next.at(4) == std::vector<int>{6});
  CHECK(next.at(6).empty());
}

TEST_CASE("AnswerContextTest.ACircleEnds") {
  routines::Flow flow;
  flow.routines[1] = routine(1, {2}, true);
  flow.routines[2] = routine(2, {1}, true);

  CHECK(following(flow).at(1) == std::vector<int>{1, 2});
}

TEST_CASE("AnswerContextTest.TheShippedFlowMovesOnAsItsRulesSay") {
  const auto next = following(shipped().flows.at("new_registration"));

  CHECK(holds(next.at(8), 9));
  CHECK_FALSE(holds(next.at(8), 12));
  CHECK(holds(next.at(29), 30));
}

TEST_CASE("AnswerContextTest.PinnedAmountsComeFromSettingsAndRecord") {
  const auto& agent = shipped().agents.at("new_registration");
  auto draft = record();

  const auto before = json::parse(answer_context(agent, nullptr, draft));
  draft.set("monthly_subscription_amount", "24.75", 29, "turn");
  draft.set("player_full_name", "Alfie Barlow", 2, "turn");
  const std::vector<int> next{30, 31};
  const AnswerPlace place{29, &next};
  const auto after = answer_context(agent, &place, draft);

  CHECK(before == json{{"agent", "new_registration"},
                       {"schema", "agent_response"},
                       {"amounts", {"45.00", "27.50"}},
                       {"facts", {{"paid", false}, {"registered", false}}}});
  CHECK(json::parse(after)["amounts"] == json{"45.00", "27.50", "24.75"});
  CHECK(json::parse(after)["routine"] == 29);
  CHECK(json::parse(after)["next"] == json{30, 31});
  CHECK(after.find("Barlow") == std::string::npos);
}

TEST_CASE("AnswerContextTest.AFactIsSoWhenTheRecordSaysYes") {
  const auto& agent = shipped().agents.at("re_registration");
  auto draft = record();
  draft.set("registered", "Y", 102, "turn");
  draft.set("signing_on_fee_paid", "N", 102, "turn");

  CHECK(json::parse(answer_context(agent, nullptr, draft))["facts"] ==
        json{{"paid", false}, {"registered", true}});
}

TEST_CASE("AnswerContextTest.AnAgentThatPinsNothingSaysNothing") {
  routines::Agent agent;
  agent.name = "cards";

  CHECK(json::parse(answer_context(agent, nullptr, record())) ==
        json{{"agent", "cards"}, {"schema", ""}});
}
