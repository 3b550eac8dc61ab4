#include "pipeline/reading.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "observability/turn_trace.hpp"

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

// The most telling refusal so far. Words are made of it only when no parser accepts.
struct Refused {
  const Parser* parser = nullptr;
  const std::string* text = nullptr;
  Error error;

  void note(const Parser& by, const std::string& what, const Error& why) {
    if (parser != nullptr && telling(why.code) <= telling(error.code)) return;
    parser = &by;
    text = &what;
    error = why;
  }
  Failure failure() const {
    if (parser == nullptr) return failure_of(FailureClass::kInvalidJson, "the agent has no parser");
    auto made =
        failure_of(class_of(error.code), std::string(parser->name()) + ": " + error.message);
    made.field = core::masked(core::clip(*text, kExcerpt));
    return made;
  }
};

// The parsers are tried in their order, each on every text: a text that is only commentary must not
// win by `raw` while another one holds the structured answer.
Attempted<Parsed> through_parsers(const std::vector<std::string>& texts, const CallPlan& plan,
                                  std::string_view schema, std::string_view& raw) {
  Refused refused;
  for (const auto* parser : plan.parsers) {
    for (const auto& text : texts) {
      if (blank(text)) continue;
      auto outcome = parser->parse(text, schema);
      if (!outcome) {
        refused.note(*parser, text, outcome.error());
        continue;
      }
      outcome->parser = parser->name();
      raw = text;
      return std::move(*outcome);
    }
  }
  return refused.failure();
}

Attempted<Parsed> parse(const std::vector<std::string>& texts, const CallPlan& plan,
                        std::string_view schema, std::string_view& raw) {
  observability::SpanScope span(plan.trace, observability::Stage::kParse, "parse", "");
  auto outcome = through_parsers(texts, plan, schema, raw);
  if (const auto* failure = std::get_if<Failure>(&outcome)) span.fail(name_of(failure->cls));
  return outcome;
}

void validate(Reading& reading, const CallPlan& plan, std::string_view raw, bool trusted) {
  observability::SpanScope span(plan.trace, observability::Stage::kValidate, "validate", "");
  if (!trusted && !plan.validators.empty()) {
    reading.weighed = weigh(plan.validators, plan.thresholds, *reading.parsed, raw, plan.context);
    reading.failure = reading.weighed.failure;
  }
  if (!reading.failure && plan.judge) reading.failure = plan.judge(*reading.parsed);
  if (!reading.failure) return;
  reading.parsed.reset();
  span.fail(name_of(reading.failure->cls));
}

}  // namespace

Reading read_answer(Answer answer, const CallPlan& plan, std::string_view schema, bool trusted) {
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
    std::string_view raw;  // of answer.texts
    auto outcome = parse(answer.texts, plan, schema, raw);
    if (auto* failure = std::get_if<Failure>(&outcome)) {
      reading.failure = std::move(*failure);
      return reading;
    }
    reading.parsed = std::move(std::get<Parsed>(outcome));
    validate(reading, plan, raw, trusted);
  }
  return reading;
}

}  // namespace dugout::pipeline
