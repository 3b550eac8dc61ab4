// Scripted parts of a call for the tests of the planner: models that answer from a list, parsers
// and advisors made of a function, and a bench that puts them together on the virtual clock.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/call.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {

using namespace dugout::pipeline;
using namespace std::chrono_literals;

inline Answer says(std::string text) {
  Answer answer;
  answer.texts = {std::move(text)};
  return answer;
}

inline Failure fails(FailureClass cls, std::string message = "scripted") {
  Failure failure;
  failure.cls = cls;
  failure.message = std::move(message);
  return failure;
}

// Answers from its script, then for ever with the last entry. Remembers what it was asked.
class ScriptedModel final : public Model {
 public:
  ScriptedModel(std::string name, std::deque<Attempted<Answer>> script, bool is_local = false)
      : name_(std::move(name)), script_(std::move(script)), local_(is_local) {}

  std::string_view name() const override { return name_; }
  bool local() const override { return local_; }
  Attempted<Answer> ask(const Request& request, core::Duration within,
                        const core::CancelToken&) override {
    asked.push_back(request);
    withins.push_back(within);
    if (on_ask) on_ask();
    auto outcome = script_.front();
    if (script_.size() > 1) script_.pop_front();
    return outcome;
  }

  std::vector<Request> asked;
  std::vector<core::Duration> withins;
  std::function<void()> on_ask;

 private:
  std::string name_;
  std::deque<Attempted<Answer>> script_;
  bool local_;
};

class FunctionParser final : public Parser {
 public:
  using Function = std::function<Outcome<Parsed>(std::string_view)>;
  explicit FunctionParser(std::string name, Function function)
      : name_(std::move(name)), function_(std::move(function)) {}
  std::string_view name() const override { return name_; }
  Outcome<Parsed> parse(std::string_view text, std::string_view) const override {
    return function_(text);
  }

 private:
  std::string name_;
  Function function_;
};

// Takes "ok..." as the answer and refuses the rest with the code the text names.
inline Outcome<Parsed> plain_parse(std::string_view text) {
  if (text.substr(0, 2) == "ok") {
    Parsed parsed;
    parsed.message = text;
    return parsed;
  }
  if (text == "missing") return Error{Code::kMissingField, "no agent_final_response"};
  if (text == "cut") return Error{Code::kTruncated, "cut off"};
  if (text == "blank") return Error{Code::kEmpty, "blank message"};
  if (text == "array") return Error{Code::kWrongShape, "/: must be an object"};
  if (text == "prose") return Error{Code::kNotApplicable, "no JSON"};
  return Error{Code::kMalformed, "broken"};
}

class FunctionAdvisor final : public Advisor {
 public:
  using Function = std::function<std::optional<Advice>(const Failure&, int attempt, int repeats)>;
  FunctionAdvisor(std::string name, Function function)
      : name_(std::move(name)), function_(std::move(function)) {}
  std::string_view name() const override { return name_; }
  std::optional<Advice> advise(const Failure& failure, int attempt, int repeats,
                               std::string_view) const override {
    return function_(failure, attempt, repeats);
  }

 private:
  std::string name_;
  Function function_;
};

inline FunctionAdvisor always(Advice::Action action, double multiplier = 1.0,
                              double fraction = 0.5) {
  return FunctionAdvisor("always", [=](const Failure&, int, int) {
    Advice advice;
    advice.action = action;
    advice.wait_multiplier = multiplier;
    advice.fraction = fraction;
    advice.why = "scripted advice";
    return std::optional<Advice>(advice);
  });
}

// A plan with no jitter, one parser, plenty of budget; the test changes what it is about.
struct Bench {
  Bench() {
    plan.parsers = {&parser};
    plan.retry.jitter = 0.0;
    budget.deadline = clock.now() + 90s;
    request.instructions = "long instructions";
    request.short_instructions = "short";
    request.schema = R"({"type":"object"})";
    for (int group = 1; group <= 4; ++group) {
      Item item;
      item.text = "message " + std::to_string(group);
      item.group = group;
      request.items.push_back(item);
    }
  }

  CallResult run(std::vector<Model*> targets, std::vector<const Advisor*> advisors = {}) {
    plan.targets = std::move(targets);
    plan.advisors = std::move(advisors);
    return Planner(clock, random).run(plan, request, budget);
  }

  FakeClock clock;
  FixedRandom random;
  FunctionParser parser{"plain", plain_parse};
  CallPlan plan;
  Budget budget;
  Request request;
};

inline std::vector<std::string> targets_of(const CallResult& result) {
  std::vector<std::string> names;
  for (const auto& record : result.attempts) names.push_back(record.target);
  return names;
}

}  // namespace dugout::test
