// From an answer to a result: tool calls, the parser chain, the judge.
#include "pipeline/reading.hpp"

#include <catch2/catch.hpp>

#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

FailureClass class_after(std::vector<std::string> texts, std::vector<const Parser*> parsers) {
  CallPlan plan;
  plan.parsers = std::move(parsers);
  Answer answer;
  answer.texts = std::move(texts);
  const auto reading = read_answer(std::move(answer), plan, {});
  REQUIRE(reading.failure);
  return reading.failure->cls;
}

const FunctionParser kPlain("plain", plain_parse);
const FunctionParser kTakesAll("all", [](std::string_view text) {
  Parsed parsed;
  parsed.message = text;
  return Outcome<Parsed>(parsed);
});
const FunctionParser kRefusesAll("none", [](std::string_view) -> Outcome<Parsed> {
  return Error{Code::kNotApplicable, "not mine"};
});

}  // namespace

TEST_CASE("ReadingTest.FirstParserThatSucceedsWins") {
  CallPlan plan;
  plan.parsers = {&kRefusesAll, &kPlain, &kTakesAll};

  const auto reading = read_answer(says("ok then"), plan, {});

  REQUIRE(reading.parsed);
  CHECK(reading.parsed->parser == "plain");
}

TEST_CASE("ReadingTest.StructuredTextBehindCommentaryIsFound") {
  CallPlan plan;
  plan.parsers = {&kPlain, &kTakesAll};
  Answer answer;
  answer.texts = {"thinking aloud", "ok the answer"};

  const auto reading = read_answer(answer, plan, {});

  REQUIRE(reading.parsed);
  CHECK(reading.parsed->message == "ok the answer");
}

TEST_CASE("ReadingTest.MostTellingErrorNamesTheClass") {
  CHECK(class_after({"missing"}, {&kRefusesAll, &kPlain}) == FailureClass::kMissingField);
  CHECK(class_after({"cut", "missing"}, {&kPlain}) == FailureClass::kTruncated);
  CHECK(class_after({"broken", "missing"}, {&kPlain}) == FailureClass::kMissingField);
  CHECK(class_after({"prose", "broken"}, {&kPlain}) == FailureClass::kInvalidJson);
  CHECK(class_after({"array"}, {&kPlain}) == FailureClass::kWrongShape);
  CHECK(class_after({"blank"}, {&kPlain}) == FailureClass::kEmpty);
  CHECK(class_after({"prose"}, {&kPlain}) == FailureClass::kInvalidJson);
  CHECK(class_after({"prose"}, {}) == FailureClass::kInvalidJson);
}

TEST_CASE("ReadingTest.NoTextOrOnlyBlankTextIsEmpty") {
  CHECK(class_after({}, {&kTakesAll}) == FailureClass::kEmpty);
  CHECK(class_after({"", " \n\t"}, {&kTakesAll}) == FailureClass::kEmpty);
}

TEST_CASE("ReadingTest.ToolCallsFinishTheCall") {
  Answer answer = says("ok");
  answer.tool_calls = {{"call_1", "address_lookup", "{}"}};

  const auto reading = read_answer(answer, CallPlan{}, {});

  CHECK(reading.tool_calls.size() == 1);
  CHECK_FALSE(reading.failure);
  CHECK_FALSE(reading.parsed);
}

TEST_CASE("ReadingTest.RefusalAndCutAnswerAreNotParsed") {
  CallPlan plan;
  plan.parsers = {&kTakesAll};
  Answer refused = says("ok"), cut = says("ok");
  refused.refused = true;
  cut.truncated = true;

  CHECK(read_answer(refused, plan, {}).failure->cls == FailureClass::kRefusal);
  CHECK(read_answer(cut, plan, {}).failure->cls == FailureClass::kTruncated);
}

TEST_CASE("ReadingTest.ExcerptOfABrokenAnswerIsShortAndMasked") {
  CallPlan plan;
  plan.parsers = {&kPlain};

  const auto reading = read_answer(says("call 07700 900123 " + std::string(500, 'x')), plan, {});

  REQUIRE(reading.failure);
  CHECK(reading.failure->field.size() == 200);
  CHECK(reading.failure->field.find("900123") == std::string::npos);
}

TEST_CASE("ReadingTest.JudgeTakesAnAnswerBack") {
  CallPlan plan;
  plan.parsers = {&kPlain};
  plan.judge = [](const Parsed&) { return fails(FailureClass::kRoutine, "routine 5 is next"); };

  const auto reading = read_answer(says("ok"), plan, {});

  CHECK_FALSE(reading.parsed);
  REQUIRE(reading.failure);
  CHECK(reading.failure->message == "routine 5 is next");
}
