// Trusts an answer as far as the routine it goes to is one that may follow.
#include <set>

#include "judged/judged.hpp"

namespace {

using judged::json;
using judged::Opinion;

constexpr std::size_t kMostNamed = 12;  // numbers in a message to the model

std::string listed(const std::set<long long>& numbers) {
  std::string out;
  std::size_t left = numbers.size();
  for (const auto number : numbers) {
    if (!out.empty()) out += left == 1 ? " or " : ", ";
    out += std::to_string(number);
    --left;
  }
  return out;
}

class RoutineProgression final : public judged::Validator {
 public:
  explicit RoutineProgression(std::string_view config) : RoutineProgression(read(config)) {}

 private:
  explicit RoutineProgression(const json& config)
      : follows_(config.value("follows", 0.9)),
        unsaid_(config.value("unsaid", 0.6)),
        strays_(config.value("strays", 0.2)) {}

  dugout::Outcome<Opinion> judge(const json& answer, const json& context) const override {
    if (!context.contains("routine")) return no_opinion("the agent has no routines");
    const auto here = context["routine"].get<long long>();
    const auto claimed = answer.find("routine_number");
    if (claimed == answer.end() || claimed->is_null()) return opinion("unsaid", unsaid_);
    const auto to = claimed->get<long long>();
    if (to == here) return opinion("same", follows_);
    if (!context.contains("next")) return no_opinion("what may follow is not known");
    std::set<long long> allowed{here};
    for (const auto& number : context["next"]) allowed.insert(number.get<long long>());
    if (allowed.contains(to)) return opinion("next", follows_);
    auto strays = opinion("stray", strays_);
    strays.cls = "routine";
    strays.message = "routine_number " + std::to_string(to) + " cannot follow routine " +
                     std::to_string(here) + ".";
    if (allowed.size() <= kMostNamed) strays.message += " It can be " + listed(allowed) + ".";
    return strays;
  }

  static Opinion opinion(const char* step, double confidence) {
    Opinion made;
    made.confidence = confidence;
    made.details = {{"step", step}};
    return made;
  }

  const double follows_, unsaid_, strays_;
};

}  // namespace

DUGOUT_VALIDATOR_PLUGIN(RoutineProgression, "validator.routine_progression")
