// The model double itself: what it plays, and each of its faults, seen through the real client.
#include "support/responses_double.hpp"

#include <catch2/catch.hpp>

#include "net/http_client.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
using dugout::net::HttpResponse;
using dugout::test::Fault;
using dugout::test::ResponsesDouble;
using nlohmann::json;

const std::string kBrief =
    "Be kind.\n<<dugout:brief>>{\"routine\": 13, \"next\": 14, \"fields\": "
    "[\"parent_house_number\"], \"tools\": [\"address_lookup\"]}<<end>>";

json tool(const std::string& name) {
  return {{"type", "function"},
          {"name", name},
          {"parameters",
           {{"type", "object"},
            {"properties",
             {{"house_number", {{"type", "string"}}}, {"postcode", {{"type", "string"}}}}},
            {"required", {"house_number", "postcode"}}}}};
}

json user(const std::string& text) {
  return {{"role", "user"}, {"content", text}};
}

json request(json items, json tools = json::array()) {
  return {{"model", "m"},
          {"instructions", kBrief},
          {"input", std::move(items)},
          {"tools", std::move(tools)}};
}

Outcome<HttpResponse> send(ResponsesDouble& model, const json& body,
                           const char* path = "/responses",
                           std::chrono::milliseconds within = std::chrono::seconds(120)) {
  const auto client = dugout::net::make_http_client();
  return client->send({"POST", model.base_url() + path, {}, body.dump()}, within);
}

json body_of(ResponsesDouble& model, const json& asked, const char* path = "/responses") {
  const auto answer = send(model, asked, path);
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
  return json::parse(answer->body);
}

std::string text_of(const json& response) {
  return response["output"].back()["content"][0]["text"];
}

}  // namespace

TEST_CASE("ResponsesDoubleTest.FieldOfTheBriefIsCollected") {
  ResponsesDouble model;

  const auto answer = json::parse(text_of(body_of(model, request({user("14")}))));

  CHECK(answer["routine_number"] == 14);
  CHECK(answer["agent_final_response"].is_string());
  CHECK(answer["metadata"]["collected"] ==
        json({{{"field", "parent_house_number"}, {"value", "14"}}}));
}

TEST_CASE("ResponsesDoubleTest.ScriptDecidesTheRoutineNumber") {
  ResponsesDouble model([](const json& asked) { return asked["model"] == "m" ? 22 : 1; });

  CHECK(json::parse(text_of(body_of(model, request({user("14")}))))["routine_number"] == 22);
}

TEST_CASE("ResponsesDoubleTest.ToolIsCalledOnceATurn") {
  ResponsesDouble model;
  auto items = json::array({user("Hello"),
                            {{"type", "function_call_output"}, {"call_id", "old"}, {"output", ""}},
                            user("14")});
  const auto tools = json::array({tool("address_lookup"), tool("not_in_the_brief")});

  const auto first = body_of(model, request(items, tools));

  REQUIRE(first["output"].size() == 2);
  CHECK(first["output"][0]["type"] == "reasoning");
  CHECK(first["output"][1]["name"] == "address_lookup");
  CHECK(json::parse(first["output"][1]["arguments"].get<std::string>())["house_number"] == "14");
  items.push_back(first["output"][1]);
  items.push_back({{"type", "function_call_output"}, {"call_id", "x"}, {"output", "{}"}});
  const auto second = body_of(model, request(items, tools));
  CHECK(second["output"].back()["type"] == "message");
  CHECK(model.tool_calls() == 1);
  CHECK(model.count_of("m") == 2);
}

TEST_CASE("ResponsesDoubleTest.ChatCompletionsPlaysTheSame") {
  ResponsesDouble model;
  auto messages = json::array({{{"role", "system"}, {"content", kBrief}}, user("14")});
  json asked = {{"model", "m"}, {"messages", messages}};
  auto function = tool("address_lookup");
  function.erase("type");
  asked["tools"] = json::array({{{"type", "function"}, {"function", function}}});

  const auto first = body_of(model, asked, "/chat/completions");
  const auto call = first["choices"][0]["message"]["tool_calls"][0];
  asked["messages"].push_back({{"role", "tool"}, {"tool_call_id", call["id"]}, {"content", "{}"}});
  const auto second = body_of(model, asked, "/chat/completions");

  CHECK(call["function"]["name"] == "address_lookup");
  CHECK(json::parse(
            second["choices"][0]["message"]["content"].get<std::string>())["routine_number"] == 14);
}

