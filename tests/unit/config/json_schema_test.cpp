// JSON Schema: messages and pointers, broken schemas, and inputs made to hurt.
#include "config/json_schema.hpp"

#include <pthread.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

using namespace dugout;
using config::JsonSchema;
using core::Json;

namespace {

// Half of what the server's threads have; sanitizers need several times the stack.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStack = 4U << 20;
#else
constexpr std::size_t kStack = 512U << 10;
#endif

JsonSchema schema_of(std::string_view text) {
  auto schema = JsonSchema::compile(text);
  INFO((schema ? std::string() : schema.error().message));
  REQUIRE(schema);
  return *schema;
}

// "pointer: message" of the first error, empty = conforms.
std::string first(std::string_view schema, std::string_view instance) {
  const auto json = core::parse_json(instance);
  REQUIRE(json);
  const auto errors = schema_of(schema).check(*json);
  return errors.empty() ? "" : errors[0].pointer + ": " + errors[0].message;
}

std::string refusal(std::string_view schema) {
  const auto compiled = JsonSchema::compile(schema);
  REQUIRE_FALSE(compiled);
  CHECK(compiled.error().code == Code::kInvalid);
  return compiled.error().message;
}

void on_small_stack(void (*work)()) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_t thread{};
  const auto run = [](void* job) -> void* {
    reinterpret_cast<void (*)()>(job)();
    return nullptr;
  };
  // The work makes assertions, and Catch2 takes them from one thread at a time: none here
  // meanwhile.
  const int created = pthread_create(&thread, &attributes, run, reinterpret_cast<void*>(work));
  if (created == 0) pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  REQUIRE(created == 0);
}

Json nested(int depth) {
  Json value = Json::object();
  for (int i = 0; i < depth; ++i) {
    Json outer = Json::object();
    outer["a"] = std::move(value);
    value = std::move(outer);
  }
  return value;
}

}  // namespace

TEST_CASE("JsonSchemaTest.MessagesSayWhatIsWanted") {
  CHECK(first(R"({"type":"integer"})", R"("x")") == ": must be an integer");
  CHECK(first(R"({"type":["string","null"]})", "1") == ": must be a string or null");
  CHECK(first(R"({"properties":{"a":{"minimum":3}}})", R"({"a":2})") == "/a: must be at least 3");
  CHECK(first(R"({"enum":["red","blue"]})", R"("green")") == R"(: must be one of "red", "blue")");
  CHECK(first(R"({"const":"x"})", "1") == R"(: must be "x")");
  CHECK(first(R"({"required":["name"]})", "{}") == R"(: member "name" is missing)");
  CHECK(first(R"({"maxLength":2})", R"("abc")") == ": must have at most 2 characters");
  CHECK(first(R"({"pattern":"^a+$"})", R"("b")") == ": must match ^a+$");
  CHECK(first(R"({"items":{"type":"string"}})", "[\"a\", 1]") == "/1: must be a string");
  CHECK(first(R"({"multipleOf":0.01})", "1.005") == ": must be a multiple of 0.01");
  CHECK(first(R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})") ==
        R"(: member "b" is missing; it belongs to "a")");
}

TEST_CASE("JsonSchemaTest.UnknownMembersAreNamedAtTheirPlace") {
  const auto* schema = R"({"properties":{"color":{}},"additionalProperties":false})";

  CHECK(first(schema, R"({"colour":1})") ==
        R"(/colour: unknown member "colour"; did you mean "color"?)");
  CHECK(first(schema, R"({"a/b~c":1})") == R"(/a~1b~0c: unknown member "a/b~c")");
  CHECK(first(R"({"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false})",
              R"({"a":1,"b":2})") == R"(/b: unknown member "b")");
}

TEST_CASE("JsonSchemaTest.AlternativesNameTheNearestReason") {
  const auto* schema =
      R"({"anyOf":[{"type":"string"},{"properties":{"a":{"type":"integer"}},"type":"object"}]})";

  CHECK(first(schema, R"({"a":"x"})") ==
        ": fits none of the 2 alternatives; the nearest: /a must be an integer");
}

