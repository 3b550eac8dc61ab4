// The Responses codec through the plugin boundary, row by row.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/plugin_harness.hpp"

namespace {

using dugout::test::PluginAnswer;
using dugout::test::PluginUnderTest;
using nlohmann::json;

const json kJson = {{"content-type", "application/json; charset=utf-8"}};

json request(json items, json more = json::object()) {
  json out = {{"model", "gpt-4.1"},
              {"instructions", "Be kind."},
              {"items", std::move(items)},
              {"tools", json::array()},
              {"schema_name", ""},
              {"schema", nullptr},
              {"max_output_tokens", nullptr},
              {"attempt", 0}};
  out.update(more);
  return out;
}

json encoded(const json& neutral, const json& config = json::object(), json* head = nullptr) {
  PluginUnderTest plugin("provider.openai_responses", config);
  std::string body;
  const auto answer = plugin.encode(neutral, &body);
  REQUIRE(answer.done());
  if (head != nullptr) *head = answer.json();
  return json::parse(body);
}

PluginAnswer decoded(unsigned status, std::string_view body, const json& headers = kJson) {
  PluginUnderTest plugin("provider.openai_responses");
  return plugin.decode(status, headers, body);
}

json answer_of(const json& body) {
  const auto answer = decoded(200, body.dump());
  INFO(answer.text);
  REQUIRE(answer.done());
  return answer.json();
}

json message(const std::string& text) {
  return {{"id", "msg_1"},
          {"type", "message"},
          {"role", "assistant"},
          {"status", "completed"},
          {"content", {{{"type", "output_text"}, {"text", text}, {"annotations", json::array()}}}}};
}

json response(json output, json more = json::object()) {
  json out = {{"id", "resp_1"},
              {"object", "response"},
              {"status", "completed"},
              {"error", nullptr},
              {"incomplete_details", nullptr},
              {"model", "gpt-4.1-2025"},
              {"output", std::move(output)},
              {"usage", {{"input_tokens", 10}, {"output_tokens", 5}, {"total_tokens", 15}}}};
  out.update(more);
  return out;
}

json user(const std::string& text) {
  return {{"kind", "user"}, {"text", text}};
}

}  // namespace

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

TEST_CASE("OpenAiResponsesTest.TextIsFoundBehindReasoning") {
  const auto answer = answer_of(response(
      {{{"id", "rs_1"}, {"type", "reasoning"}, {"summary", json::array()}}, message("{\"a\":1}")}));

  CHECK(answer["texts"] == json::array({{{"text", "{\"a\":1}"}, {"phase", nullptr}}}));
  CHECK(answer["output_text"] == "{\"a\":1}");
  CHECK(answer["finish"] == "stop");
  CHECK(answer["refusal"].is_null());
  CHECK(answer["usage"] == json{{"input_tokens", 10}, {"output_tokens", 5}});
  CHECK(answer["model"] == "gpt-4.1-2025");
  CHECK(answer["id"] == "resp_1");
  CHECK(answer["tool_calls"].empty());
}

TEST_CASE("OpenAiResponsesTest.AllPartsOfAllMessagesCount") {
  auto comment = message("Let me see. ");
  comment["phase"] = "commentary";
  auto final = message("{\"a\"");
  final["phase"] = "final_answer";
  final["content"].push_back({{"type", "output_text"}, {"text", ":1}"}});
  final["content"].push_back({{"type", "hologram"}, {"data", 1}});

  const auto answer = answer_of(response({comment,
                                          {{"type", "web_search_call"}},
                                          {{"type", "of_the_future"}, {"content", 7}},
                                          final,
                                          5}));

  REQUIRE(answer["texts"].size() == 3);
  CHECK(answer["texts"][0]["phase"] == "commentary");
  CHECK(answer["texts"][2]["phase"] == "final_answer");
  CHECK(answer["output_text"] == "Let me see. {\"a\":1}");
}

TEST_CASE("OpenAiResponsesTest.BodysOwnOutputTextWins") {
  const auto answer =
      answer_of(response({message("from the items")}, {{"output_text", "from the top"}}));

  CHECK(answer["output_text"] == "from the top");
  CHECK(answer["texts"][0]["text"] == "from the items");
}