TEST_CASE("ResponsesDoubleTest.HttpFaultsLookLikeThemselves") {
  const auto [fault, status, code] = GENERATE(table<Fault, int, std::string>({
      {Fault::kRateLimit, 429, "rate_limit_exceeded"},
      {Fault::kServerError500, 500, "server_error"},
      {Fault::kOverloaded503, 503, "server_is_overloaded"},
      {Fault::kContextLength, 400, "context_length_exceeded"},
      {Fault::kInsufficientQuota, 429, "insufficient_quota"},
  }));
  ResponsesDouble model;
  model.fail_next(fault, 1, 1500);

  const auto answer = send(model, request({user("14")}));
  const auto next = send(model, request({user("14")}));

  REQUIRE(answer);
  CHECK(answer->status == status);
  CHECK(json::parse(answer->body)["error"]["code"] == code);
  if (fault == Fault::kRateLimit) {
    CHECK(answer->headers.at("retry-after-ms") == "1500");
    CHECK(answer->headers.at("retry-after") == "2");
  }
  REQUIRE(next);
  CHECK(next->status == 200);
}

TEST_CASE("ResponsesDoubleTest.BrokenTransportsAreBroken") {
  ResponsesDouble model;

  model.fail_next(Fault::kResetMidBody);
  CHECK(send(model, request({user("14")})).error().code == Code::kUnavailable);
  model.fail_next(Fault::kTimeout);
  CHECK(send(model, request({user("14")}), "/responses", std::chrono::milliseconds(50))
            .error()
            .code == Code::kTimeout);
  model.fail_next(Fault::kHuge50MB);
  CHECK(send(model, request({user("14")})).error().code == Code::kInvalid);
  model.fail_next(Fault::kEmpty204);
  CHECK(send(model, request({user("14")})).value().status == 204);
  model.fail_next(Fault::kHtml);
  CHECK(send(model, request({user("14")})).value().headers.at("content-type") == "text/html");
  model.fail_next(Fault::kTruncatedBody);
  CHECK_FALSE(json::accept(send(model, request({user("14")})).value().body));
  CHECK(model.count() == 6);
}

TEST_CASE("ResponsesDoubleTest.TextFaultsSpoilTheTextOnly") {
  ResponsesDouble model;
  const auto spoilt = [&](Fault fault) {
    model.fail_next(fault);
    return body_of(model, request({user("14")}, {tool("address_lookup")}));
  };

  CHECK_FALSE(json::accept(text_of(spoilt(Fault::kTruncatedJson))));
  CHECK(text_of(spoilt(Fault::kProse)).find("Of course") == 0);
  CHECK(text_of(spoilt(Fault::kFence)).find("```json\n{") == 0);
  CHECK_FALSE(json::parse(text_of(spoilt(Fault::kMissingField))).contains("agent_final_response"));
  CHECK(json::parse(text_of(spoilt(Fault::kWrongRoutine)))["routine_number"] == 15);
  CHECK(spoilt(Fault::kRefusal)["output"].back()["content"][0]["type"] == "refusal");
  CHECK(spoilt(Fault::kIncomplete)["status"] == "incomplete");
}

TEST_CASE("ResponsesDoubleTest.FaultOfOneModelLeavesTheOthersAlone") {
  ResponsesDouble model;
  model.fail_model("bad", Fault::kServerError500);
  auto bad = request({user("14")});
  bad["model"] = "bad";

  CHECK(send(model, bad).value().status == 500);
  CHECK(send(model, bad).value().status == 500);
  CHECK(send(model, request({user("14")})).value().status == 200);
  CHECK(model.count_of("bad") == 2);
}

TEST_CASE("ResponsesDoubleTest.EveryFaultHasAName") {
  for (const auto name : dugout::test::fault_names()) CHECK(dugout::test::fault_named(name));
  CHECK_FALSE(dugout::test::fault_named("gremlins"));
}
