// What the Responses codec makes of good answers, through the plugin boundary, row by row.
#include "support/responses_codec.hpp"

namespace openai_responses_answers_test {

using namespace responses_codec::test;

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

}  // namespace openai_responses_answers_test
