// One mistake per test in a file an editor writes, and the place it is reported at.
#include "sandbox.hpp"

using dugout::test::Sandbox;
using namespace dugout::routines;

namespace {

// The reader's routine with other lines after its title.
std::string routine(const std::string& rest) {
  return "number: 1\nname: reader\ntitle: The reader\n" + rest;
}

constexpr auto kRoutineFile = "01_reader.yaml";
constexpr auto kRoutinePath = "routines/cards/01_reader.yaml";
const std::string kAskNext = "ask: Name?\nnext: [{go: 2}]\n";

bool finds_in_routine(const std::string& rest, int line, int column, const std::string& words,
                      const Known& known = {}) {
  Sandbox box;
  box.write(kRoutinePath, routine(rest));
  return box.finds(kRoutineFile, line, column, words, known);
}

bool finds_in_field(const std::string& field, int column, const std::string& words) {
  return finds_in_routine(kAskNext + "collects:\n  reader_name: " + field + "\n", 7, column, words);
}

}  // namespace

TEST_CASE("LoadTest.TheSandboxItselfIsWithoutAFinding") {
  Sandbox box;

  const auto application = box.load();

  for (const auto& finding : box.findings) UNSCOPED_INFO(finding.text());
  CHECK(box.findings.empty());
  CHECK(application.flows.at("cards").routines.size() == 4);
  CHECK(application.settings.at("club.contact.email") == "desk@example.org");
}

TEST_CASE("LoadTest.AnUnknownKeyNamesTheNearestOne") {
  CHECK(finds_in_routine("colects: {a: {type: text}}\n" + kAskNext, 4, 1,
                         "unknown key \"colects\" in the routine | did you mean \"collects\"?"));
  CHECK(finds_in_field("{type: text, lable: x}", 29, "did you mean \"label\"?"));
}

TEST_CASE("LoadTest.AKeyOfAnotherTypeOfFieldIsUnknown") {
  CHECK(finds_in_field("{type: text, min: 3}", 29, "unknown key \"min\" in field reader_name"));
}

TEST_CASE("LoadTest.AWrongTypeIsNamed") {
  CHECK(finds_in_routine("ask: 12\nnext: [{go: 2}]\n", 4, 6,
                         "\"ask\" of the routine must be a text | put it in quotes"));
  CHECK(finds_in_field("{type: text, optional: maybe}", 39, "must be true or false"));
  CHECK(finds_in_field("{type: integer, min: few}", 37, "must be a whole number"));
  CHECK(finds_in_field("[text]", 16, "must be a map"));
  CHECK(finds_in_routine("collects: [reader_name]\n" + kAskNext, 4, 11, "must be a map of fields"));
  CHECK(finds_in_routine(kAskNext + "calls: none\n", 6, 8, "must be a list of maps"));
}

TEST_CASE("LoadTest.AMissingKeyIsNamed") {
  Sandbox box;
  box.write(kRoutinePath, "number: 1\nname: reader\n" + kAskNext);
  CHECK(box.finds(kRoutineFile, 1, 1, "the routine has no \"title\""));
  box.write(kRoutinePath, "name: reader\ntitle: T\n" + kAskNext);
  CHECK(box.finds(kRoutineFile, 1, 1, "the routine has no \"number\""));
  CHECK(finds_in_routine("collects: {reader_name: {type: text}}\nnext: [{go: 2}]\n", 1, 1,
                         "the routine has no \"ask\""));
  CHECK(finds_in_routine(kAskNext, 1, 1, "the routine collects nothing"));
  CHECK(finds_in_field("{label: x}", 16, "neither \"type\" nor \"check\""));
  CHECK(finds_in_routine("collects: {reader_name: {type: text}}\nask: A?\nnext: [{say: Go.}]\n", 6,
                         8, "a rule has no \"go\""));
}

TEST_CASE("LoadTest.NumberAndFileNameMustAgree") {
  Sandbox box;
  box.write(
      kRoutinePath,
      "number: 7\nname: reader\ntitle: T\ncollects: {reader_name: {type: text}}\n" + kAskNext);
  CHECK(box.finds(kRoutineFile, 1, 9, "number 7 is in a file named 01_reader.yaml"));
  box.write(
      kRoutinePath,
      "number: 1\nname: writer\ntitle: T\ncollects: {reader_name: {type: text}}\n" + kAskNext);
  CHECK(box.finds(kRoutineFile, 2, 7, "name \"writer\" is in a file named"));
}