TEST_CASE("JsonSchemaTest.ErrorsPointIntoTheSchema") {
  const auto schema =
      schema_of(R"({"$defs":{"n":{"type":"integer"}},"items":{"$ref":"#/$defs/n"}})");

  const auto errors = schema.check(Json::array({"x"}));

  REQUIRE(errors.size() == 1);
  CHECK(errors[0].pointer == "/0");
  CHECK(errors[0].schema_pointer == "/$defs/n/type");
}

TEST_CASE("JsonSchemaTest.ErrorsStopAtTheLimit") {
  const auto schema = schema_of(R"({"items":{"type":"string"}})");
  const auto many = Json::parse("[1,2,3,4,5,6,7,8,9]");

  CHECK(schema.check(many, 4).size() == 4);
  CHECK(schema.check(many, 0).size() == 1);
  CHECK(schema.check(many).size() == 9);
}

TEST_CASE("JsonSchemaTest.BrokenSchemasAreRefusedWithPointer") {
  CHECK_THAT(refusal(R"({"properties":{"a":{"type":"strin"}}})"),
             Catch::StartsWith("/properties/a/type: \"strin\" is not a type"));
  CHECK_THAT(refusal(R"({"items":[{}]})"), Catch::StartsWith("/items: must be a schema"));
  CHECK_THAT(refusal(R"({"minLength":-1})"),
             Catch::StartsWith("/minLength: must be a whole number"));
  CHECK_THAT(refusal(R"({"pattern":"("})"), Catch::StartsWith("/pattern: the pattern cannot"));
  CHECK_THAT(refusal(R"({"pattern":"(?=a)b"})"), Catch::StartsWith("/pattern: the pattern cannot"));
  CHECK_THAT(refusal(R"({"patternProperties":{"a/[":{}}})"),
             Catch::StartsWith("/patternProperties/a~1[: the pattern"));
  CHECK_THAT(refusal(R"({"$ref":"#/$defs/no"})"), Catch::Contains("leads nowhere"));
  CHECK_THAT(refusal(R"({"$ref":"#no"})"), Catch::Contains("no anchor \"no\""));
  CHECK_THAT(refusal(R"({"$ref":"https://example.org/x"})"), Catch::Contains("nothing is fetched"));
  CHECK_THAT(refusal("3"), Catch::StartsWith("the schema: must be a schema"));
  for (const auto* bad :
       {R"({"required":"a"})", R"({"enum":1})", R"({"multipleOf":0})", R"({"uniqueItems":1})",
        R"({"allOf":[]})", R"({"$anchor":"#a"})", R"({"$id":"x#y"})", R"({"type":[]})",
        R"({"minimum":"1"})", R"({"properties":[]})", R"({"$ref":1})", R"({"pattern":1})",
        R"({"dependentRequired":{"a":[1]}})", R"({"$ref":"#/a~2"})"}) {
    INFO(bad);
    CHECK_FALSE(refusal(bad).empty());
  }
  CHECK_FALSE(JsonSchema::compile("{"));
}

TEST_CASE("JsonSchemaTest.NumbersCountByValue") {
  CHECK(first(R"({"type":"integer"})", "1.0") == "");
  CHECK(first(R"({"const":1})", "1.0") == "");
  CHECK(first(R"({"uniqueItems":true})", "[1, 1.0]") != "");
  CHECK(first(R"({"uniqueItems":true})", R"([1, true, "1", [1], {"a":1}, {"a":true}, null])") ==
        "");
  CHECK(first(R"({"maximum":9007199254740992})", "9007199254740993") != "");
  CHECK(first(R"({"maximum":18446744073709551614})", "18446744073709551615") != "");
  CHECK(first(R"({"multipleOf":0.0001})", "0.0075") == "");
  CHECK(first(R"({"multipleOf":0.0001})", "0.00751") != "");
  CHECK(first(R"({"multipleOf":0.123456789})", "1e308") != "");
  CHECK(first(R"({"multipleOf":1e-8})", "12391239123") == "");
  CHECK(first(R"({"multipleOf":5})", "-9223372036854775805") == "");
  CHECK(first(R"({"maxLength":2})", R"("éß")") == "");
}

TEST_CASE("JsonSchemaTest.PatternsSpeakEcmaScript") {
  CHECK(first(R"({"pattern":"^\\d+$"})", R"("12")") == "");
  CHECK(first(R"({"pattern":"^\\d+$"})", R"("१२")") != "");
  CHECK(first(R"({"pattern":"^\\s$"})", "\"\\u00a0\"") == "");
  CHECK(first(R"({"pattern":"^[\\s]$"})", "\"\\ufeff\"") == "");
  CHECK(first(R"({"pattern":"^\\S$"})", "\"\\u00a0\"") != "");
  CHECK(first(R"({"pattern":"^\\p{Letter}+$"})", R"("né")") == "");
  CHECK(first(R"({"pattern":"^\\p{Script=Greek}$"})", R"("λ")") == "");
  CHECK(first(R"({"pattern":"^\\u00e9$"})", R"("é")") == "");
  CHECK(first(R"({"pattern":"^\\u{1F600}$"})", R"("😀")") == "");
  CHECK(first(R"({"pattern":"^(?<year>\\d{4})$"})", R"("2026")") == "");
  CHECK(first(R"({"pattern":"^\\cJ$"})", R"("\n")") == "");
  CHECK(first(R"({"pattern":"^.$"})", R"("é")") == "");
}

TEST_CASE("JsonSchemaTest.BigTextAgainstAWickedPatternEnds") {
  const auto schema = schema_of(R"({"pattern":"(a+)+$"})");
  const auto harmless = schema_of(R"({"pattern":"^[a-z]+$"})");
  const auto text = std::string(1'000'000, 'a');

  CHECK(schema.check(text).empty());
  CHECK(schema.check(text + "!").size() == 1);
  CHECK(harmless.check(text).empty());
  CHECK(harmless.check(text + "!").size() == 1);
}

TEST_CASE("JsonSchemaTest.HundredThousandBracketsAreRefusedBeforeTheCheck") {
  CHECK_FALSE(core::parse_json(std::string(100'000, '[')));
  CHECK_FALSE(core::parse_json(std::string(100'000, '[') + std::string(100'000, ']')));
  CHECK_FALSE(JsonSchema::compile(std::string(100'000, '[')));
}

TEST_CASE("JsonSchemaTest.DeepInstanceIsAnErrorOnASmallStack") {
  on_small_stack([] {
    const auto schema =
        JsonSchema::compile(R"({"properties":{"a":{"$ref":"#"}},"uniqueItems":true})");
    const auto deep = nested(5'000);
    const auto shallow = nested(100);
    const auto errors = schema->check(deep);
    REQUIRE(errors.size() == 1);
    CHECK_THAT(errors[0].message, Catch::Contains("nested deeper than 128 levels"));
    CHECK(schema->check(shallow).empty());
  });
}

TEST_CASE("JsonSchemaTest.ReferencesInACircleAreAnErrorOnASmallStack") {
  on_small_stack([] {
    for (const auto* text :
         {R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})",
          R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},
                                 "anyOf":[{"$ref":"#/$defs/a"}]})",
          R"({"not":{"$ref":"#"}})", R"({"$dynamicAnchor":"x","$dynamicRef":"#x"})"}) {
      const auto schema = JsonSchema::compile(text);
      REQUIRE(schema);
      const auto errors = schema->check(Json(1));
      REQUIRE_FALSE(errors.empty());
      CHECK_THAT(errors.back().message, Catch::Contains("go too deep"));
    }
  });
}

TEST_CASE("JsonSchemaTest.ExponentialSchemaIsCutOff") {
  std::string text = R"({"$ref":"#/$defs/s0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const auto next = R"({"$ref":"#/$defs/s)" + std::to_string(i + 1) + "\"}";
    text += "\"s" + std::to_string(i) + "\":{\"allOf\":[" + next + "," + next + "]},";
  }
  text += R"("s40":{"type":"integer"}}})";

  const auto errors = schema_of(text).check(Json(1));

  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0].message, Catch::Contains("too many steps"));
}

TEST_CASE("JsonSchemaTest.SchemaNestedTooDeepIsRefused") {
  Json schema = true;
  for (int i = 0; i < 1'000; ++i) {
    Json outer = Json::object();
    outer["not"] = std::move(schema);
    schema = std::move(outer);
  }
  CHECK_FALSE(JsonSchema::compile(schema));
}

TEST_CASE("JsonSchemaTest.UniqueItemsIsFastOnManyItems") {
  Json list = Json::array();
  for (int i = 0; i < 100'000; ++i) list.push_back(i);

  CHECK(schema_of(R"({"uniqueItems":true})").check(list).empty());
}

TEST_CASE("JsonSchemaTest.OneSchemaServesManyThreads") {
  const auto schema = schema_of(R"({"properties":{"a":{"pattern":"^x+$"}},"required":["a"]})");
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        if (!schema.check({{"a", "xx"}}).empty()) ++wrong;
        if (schema.check({{"a", "y"}}).size() != 1) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(wrong == 0);
}
