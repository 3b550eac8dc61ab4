// A validator plugin as the pipeline sees it: what it is told, and verdicts that cannot be used.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/plugin_parts.hpp"

using namespace dugout;
using dugout::orchestrator::PluginValidator;
using nlohmann::json;

namespace {

struct FixedHandle final : host::ValidatorHandle {
  explicit FixedHandle(Outcome<std::string> answer) : answered(std::move(answer)) {}
  std::string_view id() const override { return "validator.fixed"; }
  Outcome<std::string> validate(std::string_view answer, std::string_view context) const override {
    seen = answer;
    seen_context = context;
    return answered;
  }
  const Outcome<std::string> answered;
  mutable std::string seen, seen_context;
};

std::optional<pipeline::Verdict> verdict_of(Outcome<std::string> answer) {
  return PluginValidator(std::make_shared<FixedHandle>(std::move(answer))).validate({}, "", "{}");
}

}  // namespace

TEST_CASE("PluginValidatorTest.ItIsToldWhatTheParserAcceptedAndTheRawText") {
  const auto handle = std::make_shared<FixedHandle>(std::string(R"({"confidence":1})"));
  pipeline::Parsed parsed{"Which team?", 3, R"({"collected":[]})", "parser.structured", true};

  PluginValidator(handle).validate(parsed, "Sure: {\xff}", R"({"agent":"cards"})");

  CHECK(json::parse(handle->seen) == json{{"agent_final_response", "Which team?"},
                                          {"routine_number", 3},
                                          {"metadata", {{"collected", json::array()}}},
                                          {"parser", "parser.structured"},
                                          {"repaired", true},
                                          {"raw", "Sure: {\uFFFD}"}});
  CHECK(handle->seen_context == R"({"agent":"cards"})");
}

TEST_CASE("PluginValidatorTest.WhatIsAbsentIsLeftOut") {
  const auto handle = std::make_shared<FixedHandle>(std::string(R"({"confidence":1})"));

  PluginValidator(handle).validate({}, "", "{}");

  CHECK(json::parse(handle->seen) ==
        json{{"agent_final_response", ""}, {"parser", ""}, {"raw", ""}});
}

TEST_CASE("PluginValidatorTest.AVerdictIsReadWithItsProblem") {
  const auto verdict = verdict_of(std::string(
      R"({"confidence":0.25,"details":{"n":1},"problem":{"class":"routine","message":"not 12"}})"));

  REQUIRE(verdict);
  CHECK(verdict->confidence == 0.25);
  CHECK(verdict->validator == "validator.fixed");
  CHECK(verdict->details == R"({"n":1})");
  REQUIRE(verdict->problem);
  CHECK(verdict->problem->cls == pipeline::FailureClass::kRoutine);
  CHECK(verdict->problem->message == "not 12");
}

TEST_CASE("PluginValidatorTest.AProblemIsAlwaysOneOfTheContent") {
  // Another tier would retry by other rules, and would not be counted as a re-ask.
  for (const auto* cls : {"rate_limit", "invalid_json", "quota", "no such class", ""}) {
    INFO(cls);
    const json problem{{"class", cls}, {"message", "m"}};
    const auto verdict = verdict_of(json{{"confidence", 0}, {"problem", problem}}.dump());
    REQUIRE(verdict);
    REQUIRE(verdict->problem);
    CHECK(verdict->problem->cls == pipeline::FailureClass::kBusinessRule);
  }
  CHECK_FALSE(
      verdict_of(std::string(R"({"confidence":0,"problem":{"class":"routine"}})"))->problem);
  CHECK_FALSE(verdict_of(std::string(R"({"confidence":0,"problem":"bad"})"))->problem);
}

TEST_CASE("PluginValidatorTest.AnUnusableVerdictIsNoOpinion") {
  CHECK_FALSE(verdict_of(Error{Code::kNotApplicable, "none"}));
  CHECK_FALSE(verdict_of(Error{Code::kInternal, "it threw"}));
  CHECK_FALSE(verdict_of(Error{Code::kUnavailable, "quarantined"}));
  for (const auto* text :
       {"", "rubbish", "[]", "0.5", "{}", R"({"confidence":"high"})", R"({"confidence":null})",
        R"({"confidence":1.5})", R"({"confidence":-0.1})", R"({"confidence":1e999})"}) {
    INFO(text);
    CHECK_FALSE(verdict_of(std::string(text)));
  }
}
