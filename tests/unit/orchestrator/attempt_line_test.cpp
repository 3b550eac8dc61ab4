// The line of one attempt: every member, and nobody's words.
#include "orchestrator/attempt_line.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace dugout;
using orchestrator::AttemptPlace;
using orchestrator::CallFacts;
using orchestrator::why_category;
using Json = nlohmann::json;

namespace {

// 2025-10-01 12:00:00.250 UTC, a Wednesday.
constexpr core::WallTime kNow{std::chrono::milliseconds(1'759'320'000'250)};

pipeline::AttemptRecord failed_attempt() {
  pipeline::AttemptRecord record;
  record.number = 2;
  record.target = "openai_responses/gpt-4.1";
  record.outcome = "rate_limit";
  record.status = 429;
  record.advisor = "rate_limit";
  record.action = "retry";
  record.why = "code slow_down";
  record.waited = std::chrono::milliseconds(1500);
  record.took = std::chrono::milliseconds(20);
  record.usage = {10, 2};
  record.cost = 0.25;
  return record;
}

Json line_of(const pipeline::AttemptRecord& record, const CallFacts& facts = {},
             core::WallTime now = kNow) {
  const AttemptPlace place{"turn_1", "ses_0123456789abcdef0123456789abcdef", 8, 3};
  return Json::parse(orchestrator::attempt_text(record, place, facts, now));
}

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(DUGOUT_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What stands in quotes right behind each `before`.
std::vector<std::string> quoted_after(const std::string& text, const std::string& before) {
  std::vector<std::string> found;
  for (auto at = text.find(before); at != text.npos; at = text.find(before, at + 1)) {
    const auto start = at + before.size();
    found.push_back(text.substr(start, text.find('"', start) - start));
  }
  return found;
}

}  // namespace

TEST_CASE("AttemptLineTest.EveryMemberIsThere") {
  CallFacts facts;
  facts.call_type = "registration";
  facts.agent = "new_registration";
  facts.messages = 7;
  facts.recent_success_rate = 0.9;
  facts.recent_latency = 1.25;
  facts.max_retries = 3;
  facts.base_delay = 1.0;
  facts.multiplier = 2.0;
  facts.tuner = "shadow";
  facts.proposal = R"({"max_retries":2,"base_delay":0.5,"multiplier":2.0,"p_success":0.8})";

  const auto line = line_of(failed_attempt(), facts);

  const auto expected = Json::parse(R"({
    "schema": 2, "at": "2025-10-01T12:00:00.250Z", "at_ms": 1759320000250, "hour": 12, "weekday": 2,
    "turn": "turn_1", "routine": 8, "call": 3, "attempt": 2,
    "call_type": "registration", "agent": "new_registration", "messages": 7,
    "recent_success_rate": 0.9, "recent_latency": 1.25,
    "max_retries": 3, "base_delay": 1.0, "multiplier": 2.0, "tuner": "shadow",
    "proposal": {"max_retries": 2, "base_delay": 0.5, "multiplier": 2.0, "p_success": 0.8},
    "target": "openai_responses/gpt-4.1", "outcome": "rate_limit", "status": 429, "parser": "",
    "advisor": "rate_limit", "action": "retry", "why": "pattern_code",
    "waited_ms": 1500.0, "took_ms": 20.0, "input_tokens": 10, "output_tokens": 2, "cost": 0.25,
    "confidence": null, "verdicts": {}, "flagged": false, "hedge": false, "cache": false})");
  auto without_session = line;
  without_session.erase("session");
  CHECK(without_session == expected);
  CHECK(line["session"].get<std::string>().size() == 16);
}

TEST_CASE("AttemptLineTest.TheSessionCannotBeGoneOnWith") {
  const auto line = line_of(failed_attempt()).dump();

  CHECK(line.find("ses_") == std::string::npos);
  CHECK(line.find("0123456789abcdef") == std::string::npos);
}

TEST_CASE("AttemptLineTest.NobodysWordsGetIn") {
  auto record = failed_attempt();
  CallFacts facts;
  facts.proposal = R"({"max_retries": 1, "base_delay": "Helen Barlow", "model": "07700 900123"})";

  for (const auto* why :
       {"Helen Barlow", "class of Helen Barlow", "code Helen Barlow",
        "text \"Helen Barlow\"; passed over: x (Helen Barlow)", "passed over: y (Helen Barlow)"}) {
    record.why = why;
    const auto line = line_of(record, facts).dump();
    INFO(line);
    CHECK(line.find("Helen") == std::string::npos);
    CHECK(line.find("07700") == std::string::npos);
  }
  facts.proposal = "no json of Helen Barlow";
  CHECK(line_of(record, facts)["proposal"].is_null());
}

TEST_CASE("AttemptLineTest.ChecksAndMemoryAreTold") {
  pipeline::AttemptRecord record;
  record.outcome = "cache_hit";
  record.confidence = 0.6;
  record.flagged = true;
  record.verdicts = {{"json_structure", 0.9}, {"semantic_content", 0.4}};

  const auto line = line_of(record);

  CHECK(line["cache"] == true);
  CHECK(line["confidence"] == 0.6);
  CHECK(line["flagged"] == true);
  CHECK(line["verdicts"] == Json{{"json_structure", 0.9}, {"semantic_content", 0.4}});
  CHECK(line["recent_latency"].is_null());
  CHECK(line["proposal"].is_null());
}

TEST_CASE("AttemptLineTest.WeekdaysBeginWithMonday") {
  const auto at = [](std::int64_t ms) {
    const auto line = line_of({}, {}, core::WallTime(std::chrono::milliseconds(ms)));
    return std::pair(line["weekday"].get<int>(), line["hour"].get<int>());
  };

  CHECK(at(0) == std::pair(3, 0));                   // Thursday 1970-01-01
  CHECK(at(-1) == std::pair(2, 23));                 // the hour before
  CHECK(at(1'759'708'799'999) == std::pair(6, 23));  // Sunday 2025-10-05 23:59:59.999
  CHECK(at(1'759'708'800'000) == std::pair(0, 0));   // Monday
}

TEST_CASE("AttemptLineTest.EveryReasonOfThePlannerHasACategory") {
  const auto planner = text_of("framework/pipeline/recovery.cpp");
  auto reasons = quoted_after(planner, "last_resort(\"");
  for (auto& words : quoted_after(planner, "return \"")) reasons.push_back(std::move(words));

  CHECK(reasons.size() >= 10);
  for (const auto& words : reasons) {
    INFO(words);
    CHECK(why_category(words) != "advice");
    CHECK(why_category(words + "; passed over: x (y)") == why_category(words));
  }
  CHECK(why_category("") == "");
  CHECK(why_category("class invalid_json, repeated") == "pattern_class");
  CHECK(why_category("passed over: rate_limit (not on the same target again)") == "passed_over");
  CHECK(why_category("text \"x\"; passed over: y (z)") == "pattern_text");
}
