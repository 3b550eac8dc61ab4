// Figures over attempts, and one answer explained.
#include "attempts/summary.hpp"

#include <catch2/catch.hpp>

#include "attempts/explain.hpp"
#include "attempts_fixture.hpp"

using namespace dugout;
using attempts::Summary;
using test::attempt;
using test::Json;

namespace {

Summary summed(const std::vector<Json>& changes) {
  Summary out;
  for (const auto& one : changes) out.add(attempt(one));
  out.finish();
  return out;
}

bool said(const std::vector<std::string>& sentences, const std::string& words) {
  for (const auto& sentence : sentences) {
    if (sentence.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("SummaryTest.RatesWasteAndWaitsAreCounted") {
  const auto summary =
      summed({{{"outcome", "rate_limit"}, {"took_ms", 200.0}},
              {{"attempt", 2}, {"waited_ms", 1000.0}, {"outcome", "timeout"}, {"took_ms", 3000.0}},
              {{"attempt", 3}, {"waited_ms", 2000.0}, {"target", "b/m"}},
              {{"turn", "turn_2"}},
              {{"turn", "turn_3"}, {"outcome", "server"}, {"took_ms", 100.0}}});

  const auto& a = summary.targets().at("a/m");
  CHECK(summary.turns() == 3);
  CHECK(a.attempts == 4);
  CHECK(a.success_rate() == 0.25);
  CHECK(a.first_try_rate() == Approx(1.0 / 3.0));
  CHECK(a.tokens == 440);
  CHECK(a.wasted_tokens == 330);
  CHECK(a.wasted_cost == 1.5);
  CHECK(a.calls == 3);
  CHECK(a.waits_ms == std::vector<double>{1000.0});
  CHECK(a.added_per_call_ms() == Approx((200.0 + 1000.0 + 3000.0 + 100.0) / 3.0));
  CHECK(summary.targets().at("b/m").success_rate() == 1.0);
  CHECK(summary.all().attempts == 5);
  CHECK(summary.all().added_per_call_ms() == Approx(6300.0 / 3.0));
  CHECK(summary.classes().at("rate_limit").recovered == 1);
  CHECK(summary.classes().at("server").recovered == 0);
  CHECK(summary.classes().at("server").calls == 1);
  CHECK(summary.classes().count("ok") == 0);
}

TEST_CASE("SummaryTest.MemoryAndLosersOfARaceAreNoFailures") {
  const auto summary = summed({{{"outcome", "cache_hit"},
                                {"attempt", 0},
                                {"input_tokens", 0},
                                {"output_tokens", 0},
                                {"cost", 0.0}},
                               {{"turn", "turn_2"}, {"outcome", "cancelled"}, {"took_ms", 900.0}},
                               {{"turn", "turn_2"},
                                {"attempt", 2},
                                {"target", "b/m"},
                                {"hedge", true},
                                {"waited_ms", 500.0}}});

  const auto& a = summary.targets().at("a/m");
  CHECK(a.from_memory == 1);
  CHECK(a.attempts == 1);
  CHECK(a.called_back == 1);
  CHECK(a.success_rate() == 0.0);
  CHECK(a.wasted_tokens == 110);
  CHECK(summary.classes().empty());
  CHECK(summary.all().success_rate() == 1.0);
  CHECK(summary.all().added_ms == 0.0);
  CHECK(summary.all().waits_ms.empty());
}

TEST_CASE("SummaryTest.OfNothingAllIsZero") {
  const auto summary = summed({});

  CHECK(summary.turns() == 0);
  CHECK(Json::parse(summary.json())["all"]["success_rate"] == 0.0);
}

TEST_CASE("SummaryTest.PercentilesAreValuesThatWereSeen") {
  std::vector<double> hundred;
  for (int i = 100; i > 0; --i) hundred.push_back(i);

  CHECK(attempts::percentile(hundred, 0.50) == 50.0);
  CHECK(attempts::percentile(hundred, 0.95) == 95.0);
  CHECK(attempts::percentile(hundred, 0.0) == 1.0);
  CHECK(attempts::percentile({7.0}, 0.95) == 7.0);
  CHECK(attempts::percentile({}, 0.95) == 0.0);
}

TEST_CASE("ExplainTest.AnAnswerIsToldInPlainSentences") {
  const std::vector<attempts::Attempt> all = {
      attempt({{"outcome", "rate_limit"},
               {"status", 429},
               {"took_ms", 200.0},
               {"advisor", "rate_limit"},
               {"action", "retry"},
               {"why", "pattern_code"}}),
      attempt({{"attempt", 2},
               {"waited_ms", 3000.0},
               {"confidence", 0.62},
               {"flagged", true},
               {"verdicts", {{"json_structure", 0.9}, {"semantic_content", 0.4}}}})};

  const auto told = attempts::sentences(all);

  REQUIRE(told.size() == 4);
  CHECK(told[0] ==
        "Turn turn_1 of session 00112233445566ff, 2025-10-01T12:00:00.000Z, agent "
        "new_registration, routine 8.");
  CHECK(told[1] == "The answer came from a/m, at attempt 2 of call 1; it was taken with a flag.");
  CHECK(told[2] ==
        "Call 1, attempt 1: a/m failed after 0.20 s with rate_limit (HTTP 429) (110 tokens, "
        "wasted). On the advice of rate_limit: ask the same model again (it knows the provider's "
        "code).");
  CHECK(told[3] ==
        "Call 1, attempt 2: after a wait of 3.0 s a/m answered after 1.0 s, read by structured "
        "(110 tokens). Checks: json_structure 0.90, semantic_content 0.40; together 0.62, between "
        "the thresholds: taken and flagged.");
}

TEST_CASE("ExplainTest.MemoryRacesToolsAndSilenceAreTold") {
  CHECK(said(attempts::sentences({attempt({{"outcome", "cache_hit"}})}), "came from memory"));
  CHECK(said(attempts::sentences({attempt({{"outcome", "tool_calls"}})}), "asked for tools"));
  CHECK(said(attempts::sentences({attempt({{"outcome", "cancelled"}, {"advisor", "hedge"}})}),
             "was quicker"));
  CHECK(said(attempts::sentences({attempt({{"hedge", true}, {"waited_ms", 800.0}})}),
             "the first being slow for 0.80 s"));
  const auto none = attempts::sentences({attempt({{"outcome", "timeout"},
                                                  {"advisor", "table"},
                                                  {"action", "stop"},
                                                  {"why", "deadline_passed"}})});
  CHECK(said(none, "No model gave an answer"));
  CHECK(said(none, "By the table of classes: stop (the deadline of the turn had passed)."));
}

TEST_CASE("ExplainTest.TheSameStandsInTheJson") {
  const auto told = Json::parse(attempts::explanation_json(
      {attempt({{"outcome", "timeout"}}),
       attempt({{"attempt", 2}, {"waited_ms", 500.0}, {"target", "b/m"}, {"confidence", 0.9}})}));

  CHECK(told["turn"] == "turn_1");
  CHECK(told["answered_by"] == "b/m");
  CHECK(told["confidence"] == 0.9);
  CHECK(told["wasted_tokens"] == 110);
  CHECK(told["waited_ms"] == 500.0);
  CHECK(told["attempts"].size() == 2);
  CHECK(told["attempts"][0]["used"] == false);
  CHECK(told["sentences"].size() == 4);
}
