// Registration codes: the table of the facts, 1.1, with the better treatment.
#include "orchestrator/codes.hpp"

#include <catch2/catch.hpp>

namespace {

using dugout::orchestrator::CodeReading;
using dugout::orchestrator::directory_age_group;
using dugout::orchestrator::read_code;

// "200|Lions|u9|2526|" + name, or what kind of reading it is.
std::string read(const std::string& message) {
  const auto reading = read_code(message, "2526");
  if (reading.kind == CodeReading::Kind::kNone) return "none";
  if (reading.kind == CodeReading::Kind::kProblem) return "problem: " + reading.problem;
  const auto& code = reading.code;
  auto out = code.prefix + "|" + code.team + "|" + code.age + "|" + code.season;
  for (const auto& word : code.name) out += "|" + word;
  return out;
}

bool problem_with(const std::string& message, const std::string& words) {
  const auto reading = read(message);
  INFO(reading);
  return reading.rfind("problem: ", 0) == 0 && reading.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("CodesTest.GoodCodesAreRead") {
  CHECK(read("200-lions-u9-2526") == "200|Lions|u9|2526");
  CHECK(read(" 200-LIONS-U9-2526 ") == "200|Lions|u9|2526");
  CHECK(read("100-tigers-u13-2526-john-smith") == "100|Tigers|u13|2526|John|Smith");
  CHECK(read("200-tiger_cubs-u7-2526") == "200|Tiger_cubs|u7|2526");
  CHECK(read("200-mens-open-2526") == "200|Mens|open|2526");
}

TEST_CASE("CodesTest.ACodeIsFoundInASentence") {
  CHECK(read("Hello, my code is 200-lions-u9-2526. Thanks!") == "200|Lions|u9|2526");
  CHECK(read("code:200-lions-u9-2526") == "200|Lions|u9|2526");
  CHECK(read("200 lions u9 2526") == "200|Lions|u9|2526");
  CHECK(read("200\u2013lions\u2013u9\u20132526") == "200|Lions|u9|2526");
}

TEST_CASE("CodesTest.HyphenatedTeamsAndRealNamesAreTaken") {
  CHECK(read("200-red-devils-u9-2526") == "200|Red-devils|u9|2526");
  CHECK(read("100-tigers-u13-2526-john-o'brien") == "100|Tigers|u13|2526|John|O'Brien");
  CHECK(read("100-tigers-u13-2526-mary-jane-smith") == "100|Tigers|u13|2526|Mary|Jane|Smith");
  CHECK(read("100-tigers-u13-2526-zo\u00eb-n\u00fa\u00f1ez") ==
        "100|Tigers|u13|2526|Zo\u00eb|N\u00fa\u00f1ez");
}

TEST_CASE("CodesTest.NamesAreTakenAsPeopleWriteThem") {
  for (const auto* quote : {"'", "\u2018", "\u2019", "\u201B", "\u2039", "\u00B4"}) {
    INFO(quote);
    CHECK(read(std::string("100-tigers-u13-2526-john-o") + quote + "brien") ==
          "100|Tigers|u13|2526|John|O'Brien");
  }
  CHECK(read("100-TIGERS-U13-2526-\u00c9LODIE-D'ARCY") == "100|Tigers|u13|2526|\u00c9lodie|D'Arcy");
  // accents as separate marks
  CHECK(read("100-tigers-u13-2526-zoe\u0308-smith") == "100|Tigers|u13|2526|Zo\u00eb|Smith");
  CHECK(read("100-tigers-u13-2526-ann-marie-o'dowd-smith") ==
        "100|Tigers|u13|2526|Ann|Marie|O'Dowd|Smith");
  CHECK(read("my code: 100-tigers-u13-2526-john-o'brien.") == "100|Tigers|u13|2526|John|O'Brien");
  CHECK(read("'100-tigers-u13-2526-john-smith'") == "100|Tigers|u13|2526|John|Smith");
  CHECK(read("`100-tigers-u13-2526-john-smith`") == "100|Tigers|u13|2526|John|Smith");
  CHECK(read("200-lions-u9-2526-o'brien").rfind("problem: ", 0) == 0);
}

TEST_CASE("CodesTest.ANearCodeIsToldWhatIsWrong") {
  CHECK(problem_with("200-tigers-u13-2425", "another season"));
  CHECK(problem_with("300-tigers-u13-2526", "starts with 300"));
  CHECK(problem_with("200-tigers-13-2526", "200-tigers-u13-2526"));
  CHECK(problem_with("100-tigers-u13-2526", "needs the player's name"));
  CHECK(problem_with("200-tigers-u13-2526-john-smith", "no name at the end"));
}

TEST_CASE("CodesTest.OtherTextIsNoCode") {
  for (const auto* text : {"hello", "200", "0161 496 0123", "my son is u9 and plays for lions", "",
                           "2024-10-01", "200-lions", "12200-lions-u9-2526", "07700 900 123"}) {
    INFO(text);
    CHECK(read(text) == "none");
  }
}

TEST_CASE("CodesTest.TheDirectorySpellsAgeGroupsItsOwnWay") {
  CHECK(directory_age_group(read_code("200-lions-u9-2526", "2526").code) == "u9s");
  CHECK(directory_age_group(read_code("200-mens-open-2526", "2526").code) == "Open Age");
}
