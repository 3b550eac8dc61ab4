// What the Responses codec makes of requests, through the plugin boundary, row by row.
#include <fstream>

#include "support/responses_codec.hpp"

namespace openai_responses_test {

using namespace responses_codec::test;

TEST_CASE("OpenAiResponsesTest.RequestIsMappedWhole") {
  json head;
  const auto body = encoded(request({user("Hello"),
                                     {{"kind", "assistant"}, {"text", "Hi."}},
                                     {{"kind", "system"}, {"text", "Note."}},
                                     user("14 Elm Road")},
                                    {{"max_output_tokens", 900}, {"attempt", 2}}),
                            json::object(), &head);

  CHECK(head["method"] == "POST");
  CHECK(head["path"] == "/responses");
  CHECK(head["headers"]["content-type"] == "application/json");
  CHECK(head["headers"]["x-retry-attempt"] == "2");
  CHECK(body["model"] == "gpt-4.1");
  CHECK(body["instructions"] == "Be kind.");
  CHECK(body["store"] == false);
  CHECK(body["max_output_tokens"] == 900);
  CHECK_FALSE(body.contains("tools"));
  CHECK_FALSE(body.contains("text"));
  CHECK_FALSE(body.contains("temperature"));
  REQUIRE(body["input"].size() == 4);
  CHECK(body["input"][0]["role"] == "user");
  CHECK(body["input"][0]["content"][0] == json{{"type", "input_text"}, {"text", "Hello"}});
  CHECK(body["input"][1] == json{{"role", "assistant"}, {"content", "Hi."}});
  CHECK(body["input"][2] == json{{"role", "system"}, {"content", "Note."}});
}

TEST_CASE("OpenAiResponsesTest.CallsAndResultsKeepTheirOrderAndCallId") {
  const auto body = encoded(request(
      {user("14"),
       {{"kind", "tool_call"},
        {"id", "call_1"},
        {"name", "address_lookup"},
        {"arguments", "{\"a\":1}"}},
       {{"kind", "tool_call"}, {"id", "call_2"}, {"name", "other"}, {"arguments", "broken"}},
       {{"kind", "tool_result"}, {"id", "call_1"}, {"output", "{\"ok\":true}"}},
       {{"kind", "tool_result"}, {"id", "call_2"}, {"output", "no"}}}));

  CHECK(body["input"][1] == json{{"type", "function_call"},
                                 {"call_id", "call_1"},
                                 {"name", "address_lookup"},
                                 {"arguments", "{\"a\":1}"}});
  CHECK(body["input"][2]["arguments"] == "broken");
  CHECK(body["input"][3] ==
        json{{"type", "function_call_output"}, {"call_id", "call_1"}, {"output", "{\"ok\":true}"}});
  CHECK(body["input"][4]["call_id"] == "call_2");
}

TEST_CASE("OpenAiResponsesTest.PictureGoesIntoTheUsersMessage") {
  const json picture = {{"kind", "image"}, {"data_url", "data:image/jpeg;base64,/9j/"}};
  const json part = {{"type", "input_image"}, {"image_url", "data:image/jpeg;base64,/9j/"}};

  SECTION("after the text") {
    const auto input = encoded(request({user("My photo"), picture}))["input"];
    REQUIRE(input.size() == 1);
    CHECK(input[0]["content"][1] == part);
  }
  SECTION("before the text") {
    const auto input = encoded(request({picture, user("My photo")}))["input"];
    REQUIRE(input.size() == 1);
    CHECK(input[0]["content"][0] == part);
    CHECK(input[0]["content"][1]["text"] == "My photo");
  }
  SECTION("never into somebody else's") {
    const auto input = encoded(
        request({user("Hello"), {{"kind", "assistant"}, {"text", "Photo?"}}, picture}))["input"];
    REQUIRE(input.size() == 3);
    CHECK(input[2]["role"] == "user");
    CHECK(input[2]["content"] == json::array({part}));
  }
  SECTION("two user messages stay two") {
    CHECK(encoded(request({user("one"), picture, user("two")}))["input"].size() == 2);
  }
}

TEST_CASE("OpenAiResponsesTest.SchemaIsStrictOnlyWhenItFits") {
  const json text = {{"type", "string"}, {"minLength", 1}, {"pattern", "^x"}, {"title", "T"}};
  const json fits = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                     {"type", "object"},
                     {"properties", {{"a", text}, {"b", {{"type", {"integer", "null"}}}}}},
                     {"required", {"a"}}};
  const auto [name, schema, strict] = GENERATE_COPY(table<std::string, json, bool>({
      {"closed by the codec", fits, true},
      {"enum without type",
       {{"type", "object"}, {"properties", {{"a", {{"enum", {"x", "y"}}}}}}, {"required", {"a"}}},
       true},
      {"oneOf below the root",
       {{"type", "object"},
        {"required", {"a"}},
        {"properties", {{"a", {{"oneOf", {{{"type", "string"}}, {{"type", "null"}}}}}}}}},
       true},
      {"optional that may not be null", {{"type", "object"}, {"properties", {{"a", text}}}}, false},
      {"root is no object", {{"type", "array"}, {"items", text}}, false},
      {"root is anyOf", {{"type", "object"}, {"anyOf", json::array()}}, false},
      {"open object",
       {{"type", "object"}, {"required", {"m"}}, {"properties", {{"m", {{"type", "object"}}}}}},
       false},
      {"extra members wanted",
       {{"type", "object"}, {"properties", json::object()}, {"additionalProperties", true}},
       false},
      {"array without items",
       {{"type", "object"}, {"required", {"m"}}, {"properties", {{"m", {{"type", "array"}}}}}},
       false},
      {"allOf",
       {{"type", "object"}, {"properties", json::object()}, {"allOf", json::array()}},
       false},
      {"no type",
       {{"type", "object"}, {"required", {"m"}}, {"properties", {{"m", json::object()}}}},
       false},
      {"unknown keyword", {{"type", "object"}, {"properties", json::object()}, {"x", 1}}, false},
      {"foreign reference",
       {{"type", "object"},
        {"required", {"m"}},
        {"properties", {{"m", {{"$ref", "https://example.org/s"}}}}}},
       false},
  }));
  CAPTURE(name);

