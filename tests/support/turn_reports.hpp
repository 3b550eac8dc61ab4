// Turns as an orchestrator would report them, made by hand or drawn at random.
#pragma once

#include <random>
#include <string>

#include "observability/closed_names.hpp"
#include "observability/turn_report.hpp"

namespace dugout::test {

inline observability::KnownNames sample_names() {
  using observability::ClosedNames;
  observability::KnownNames names;
  names.agents = ClosedNames({"new_registration", "photo"});
  names.call_types = ClosedNames({"registration", "photo"});
  names.targets = ClosedNames({"openai/big", "openai/small", "understudy"});
  names.tools = ClosedNames({"address_lookup", "phone_validation"});
  names.validators = ClosedNames({"json_structure"});
  names.outcomes =
      ClosedNames({"ok", "tool_calls", "cache_hit", "cancelled", "not_asked", "rate_limit",
                   "timeout", "server", "invalid_json", "quota", "connection"});
  names.actions = ClosedNames({"retry", "next_target"});
  names.turn_outcomes = ClosedNames({"ok", "unavailable", "store", "failed"});
  names.tool_codes = ClosedNames({"ok", "stored", "timeout", "not_found"});
  return names;
}

inline observability::AttemptFigures attempt(const std::string& outcome, int call = 1,
                                             int number = 1) {
  observability::AttemptFigures out;
  out.call_type = "registration";
  out.agent = "new_registration";
  out.target = "openai/big";
  out.outcome = outcome;
  out.call = call;
  out.number = number;
  out.took = std::chrono::milliseconds(400);
  return out;
}

inline observability::TurnReport turn(std::vector<observability::AttemptFigures> attempts,
                                      const std::string& session = "0123456789abcdef") {
  observability::TurnReport out;
  out.session = session;
  out.turn = "turn_1";
  out.agent = "new_registration";
  out.outcome = "ok";
  out.took = std::chrono::milliseconds(500);
  out.own = std::chrono::milliseconds(2);
  out.attempts = std::move(attempts);
  return out;
}

// Any turn at all, with names that nobody knows now and then.
class RandomTurns {
 public:
  explicit RandomTurns(unsigned seed) : engine_(seed) {}

  observability::TurnReport next() {
    auto report = turn({}, "session-" + std::to_string(below(40)));
    if (below(10) == 0) report.outcome = "failed";
    report.took = std::chrono::microseconds(100 + below(5'000'000));
    report.own = std::chrono::microseconds(50 + below(5000));
    const int calls = below(3);
    for (int call = 1; call <= calls; ++call) add_call(report, call);
    for (int tools = below(3); tools > 0; --tools) {
      report.tools.push_back({below(5) == 0 ? "unheard_of" : "address_lookup",
                              below(3) == 0 ? "timeout" : "", std::chrono::milliseconds(below(90)),
                              below(4) == 0});
    }
    return report;
  }

 private:
  int below(int end) { return static_cast<int>(engine_() % static_cast<unsigned>(end)); }
  std::string one_of(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
  }
  void add_call(observability::TurnReport& report, int call) {
    const auto type = one_of({"registration", "photo", "surprise"});
    if (below(6) == 0) {
      report.attempts.push_back(attempt("cache_hit", call, 0));
      report.attempts.back().call_type = type;
      return;
    }
    const int tries = 1 + below(4);
    for (int number = 1; number <= tries; ++number) {
      auto tried = attempt(one_of({"rate_limit", "timeout", "invalid_json", "not_asked",
                                   "cancelled", "a_new_class"}),
                           call, number);
      if (number == tries && below(4) != 0) tried.outcome = one_of({"ok", "tool_calls"});
      tried.call_type = type;
      tried.target = one_of({"openai/big", "openai/small", "understudy", "evil\"\n/x"});
      tried.hedge = number > 1 && below(5) == 0;
      if (number > 1) tried.waited = std::chrono::milliseconds(below(3) * 1000);
      tried.input_tokens = below(500);
      tried.output_tokens = below(50);
      tried.cost = below(100) / 1000.0;
      report.attempts.push_back(std::move(tried));
    }
  }

  std::mt19937 engine_;
};

}  // namespace dugout::test