TEST_CASE("OpenAiResponsesTest.EveryFunctionCallIsGivenOn") {
  const auto answer = answer_of(response(
      {{{"type", "reasoning"}, {"id", "rs_1"}},
       {{"type", "function_call"},
        {"id", "fc_1"},
        {"call_id", "call_1"},
        {"name", "f"},
        {"arguments", "{\"a\":"}},
       {{"type", "function_call"}, {"id", "fc_2"}, {"name", "g"}, {"arguments", {{"b", 2}}}}}));

  CHECK(answer["finish"] == "tool_calls");
  CHECK(answer["tool_calls"] ==
        json({{{"id", "call_1"}, {"name", "f"}, {"arguments", "{\"a\":"}},
              {{"id", "fc_2"}, {"name", "g"}, {"arguments", "{\"b\":2}"}}}));
}

TEST_CASE("OpenAiResponsesTest.RefusalIsAnAnswerOnlyWithoutText") {
  auto refused = message("");
  refused["content"] = {{{"type", "refusal"}, {"refusal", "I cannot."}}};

  SECTION("alone") {
    const auto answer = answer_of(response({refused}));
    CHECK(answer["refusal"] == "I cannot.");
    CHECK(answer["output_text"] == "");
  }
  SECTION("beside a text") {
    CHECK(answer_of(response({refused, message("but this I can")}))["refusal"].is_null());
  }
}

TEST_CASE("OpenAiResponsesTest.StatusDecidesTheFinish") {
  const auto [more, finish] = GENERATE(table<json, std::string>({
      {{{"status", "completed"}}, "stop"},
      {{{"status", nullptr}}, "stop"},
      {{{"status", "incomplete"}, {"incomplete_details", {{"reason", "max_output_tokens"}}}},
       "length"},
      {{{"status", "incomplete"}, {"incomplete_details", {{"reason", "content_filter"}}}},
       "content_filter"},
      {{{"status", "incomplete"}, {"incomplete_details", {{"reason", "of_the_future"}}}}, "length"},
      {{{"status", "incomplete"}}, "length"},
      {{{"status", "of_the_future"}}, "unknown"},
  }));
  CAPTURE(more);

  CHECK(answer_of(response({message("x")}, more))["finish"] == finish);
}

TEST_CASE("OpenAiResponsesTest.UsageOfAnyFormHarmsNothing") {
  const json usage = GENERATE(json(), json("much"), json{{"input_tokens", "7"}},
                              json{{"input_tokens", -4}, {"output_tokens", 1e300}});

  const auto answer = answer_of(response({message("x")}, {{"usage", usage}}));

  CHECK(answer["usage"] == json{{"input_tokens", 0}, {"output_tokens", 0}});
}

TEST_CASE("OpenAiResponsesTest.BodyWithoutAContentTypeOrWithAMarkIsRead") {
  const auto sound = response({message("x")}).dump();

  CHECK(decoded(200, sound, json::object()).done());
  CHECK(decoded(200, "\xef\xbb\xbf" + sound).done());
  CHECK(decoded(201, sound).done());
}

TEST_CASE("OpenAiResponsesTest.OddMembersNeverBreakTheReading") {
  const std::string body = GENERATE(
      R"({"output":{}})", R"({"output":[null,1,"x",[],{"type":7}]})",
      R"({"output":[{"type":"message","content":"text"}]})",
      R"({"output":[{"type":"message","content":[{"type":"output_text","text":5}]}]})",
      R"({"output":[{"type":"function_call"}]})", R"({"output":[],"status":5,"model":{},"id":[]})",
      R"({"output_text":"x","output":null})");
  CAPTURE(body);

  CHECK(decoded(200, body).done());
}

TEST_CASE("OpenAiResponsesTest.LongBodyIsReadWhole") {
  const auto text = std::string(2U << 20, 'x');

  CHECK(answer_of(response({message(text)}))["output_text"].get<std::string>().size() ==
        text.size());
}
