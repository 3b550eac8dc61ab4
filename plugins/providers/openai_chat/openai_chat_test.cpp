// The Chat Completions codec through the plugin boundary. Errors and schemas are read by the code
// of the Responses codec; its tests have every row of them.
#include <catch2/catch.hpp>
#include <iterator>
#include <nlohmann/json.hpp>

#include "support/plugin_harness.hpp"

namespace openai_chat_test {

namespace {

using dugout::test::PluginAnswer;
using dugout::test::PluginUnderTest;
using nlohmann::json;

const json kJson = {{"content-type", "application/json"}};

json request(json items, json more = json::object()) {
  json out = {{"model", "gpt-4o-mini"}, {"instructions", "Be kind."}, {"items", std::move(items)}};
  out.update(more);
  return out;
}

json encoded(const json& neutral, const json& config = json::object(), json* head = nullptr) {
  PluginUnderTest plugin("provider.openai_chat", config);
  std::string body;
  const auto answer = plugin.encode(neutral, &body);
  REQUIRE(answer.done());
  if (head != nullptr) *head = answer.json();
  return json::parse(body);
}

PluginAnswer decoded(unsigned status, std::string_view body, const json& headers = kJson) {
  PluginUnderTest plugin("provider.openai_chat");
  return plugin.decode(status, headers, body);
}

json completion(json message, json finish = "stop") {
  return {{"id", "chatcmpl-1"},
          {"object", "chat.completion"},
          {"model", "m"},
          {"choices", json::array({{{"index", 0},
                                    {"finish_reason", std::move(finish)},
                                    {"message", std::move(message)}}})},
          {"usage", {{"prompt_tokens", 3}, {"completion_tokens", 4}, {"total_tokens", 7}}}};
}

json answer_of(const json& body) {
  const auto answer = decoded(200, body.dump());
  INFO(answer.text);
  REQUIRE(answer.done());
  return answer.json();
}

json user(const std::string& text) {
  return {{"kind", "user"}, {"text", text}};
}
json call(const std::string& id) {
  return {{"kind", "tool_call"}, {"id", id}, {"name", "f"}, {"arguments", "{}"}};
}
json result(const std::string& id) {
  return {{"kind", "tool_result"}, {"id", id}, {"output", "{\"ok\":true}"}};
}

}  // namespace

TEST_CASE("OpenAiChatTest.RequestIsMappedWhole") {
  const json schema = {
      {"type", "object"}, {"required", {"a"}}, {"properties", {{"a", {{"type", "string"}}}}}};
  json head;

  const auto body = encoded(
      request({user("Hello"), {{"kind", "assistant"}, {"text", "Hi."}}},
              {{"schema", schema},
               {"schema_name", "answer"},
               {"max_output_tokens", 50},
               {"attempt", 1},
               {"tools", {{{"name", "f"}, {"description", "F."}, {"parameters", schema}}}}}),
      json::object(), &head);

  CHECK(head["path"] == "/chat/completions");
  CHECK(head["headers"]["x-retry-attempt"] == "1");
  CHECK(body["messages"] == json({{{"role", "system"}, {"content", "Be kind."}},
                                  {{"role", "user"}, {"content", "Hello"}},
                                  {{"role", "assistant"}, {"content", "Hi."}}}));
  CHECK(body["max_completion_tokens"] == 50);
  CHECK(body["tools"][0]["type"] == "function");
  CHECK(body["tools"][0]["function"]["name"] == "f");
  CHECK(body["tools"][0]["function"]["strict"] == true);
  CHECK(body["parallel_tool_calls"] == true);
  CHECK(body["response_format"]["type"] == "json_schema");
  CHECK(body["response_format"]["json_schema"]["name"] == "answer");
  CHECK(body["response_format"]["json_schema"]["strict"] == true);
  CHECK_FALSE(body.contains("store"));
}

TEST_CASE("OpenAiChatTest.CallsInARowShareOneMessageAndAreAnsweredAtOnce") {
  const auto messages =
      encoded(request({user("x"), call("call_1"), call("call_2"), result("call_1"),
                       result("call_2"), call("call_3"), result("call_3")}))["messages"];

  REQUIRE(messages.size() == 7);
  CHECK(messages[2]["role"] == "assistant");
  CHECK(messages[2]["content"].is_null());
  REQUIRE(messages[2]["tool_calls"].size() == 2);
  CHECK(messages[2]["tool_calls"][1]["id"] == "call_2");
  CHECK(messages[3] ==
        json{{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", "{\"ok\":true}"}});
  CHECK(messages[5]["tool_calls"][0]["id"] == "call_3");
  CHECK(messages[6]["tool_call_id"] == "call_3");
}

TEST_CASE("OpenAiChatTest.PictureGoesIntoTheUsersMessage") {
  const auto messages = encoded(
      request({user("My photo"),
               {{"kind", "image"}, {"data_url", "data:image/png;base64,AA=="}}}))["messages"];

  REQUIRE(messages.size() == 2);
  CHECK(messages[1]["content"][0] == json{{"type", "text"}, {"text", "My photo"}});
  CHECK(messages[1]["content"][1] ==
        json{{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64,AA=="}}}});
}

TEST_CASE("OpenAiChatTest.SmallerServersAreServedByConfiguration") {
  const json schema = {{"type", "object"}};
  const auto neutral = request({user("x")}, {{"schema", schema}, {"max_output_tokens", 9}});

  const auto object = encoded(neutral, {{"answer_format", "json_object"},
                                        {"token_limit", "max_tokens"},
                                        {"temperature", 0},
                                        {"reasoning_effort", "low"}});
  const auto text = encoded(neutral, {{"answer_format", "text"}});

  CHECK(object["response_format"] == json{{"type", "json_object"}});
  CHECK(object["max_tokens"] == 9);
  CHECK_FALSE(object.contains("max_completion_tokens"));
  CHECK(object["temperature"] == 0);
  CHECK(object["reasoning_effort"] == "low");
  CHECK_FALSE(text.contains("response_format"));
}

TEST_CASE("OpenAiChatTest.TextIsTakenFromTheFirstChoice") {
  const auto answer =
      answer_of(completion({{"role", "assistant"}, {"content", "Hello"}, {"refusal", nullptr}}));

  CHECK(answer["texts"] == json::array({{{"text", "Hello"}, {"phase", nullptr}}}));
  CHECK(answer["output_text"] == "Hello");
  CHECK(answer["finish"] == "stop");
  CHECK(answer["usage"] == json{{"input_tokens", 3}, {"output_tokens", 4}});
  CHECK(answer["id"] == "chatcmpl-1");
}

TEST_CASE("OpenAiChatTest.TextInPartsIsJoined") {
  const json parts = {{{"type", "text"}, {"text", "a"}},
                      {{"type", "of_the_future"}},
                      {{"type", "text"}, {"text", "b"}}};

  CHECK(answer_of(completion({{"content", parts}}))["output_text"] == "ab");
}

TEST_CASE("OpenAiChatTest.ToolCallsAreGivenOn") {
  const json calls = {
      {{"id", "call_1"}, {"type", "function"}, {"function", {{"name", "f"}, {"arguments", "{}"}}}},
      {{"id", "call_2"}, {"type", "custom"}},
      {{"id", "call_3"}, {"function", {{"name", "g"}, {"arguments", {{"a", 1}}}}}}};
  const json finish = GENERATE(json("tool_calls"), json("stop"), json());

  const auto answer = answer_of(completion({{"content", nullptr}, {"tool_calls", calls}}, finish));

  CHECK(answer["finish"] == "tool_calls");
  CHECK(answer["texts"].empty());
  CHECK(answer["tool_calls"] ==
        json({{{"id", "call_1"}, {"name", "f"}, {"arguments", "{}"}},
              {{"id", "call_3"}, {"name", "g"}, {"arguments", "{\"a\":1}"}}}));
}

TEST_CASE("OpenAiChatTest.FinishReasonIsOpen") {
  const auto [reason, finish] =
      GENERATE(table<json, std::string>({{"stop", "stop"},
                                         {"eos", "stop"},
                                         {nullptr, "stop"},
                                         {7, "stop"},
                                         {"length", "length"},
                                         {"content_filter", "content_filter"},
                                         {"of_the_future", "unknown"},
                                         {"error", "unknown"}}));
  CAPTURE(reason);

  CHECK(answer_of(completion({{"content", "x"}}, reason))["finish"] == finish);
}

TEST_CASE("OpenAiChatTest.RefusalIsAnAnswer") {
  const auto answer = answer_of(completion({{"content", nullptr}, {"refusal", "I cannot."}}));

  CHECK(answer["refusal"] == "I cannot.");
  CHECK(answer["output_text"] == "");
}

TEST_CASE("OpenAiChatTest.ErrorsAreClassified") {
  const auto [status, body, error_class] = GENERATE(table<unsigned, std::string, std::string>({
      {429, R"({"error":{"code":"insufficient_quota","message":"m"}})", "quota"},
      {503, "<html>", "overloaded"},
      {200, R"({"error":{"code":502,"message":"m"}})", "server"},
      {200, R"({"choices":[{"error":{"code":429,"message":"m"},"message":{"content":""}}]})",
       "rate_limit"},
      {200, R"({"object":"error","message":"maximum context length is 8","code":400})", "server"},
      {400, R"({"object":"error","message":"maximum context length is 8","code":null})",
       "context_length"},
  }));
  CAPTURE(body);

  const auto answer = decoded(status, body);

  REQUIRE(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == error_class);
}

TEST_CASE("OpenAiChatTest.GoodStatusWithoutAnAnswerIsABadGatewayBody") {
  const std::string body =
      GENERATE("", "<html>", "{}", "[]", R"({"choices":[]})", R"({"choices":{}})",
               R"({"choices":[1]})", R"({"choices":[{"message":null}]})", R"({"choices":[{"mess)");
  CAPTURE(body);

  const auto answer = decoded(200, body);

  REQUIRE(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == "server");
  CHECK(answer.json()["detail"]["code"] == "bad_gateway_body");
}

}  // namespace openai_chat_test
