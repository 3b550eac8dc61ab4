// Answers as people type them, read without a model.
#include "orchestrator/answers.hpp"

#include <catch2/catch.hpp>

namespace {

using dugout::orchestrator::Reading;
using dugout::routines::ChoiceValue;
using dugout::routines::Field;

std::string shown(const Reading& reading) {
  if (reading.left_out) return "left out";
  return reading.value ? *reading.value : "unclear";
}

std::string yes_no(const std::string& text) {
  return shown(dugout::orchestrator::read_yes_no(text, {}));
}

std::string day(const std::string& text) {
  Field field;
  field.min = 1;
  field.max = 31;
  field.values = {{"-1", {"last day", "end of the month"}}};
  return shown(dugout::orchestrator::read_integer(text, field));
}

}  // namespace

TEST_CASE("AnswersTest.YesAndNoComeInManyWords") {
  for (const auto* text : {"yes", "Y", "Yeah!", "ok", "that's it", "that\u2019s right",
                           "yes lives with me", "YES PLEASE"}) {
    INFO(text);
    CHECK(yes_no(text) == "Y");
  }
  for (const auto* text :
       {"no", "Nope", "no thanks", "not really", "that's not right", "absolutely not", "I don't"}) {
    INFO(text);
    CHECK(yes_no(text) == "N");
  }
  for (const auto* text : {"maybe", "sometimes", "", "yes and no", "Manchester?", "eyes", "know"}) {
    INFO(text);
    CHECK(yes_no(text) == "unclear");
  }
}

TEST_CASE("AnswersTest.TheLongestVariantWinsAndTwoValuesAreUnclear") {
  const std::vector<ChoiceValue> values{{"change", {"not correct", "wrong"}},
                                        {"confirmed", {"correct"}}};

  CHECK(shown(dugout::orchestrator::read_choice("all correct", values)) == "confirmed");
  CHECK(shown(dugout::orchestrator::read_choice("the email is not correct", values)) == "change");
  CHECK(shown(dugout::orchestrator::read_choice("the name is correct, the rest wrong", values)) ==
        "unclear");
  CHECK(shown(dugout::orchestrator::read_choice("incorrectly", values)) == "unclear");
}

TEST_CASE("AnswersTest.NumbersComeInDigitsAndWords") {
  CHECK(day("15") == "15");
  CHECK(day("the 15th") == "15");
  CHECK(day("number seven") == "7");
  CHECK(day("twenty-first") == "21");
  CHECK(day("the thirtieth") == "30");
  CHECK(day("last day of the month") == "-1");
  CHECK(day("-1") == "-1");
}

TEST_CASE("AnswersTest.NumbersOutOfRangeOrInDoubtAreRefused") {
  for (const auto* text :
       {"the 45th", "0", "-5", "\u22125", "5 or 6", "7.5", "soon", "", "99999999999999999999"}) {
    INFO(text);
    CHECK(day(text) == "unclear");
  }
}

TEST_CASE("AnswersTest.TextIsTidiedAndHeldToItsForm") {
  Field field;
  field.pattern = "[0-9]";
  field.letter_case = Field::Case::kUpper;
  field.max_length = 20;
  field.none = {"no number", "none"};

  CHECK(shown(dugout::orchestrator::read_text("  5b\n", field)) == "5B");
  CHECK(shown(dugout::orchestrator::read_text("Flat   2\x01", field)) == "FLAT 2");
  CHECK(shown(dugout::orchestrator::read_text("the blue door", field)) == "unclear");
  CHECK(shown(dugout::orchestrator::read_text("no number", field)) == "left out");
  CHECK(shown(dugout::orchestrator::read_text(std::string(21, '1'), field)) == "unclear");
}
