// Chance for the property tests of the planner, and the parts that are left to it: a hostile
// strategy, and the planner's own random numbers. One thread.
#pragma once

#include <cmath>
#include <random>

#include "script.hpp"

namespace dugout::test {

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  int below(int limit) { return static_cast<int>(engine_() % static_cast<unsigned>(limit)); }
  bool one_in(int n) { return below(n) == 0; }
  double odd_number() {
    static constexpr double kOdd[] = {0.0, -1.0, 1e9, -1e308,   1e308,
                                      0.5, 3.0,  NAN, INFINITY, -INFINITY};
    return kOdd[below(10)];
  }

 private:
  std::minstd_rand engine_;
};

// Good once in `good_in`; else calls of tools, broken texts and every class of failure.
inline Attempted<Answer> random_outcome(Chance& chance, int good_in) {
  if (chance.one_in(good_in)) return says("ok");
  if (chance.one_in(20)) {
    Answer answer;
    answer.tool_calls = {{"call", "tool", "{}"}};
    answer.usage = {chance.below(1000), chance.below(1000)};
    return answer;
  }
  if (chance.one_in(3)) {
    static const char* kTexts[] = {"broken", "missing", "cut", "blank", "array", "prose", ""};
    auto answer = says(kTexts[chance.below(7)]);
    answer.refused = chance.one_in(8);
    answer.truncated = chance.one_in(8);
    answer.usage = {chance.below(1000), chance.below(1000)};
    return answer;
  }
  auto failure = fails(static_cast<FailureClass>(chance.below(static_cast<int>(kFailureClasses))));
  if (chance.one_in(3))
    failure.retry_after = std::chrono::milliseconds(chance.below(90'000) - 5'000);
  if (chance.one_in(4)) failure.should_retry = chance.one_in(2);
  return failure;
}

// Any advice there is, with any figures.
class HostileAdvisor final : public Advisor {
 public:
  explicit HostileAdvisor(Chance& chance) : chance_(chance) {}
  std::string_view name() const override { return "hostile"; }
  std::optional<Advice> advise(const Failure&, int, int, std::string_view) const override {
    if (chance_.one_in(4)) return std::nullopt;
    Advice advice;
    advice.action = static_cast<Advice::Action>(chance_.below(kActions));
    advice.wait_multiplier = chance_.odd_number();
    advice.fraction = chance_.odd_number();
    advice.why = std::string(300, 'x');
    return advice;
  }

 private:
  static constexpr int kActions = 1 + static_cast<int>(Advice::Action::kStop);
  Chance& chance_;
};

class RandomFromChance final : public core::Random {
 public:
  explicit RandomFromChance(Chance& chance) : chance_(chance) {}
  double unit() override { return chance_.below(1000) / 1000.0; }

 private:
  Chance& chance_;
};

}  // namespace dugout::test
