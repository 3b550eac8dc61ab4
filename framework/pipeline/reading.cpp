#include "pipeline/reading.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace dugout::pipeline {
namespace {

constexpr std::size_t kExcerpt = 200;  // characters of a broken answer kept for the operator

// How much an error says about what is wrong with the answer; 0 = nothing.
int telling(Code code) {
  switch (code) {
    case Code::kRefused:
      return 6;
    case Code::kTruncated:
      return 5;
    case Code::kMissingField:
      return 4;
    case Code::kEmpty:
      return 3;
    case Code::kWrongShape:
      return 2;
    case Code::kMalformed:
      return 1;
    default:
      return 0;
  }
}

FailureClass class_of(Code code) {
  switch (code) {
    case Code::kRefused:
      return FailureClass::kRefusal;
    case Code::kTruncated:
      return FailureClass::kTruncated;
    case Code::kMissingField:
      return FailureClass::kMissingField;
    case Code::kEmpty:
      return FailureClass::kEmpty;
    case Code::kWrongShape:
      return FailureClass::kWrongShape;
    default:
      return FailureClass::kInvalidJson;
  }
}

Failure failure_of(FailureClass cls, std::string message) {
  Failure failure;
  failure.cls = cls;
  failure.message = std::move(message);
  return failure;
}

bool blank(std::string_view text) {
  return core::trim(text).empty();
}

// The parsers are tried in their order, each on every text: a text that is only commentary must not
// win by `raw` while another one holds the structured answer.
Attempted<Parsed> through_parsers(const std::vector<std::string>& texts, const CallPlan& plan,
                                  std::string_view schema) {
  int most = -1;
  Failure failure;
  for (const auto* parser : plan.parsers) {
    for (const auto& text : texts) {
      if (blank(text)) continue;
      auto outcome = parser->parse(text, schema);
      if (outcome) {
        outcome->parser = parser->name();
        return std::move(*outcome);
      }
      const auto& error = outcome.error();
      if (telling(error.code) <= most) continue;
      most = telling(error.code);
      failure =
          failure_of(class_of(error.code), std::string(parser->name()) + ": " + error.message);
      failure.field = core::masked(core::clip(text, kExcerpt));
    }
  }
  if (most < 0) failure = failure_of(FailureClass::kInvalidJson, "the agent has no parser");
  return failure;
}

}  // namespace

Reading read_answer(Answer answer, const CallPlan& plan, std::string_view schema) {
  Reading reading;
  if (!answer.tool_calls.empty()) {
    reading.tool_calls = std::move(answer.tool_calls);
  } else if (answer.refused) {
    reading.failure = failure_of(FailureClass::kRefusal, "the model declined to answer");
  } else if (answer.truncated) {
    reading.failure = failure_of(FailureClass::kTruncated, "the answer was cut off by a limit");
  } else if (std::all_of(answer.texts.begin(), answer.texts.end(), blank)) {
    reading.failure = failure_of(FailureClass::kEmpty, "the answer holds no text");
  } else {
    auto outcome = through_parsers(answer.texts, plan, schema);
    if (auto* failure = std::get_if<Failure>(&outcome)) {
      reading.failure = std::move(*failure);
      return reading;
    }
    reading.parsed = std::move(std::get<Parsed>(outcome));
    if (plan.judge) reading.failure = plan.judge(*reading.parsed);
    if (reading.failure) reading.parsed.reset();
  }
  return reading;
}

}  // namespace dugout::pipeline