  const auto format = encoded(request(
      {user("x")}, {{"schema", schema}, {"schema_name", "agent response!"}}))["text"]["format"];

  CHECK(format["type"] == "json_schema");
  CHECK(format["name"] == "agent_response_");
  CHECK(format["strict"] == strict);
  if (!strict) CHECK(format["schema"] == schema);
}

TEST_CASE("OpenAiResponsesTest.StrictFormListsEveryMemberAndClosesEveryObject") {
  const json field = {
      {"type", "object"},
      {"required", {"field", "value"}},
      {"properties", {{"field", {{"type", "string"}}}, {"value", {{"type", "string"}}}}}};
  const json schema = {
      {"type", "object"},
      {"required", {"reply"}},
      {"properties",
       {{"reply", {{"type", "string"}, {"minLength", 1}, {"description", "D"}}},
        {"list", {{"type", {"array", "null"}}, {"items", field}, {"maxItems", 9}}}}}};

  const auto strict = encoded(
      request({user("x")}, {{"schema", schema}, {"schema_name", "a"}}))["text"]["format"]["schema"];

  CHECK(strict["required"] == json({"list", "reply"}));
  CHECK(strict["additionalProperties"] == false);
  CHECK(strict["properties"]["reply"] == json{{"type", "string"}, {"description", "D"}});
  CHECK(strict["properties"]["list"]["maxItems"] == 9);
  CHECK(strict["properties"]["list"]["items"]["additionalProperties"] == false);
}

TEST_CASE("OpenAiResponsesTest.SchemaOfTheAgentsIsStrict") {
  std::ifstream file(DUGOUT_SOURCE_DIR "/agents/schemas/agent_response.json");
  const auto schema = json::parse(file);

  const auto format =
      encoded(request({user("x")}, {{"schema", schema}, {"schema_name", "a"}}))["text"]["format"];

  CHECK(format["strict"] == true);
}

TEST_CASE("OpenAiResponsesTest.ToolsAreFlatWithStrictWhereItFits") {
  const json strict = {{"type", "object"},
                       {"required", {"postcode"}},
                       {"properties", {{"postcode", {{"type", "string"}}}}}};
  const json loose = {{"type", "object"}, {"properties", {{"postcode", {{"type", "string"}}}}}};

  const auto body = encoded(
      request({user("x")}, {{"tools",
                             {{{"name", "a"}, {"description", "A."}, {"parameters", strict}},
                              {{"name", "b"}, {"description", "B."}, {"parameters", loose}},
                              {{"name", "c"}, {"description", "C."}}}}}));

  CHECK(body["parallel_tool_calls"] == true);
  CHECK(body["tools"][0]["type"] == "function");
  CHECK(body["tools"][0]["name"] == "a");
  CHECK(body["tools"][0]["description"] == "A.");
  CHECK(body["tools"][0]["strict"] == true);
  CHECK(body["tools"][0]["parameters"]["additionalProperties"] == false);
  CHECK(body["tools"][1]["strict"] == false);
  CHECK(body["tools"][1]["parameters"] == loose);
  CHECK(body["tools"][2]["strict"] == true);
}

TEST_CASE("OpenAiResponsesTest.ConfigurationIsSent") {
  const auto body = encoded(request({user("x")}), {{"temperature", 0.2},
                                                   {"store", true},
                                                   {"reasoning_effort", "low"},
                                                   {"service_tier", "flex"},
                                                   {"prompt_cache_key", "club"}});

  CHECK(body["temperature"] == 0.2);
  CHECK(body["store"] == true);
  CHECK(body["reasoning"]["effort"] == "low");
  CHECK(body["service_tier"] == "flex");
  CHECK(body["prompt_cache_key"] == "club");
}

TEST_CASE("OpenAiResponsesTest.RequestThatIsNoneIsInvalid") {
  PluginUnderTest plugin("provider.openai_responses");
  std::string body;
  auto deep = json::array();
  for (int i = 0; i < 80; ++i) deep = json::array({deep});
  const json bad = GENERATE_COPY(json("text"), json::object(), json{{"model", "m"}},
                                 json{{"model", "m"}, {"items", {1}}},
                                 json{{"model", "m"}, {"items", json::array()}, {"x", deep}});

  CHECK(plugin.encode(bad, &body).status == DUGOUT_E_INVALID);
}

}  // namespace openai_responses_test
