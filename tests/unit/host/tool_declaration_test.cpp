// A tool's declaration of itself: what is read, and what each mistake is called.
#include "host/tool_declaration.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace dugout::host {
namespace {

using nlohmann::json;

json good() {
  return json::parse(R"({"name":"look","description":"Looks.","arguments":{"type":"object",
    "properties":{"what":{"type":"string"}}},"result":{"type":"object"},"timeout_ms":500,
    "check":{"argument":"what"}})");
}

Manifest manifest() {
  Manifest out;
  out.id = "tool.look";
  out.effects = Effects::kOnce;
  return out;
}

std::string fault(const char* pointer, const json& value) {
  auto all = good();
  all[json::json_pointer(pointer)] = value;
  const auto outcome = read_declaration(manifest(), all.dump());
  return outcome ? "" : outcome.error().message;
}

}  // namespace

TEST_CASE("ToolDeclarationTest.GoodOneIsReadWithTheEffectsOfTheManifest") {
  const auto outcome = read_declaration(manifest(), good().dump());

  REQUIRE(outcome);
  CHECK(outcome->declaration.name == "look");
  CHECK(outcome->declaration.timeout_ms == 500);
  CHECK(outcome->declaration.check_argument == "what");
  CHECK(outcome->declaration.effects == Effects::kOnce);
  CHECK(outcome->arguments.check(json{{"what", 5}}).size() == 1);
}

TEST_CASE("ToolDeclarationTest.MistakesNameTheirMember") {
  CHECK(fault("/name", "other") == "its declaration: /name must be \"look\", as in its id");
  CHECK(fault("/description", "") == "its declaration: /description must be a text");
  CHECK(fault("/arguments", "no") == "its declaration: /arguments must be a schema");
  CHECK(fault("/arguments/type", "array") == "its declaration: /arguments/type must be \"object\"");
  CHECK(fault("/result", nullptr) == "its declaration: /result must be a schema");
  CHECK_THAT(fault("/result/type", 5), Catch::StartsWith("its declaration: /result: "));
  CHECK_THAT(fault("/timeout_ms", 0), Catch::Contains("/timeout_ms must be an integer from 1"));
  CHECK_THAT(fault("/timeout_ms", 1.5), Catch::Contains("/timeout_ms must be an integer"));
  CHECK(fault("/check/argument", "who") ==
        "its declaration: /check/argument \"who\" is none of its arguments");
  CHECK(fault("/check", 7) == "its declaration: /check/argument must be a text");
}

TEST_CASE("ToolDeclarationTest.DoorsAreRead") {
  auto all = good();
  all.update({{"webhook", "gocardless"}, {"page", "reg_setup"}, {"schedule", {{"at", "10:00"}}}});
  const auto outcome = read_declaration(manifest(), all.dump());

  REQUIRE(outcome);
  CHECK(outcome->declaration.webhook == "gocardless");
  CHECK(outcome->declaration.page == "reg_setup");
  CHECK(outcome->declaration.schedule.at == "10:00");
  all["schedule"] = {{"every_s", 3600}};
  CHECK(read_declaration(manifest(), all.dump())->declaration.schedule.every_s == 3600);
  CHECK(read_declaration(manifest(), good().dump())->declaration.webhook.empty());
}

TEST_CASE("ToolDeclarationTest.ADoorThatIsNoneNamesItsMember") {
  for (const char* door : {"/webhook", "/page"}) {
    for (const json& word : {json("../chat"), json("Reg"), json(""), json(5)}) {
      CHECK_THAT(fault(door, word), Catch::Contains(door));
    }
  }
  for (const char* schedule :
       {R"({"at":"24:00"})", R"({"at":"10:60"})", R"({"at":"9:00"})", R"({"every_s":59})", "{}",
        R"("daily")", R"({"at":"10:00","every_s":60})"}) {
    CHECK_THAT(fault("/schedule", json::parse(schedule)), Catch::Contains("/schedule must be"));
  }
}

TEST_CASE("ToolDeclarationTest.TextThatIsNoObjectIsRefused") {
  for (const char* text : {"", "[]", "null", "{\"name\":", "\xff"}) {
    CHECK_FALSE(read_declaration(manifest(), text));
  }
}

}  // namespace dugout::host
