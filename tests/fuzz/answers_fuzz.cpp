// What a person typed, read by the understudy: codes, choices, numbers and texts.
#include "orchestrator/answers.hpp"

#include "core/text.hpp"
#include "orchestrator/codes.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

namespace {

std::vector<routines::ChoiceValue> sizes() {
  routines::ChoiceValue small, large;
  small.value = "Small";
  small.variants = {"little", "s"};
  large.value = "Large";
  large.variants = {"big", "not small"};
  return {small, large};
}

}  // namespace

FUZZ_TARGET(answers) {
  const auto said = core::to_utf8(input);
  static const auto values = sizes();
  const auto choice = orchestrator::read_choice(said, values);
  require(!choice.value || *choice.value == "Small" || *choice.value == "Large",
          "one of the values");
  const auto yes = orchestrator::read_yes_no(said, {});
  require(!yes.value || *yes.value == "Y" || *yes.value == "N", "yes or no");

  routines::Field field;
  field.min = 1;
  field.max = 28;
  const auto number = orchestrator::read_integer(said, field);
  require(!number.value || (std::stoi(*number.value) >= 1 && std::stoi(*number.value) <= 28),
          "a number in its range");
  field.max_length = 50;
  const auto text = orchestrator::read_text(said, field);
  require(!text.value || core::is_utf8(*text.value), "a text is UTF-8");
  require(!text.value || core::characters(*text.value) <= 50, "and within its length");

  const auto code = orchestrator::read_code(said, "2526");
  if (code.kind == orchestrator::CodeReading::Kind::kCode) {
    require(code.code.prefix == "100" || code.code.prefix == "200", "a code has its prefix");
    require(!orchestrator::directory_age_group(code.code).empty(), "and an age group");
  }
  require(code.kind != orchestrator::CodeReading::Kind::kProblem || !code.problem.empty(),
          "a problem is told");
}