TEST_CASE("LoadTest.ADuplicateNumberNamesTheOtherFile") {
  Sandbox box;
  box.write("routines/cards/02_again.yaml",
            "number: 2\nname: again\ntitle: T\ncollects: {x: {type: text}}\n" + kAskNext);

  CHECK(box.finds("02_size.yaml", 1, 9, "number 2 is taken | by"));
}

TEST_CASE("LoadTest.AFileOfAnotherNameOrEndingIsNamed") {
  Sandbox box;
  box.write("routines/cards/notes.yaml", Sandbox::kReader);
  CHECK(box.finds("notes.yaml", 1, 1, "the file name is not NN_name.yaml"));
  box.write("routines/cards/05_more.yml", "");
  CHECK(box.finds("05_more.yml", 0, 0, "name it .yaml"));
}

TEST_CASE("LoadTest.FieldsAreCheckedByType") {
  CHECK(finds_in_field("{type: colour}", 23, "must be one of: text, choice"));
  CHECK(finds_in_field("{type: tex}", 23, "did you mean text?"));
  CHECK(finds_in_field("{type: text, check: t}", 23, "a type or a check, not both"));
  CHECK(finds_in_field("{type: text, pattern: \"[\"}", 38, "not a regular expression"));
  CHECK(finds_in_field("{type: text, min_length: 9, max_length: 3}", 41, "more than max_length"));
  CHECK(finds_in_field("{type: choice, values: [One]}", 39, "at least two values"));
  CHECK(finds_in_field("{type: choice}", 16, "at least two values"));
  CHECK(finds_in_field("{type: choice, values: {A: [x], B: [X]}}", 39, "variant of both A and B"));
  CHECK(finds_in_field("{type: yes_no, variants: {Maybe: [x]}}", 41, "no value of yes_no"));
  CHECK(finds_in_field("{type: integer, min: 9, max: 3}", 37, "min is more than max"));
  CHECK(finds_in_field("{type: integer, words: {some: [x]}}", 39, "not a whole number"));
  CHECK(finds_in_field("{type: date, min_age: 9, max_age: 3}", 38, "more than max_age"));
  CHECK(finds_in_field("{check: t, save: {a: \"B c\"}}", 33, "\"B c\" is not a field name"));
  CHECK(finds_in_routine(kAskNext + "collects:\n  Reader: {type: text}\n", 7, 3,
                         "is not a field name"));
}

TEST_CASE("LoadTest.ABraceThatIsNoSlotIsNamed") {
  CHECK(finds_in_routine("ask: \"Hello {reader name}\"\nnext: [{go: 2}]\n", 4, 6,
                         "a brace that is no slot"));
}

TEST_CASE("LoadTest.KindsForbidWhatTheyCannotUse") {
  CHECK(finds_in_routine("kind: route\n" + kAskNext, 1, 1, "of kind route runs without the user"));
  CHECK(finds_in_routine("kind: end\n" + kAskNext, 1, 1,
                         "of kind end has no collects, calls or next"));
  CHECK(finds_in_routine("kind: rout\n" + kAskNext, 4, 7, "did you mean route?"));
}

TEST_CASE("LoadTest.AllKeysOfAFieldArriveInTheModel") {
  Sandbox box;
  box.write(
      kRoutinePath,
      routine("ask: Name?\nnext: [{go: 2}]\ncollects:\n"
              "  reader_name: {type: text, label: your name, aliases: [name], sensitive: true,"
              " optional: true, min_length: 2, max_length: 9, pattern: \"[a-z]\","
              " letter_case: upper, none: [no one], clarify: \"Again?\"}\n"));

  const auto application = box.load();

  for (const auto& finding : box.findings) UNSCOPED_INFO(finding.text());
  const auto* field = application.flows.at("cards").field("reader_name");
  REQUIRE(box.findings.empty());
  REQUIRE(field != nullptr);
  CHECK(field->label == "your name");
  CHECK(field->aliases == std::vector<std::string>{"name"});
  CHECK((field->sensitive && field->optional && field->correctable));
  CHECK(field->min_length == 2);
  CHECK(field->max_length == 9);
  CHECK(field->letter_case == Field::Case::kUpper);
  CHECK(field->none == std::vector<std::string>{"no one"});
  CHECK(field->clarify == "Again?");
}

TEST_CASE("LoadTest.AFolderWithoutAgentsIsAFinding") {
  dugout::core::Findings findings;

  load_application("/nonexistent", {}, findings);

  REQUIRE(findings.size() == 1);
  CHECK(findings.front().message == "there is no folder of agents");
}
