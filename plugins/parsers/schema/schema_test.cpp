// Strict JSON against a schema, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace schema_test {

using dugout::test::PluginAnswer;
using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

constexpr std::string_view kSchema = R"({"type":"object","required":["agent_final_response"],
  "properties":{"agent_final_response":{"type":"string"},"routine_number":{"type":"integer"},
                "metadata":{"type":"object"}}})";

PluginAnswer parse(std::string_view raw, std::string_view schema = kSchema) {
  static PluginUnderTest plugin("parser.schema");
  return plugin.parse(raw, schema);
}

}  // namespace

TEST_CASE("SchemaTest.ConformingAnswerIsMapped") {
  const auto answer =
      parse(R"( {"agent_final_response":"Hi","routine_number":3.0,"metadata":{"a":1},"x":2} )");

  REQUIRE(answer.done());
  CHECK(answer.json() ==
        json::parse(R"({"agent_final_response":"Hi","routine_number":3,"metadata":{"a":1}})"));
}

TEST_CASE("SchemaTest.BrokenRuleIsNamedWithItsPointer") {
  const auto answer = parse(R"({"agent_final_response":"Hi","routine_number":"3"})");

  CHECK(answer.status == DUGOUT_E_WRONG_SHAPE);
  CHECK(answer.json()["message"].get<std::string>().find("/routine_number") == 0);
}

TEST_CASE("SchemaTest.WithoutASchemaItIsNotApplicable") {
  CHECK(parse(R"({"agent_final_response":"Hi"})", "").status == DUGOUT_E_NOT_APPLICABLE);
}

TEST_CASE("SchemaTest.ProseIsNotApplicable") {
  CHECK(parse("Hello there").status == DUGOUT_E_NOT_APPLICABLE);
}

TEST_CASE("SchemaTest.NothingIsRepaired") {
  CHECK(parse(R"({"agent_final_response":"Hi",})").status == DUGOUT_E_MALFORMED);
  CHECK(parse(R"({'agent_final_response':'Hi'})").status == DUGOUT_E_MALFORMED);
  CHECK(parse("{\"agent_final_response\":\"Hi\"}\f").status == DUGOUT_E_MALFORMED);
  CHECK(parse(R"({"agent_final_response":"Hi)").status == DUGOUT_E_TRUNCATED);
  CHECK(parse(R"({"agent_final_response":"Hi","metadata":{"a":"}")").status == DUGOUT_E_TRUNCATED);
}

TEST_CASE("SchemaTest.BlankAnswerOrMessageIsEmpty") {
  CHECK(parse(" \n").status == DUGOUT_E_EMPTY);
  CHECK(parse("\f").status == DUGOUT_E_EMPTY);
  CHECK(parse(R"({"agent_final_response":" "})").status == DUGOUT_E_EMPTY);
}

TEST_CASE("SchemaTest.BrokenSchemaIsInvalid") {
  CHECK(parse(R"({"agent_final_response":"Hi"})", R"({"type":5})").status == DUGOUT_E_INVALID);
}

TEST_CASE("SchemaTest.MemberNamesAreConfigured") {
  PluginUnderTest plugin("parser.schema",
                         {{"message", "reply"}, {"routine", "step"}, {"metadata", "data"}});

  const auto answer = plugin.parse(R"({"reply":"Hi","step":4,"data":[1]})", "{}");
  const auto fallback = plugin.parse(R"({"agent_final_response":"Hi"})", "{}");
  const auto neither = plugin.parse(R"({"text":"Hi"})", "{}");

  CHECK(answer.json() ==
        json::parse(R"({"agent_final_response":"Hi","routine_number":4,"metadata":[1]})"));
  CHECK(fallback.done());
  CHECK(neither.status == DUGOUT_E_MISSING_FIELD);
}

TEST_CASE("SchemaTest.PlainStringIsTheMessageWhereTheSchemaAllowsIt") {
  CHECK(parse("\"Hi\"", R"({"type":"string"})").json() == json{{"agent_final_response", "Hi"}});
  CHECK(parse("[1]", R"({"type":"array"})").status == DUGOUT_E_WRONG_SHAPE);
}

TEST_CASE("SchemaTest.DeepNestingIsRefusedBeforeTheHostSeesIt") {
  const auto deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK(parse(deep, "{}").status == DUGOUT_E_MALFORMED);
}

}  // namespace schema_test
