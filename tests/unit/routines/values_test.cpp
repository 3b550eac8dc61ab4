// Names with properties, and templates.
#include "sandbox.hpp"

using dugout::test::MapValues;
using namespace dugout::routines;

namespace {

std::string resolved(const std::string& name, const std::string& value) {
  const MapValues values{{"field", value}};
  return resolve("field." + name, values).value_or("(unset)");
}

}  // namespace

TEST_CASE("ResolveTest.PropertiesReadAValueAsPeopleMeanIt") {
  CHECK(resolved("age", "01-10-2009") == "16");
  CHECK(resolved("age", "02-10-2009") == "15");
  CHECK(resolved("number", "u16") == "16");
  CHECK(resolved("number", "007") == "7");
  CHECK(resolved("number", "0") == "0");
  CHECK(resolved("length", "Zoë") == "3");
  CHECK(resolved("upper", "u9") == "U9");
  CHECK(resolved("lower", "LIONS") == "lions");
  CHECK(resolved("title", "red devils") == "Red Devils");
  CHECK(resolved("last3", "07700900123") == "123");
  CHECK(resolved("last3", "ë1") == "ë1");
  CHECK(resolved("spaced", "07700900123") == "07700 900 123");
  CHECK(resolved("yes_no", "Y") == "yes");
}

TEST_CASE("ResolveTest.APropertyThatDoesNotFitIsUnset") {
  CHECK(resolved("age", "31-02-2009") == "(unset)");
  CHECK(resolved("age", "01-01-2999") == "(unset)");
  CHECK(resolved("number", "open") == "(unset)");
  CHECK(resolved("number", "1234567890123456789012") == "(unset)");
  CHECK(resolved("yes_no", "perhaps") == "(unset)");
  CHECK(resolved("colour", "red") == "(unset)");
}

TEST_CASE("ResolveTest.NowIsTheTimeOfTheTurnUnlessAFieldHasTheName") {
  CHECK(resolve("now", MapValues{}) == "2025-10-01T12:00:00Z");
  CHECK(resolve("now", MapValues{{"now", "later"}}) == "later");
}

TEST_CASE("ResolveTest.ADottedSettingWinsOverAProperty") {
  const MapValues values{{"club.number", "5"}, {"club", "u9"}};

  CHECK(resolve("club.number", values) == "5");
}

TEST_CASE("RenderTest.OneLineWithAnUnsetSlotIsTidied") {
  const MapValues values{{"name", "Helen"}};

  CHECK(render("Your number, {name}?", values) == "Your number, Helen?");
  CHECK(render("Your number, {other}?", values) == "Your number?");
  CHECK(render("Dear {other} {name} , hello", values) == "Dear Helen, hello");
}

TEST_CASE("RenderTest.ALineOfManyWithAnUnsetSlotIsLeftOut") {
  const MapValues values{{"name", "Helen"}};

  CHECK(render("Hello {name}\n- Club: {club}\n\n- Club: {club}\n\nBye\n", values) ==
        "Hello Helen\n\nBye");
  CHECK(render("{a}\n{b}", values).empty());
}

TEST_CASE("RenderTest.BracesOfAValueAreNotReadAgain") {
  const MapValues values{{"name", "{secret}"}, {"secret", "x"}};

  CHECK(render("Hello {name}", values) == "Hello {secret}");
}

TEST_CASE("RenderTest.ADoubledBraceIsABrace") {
  const MapValues values{{"name", "Helen"}};

  CHECK(render("{{name}} {name}", values) == "{name} Helen");
  CHECK(slots("{{name}} {name} {a.b} { c }") == std::vector<std::string>{"name", "a.b"});
}

TEST_CASE("BaseNameTest.OnlyKnownPropertiesAreTakenOff") {
  CHECK(base_name("age_group.number") == "age_group");
  CHECK(base_name("club.contact_email") == "club.contact_email");
  CHECK(base_name("club.name.upper") == "club.name");
}
