// How a page asks for a field: input, autofill and buttons.
#include "sandbox.hpp"

using dugout::test::Sandbox;
using namespace dugout::routines;

namespace {

std::string routine_with(const std::string& field) {
  return "number: 1\nname: reader\ntitle: The reader\nask: Name?\nnext: [{go: 2}]\n"
         "collects:\n  reader_name: " +
         field + "\n";
}

Field field_of(const std::string& text) {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml", routine_with(text));
  const auto application = box.load();
  for (const auto& finding : box.findings) UNSCOPED_INFO(finding.text());
  CHECK(box.findings.empty());
  return application.flows.at("cards").routines.at(1).collects.at(0);
}

bool finds(const std::string& text, int column, const std::string& words) {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml", routine_with(text));
  return box.finds("01_reader.yaml", 7, column, words);
}

}  // namespace

TEST_CASE("LoadInputTest.ButtonsAreAListOrAMap") {
  const auto listed = field_of("{type: text, buttons: [None, \"7\"]}");
  REQUIRE(listed.buttons);
  CHECK(listed.buttons->at(1).said == "7");
  CHECK(listed.buttons->at(1).label == "7");
  const auto mapped = field_of("{type: yes_no, buttons: {\"yes\": Yes please, \"no\": Not now}}");
  CHECK(mapped.buttons->at(0).said == "yes");
  CHECK(mapped.buttons->at(0).label == "Yes please");
  CHECK(field_of("{type: choice, values: [A, B], buttons: []}").buttons->empty());
  CHECK(!field_of("{type: text}").buttons);
}

TEST_CASE("LoadInputTest.InputAndAutofillAreWordsOfAList") {
  const auto field = field_of("{type: text, input: postcode, autofill: postal-code}");
  CHECK(field.input == "postcode");
  CHECK(field.autofill == "postal-code");
  CHECK(finds("{type: text, input: postcod}", 36, "did you mean postcode?"));
  CHECK(finds("{type: text, autofill: shoe}", 39, "must be one of: name, email"));
  CHECK(finds("{type: yes_no, input: text}", 38, "has a form of its own"));
}

TEST_CASE("LoadInputTest.AButtonThatCouldNotBeReadIsNamed") {
  CHECK(finds("{type: choice, values: [Small, Large], buttons: [Small, Huge]}", 72,
              "\"Huge\" would not be read as an answer to reader_name"));
  CHECK(finds("{type: yes_no, buttons: [Perhaps]}", 41, "would not be read"));
  CHECK(finds("{type: integer, min: 1, max: 9, buttons: [\"10\"]}", 58, "within min and max"));
  CHECK(finds("{type: text, buttons: [\"\"]}", 39, "a button must be a text"));
  CHECK(finds("{type: text, buttons: soon}", 38, "must be a list of texts"));
  CHECK(finds("{type: file, buttons: [Photo]}", 38, "a file has no buttons"));
  CHECK(
      finds("{type: text, buttons: [" + std::string(41, 'x') + "]}", 39, "at most 40 characters"));
}
