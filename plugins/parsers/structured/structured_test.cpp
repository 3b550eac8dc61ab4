// Answers as models write them, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace structured_test {

using dugout::test::PluginAnswer;
using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

PluginAnswer parse(std::string_view raw) {
  static PluginUnderTest plugin("parser.structured");
  return plugin.parse(raw);
}

std::string message(std::string_view raw) {
  const auto answer = parse(raw);
  INFO(raw << " -> " << answer.text);
  REQUIRE(answer.done());
  return answer.json()["agent_final_response"];
}

bool repaired(std::string_view raw) {
  return parse(raw).json().value("repaired", false);
}

dugout_status status(std::string_view raw) {
  return parse(raw).status;
}

}  // namespace

TEST_CASE("StructuredTest.StrictObjectIsTakenAsItIs") {
  const auto answer = parse(
      R"({"agent_final_response":"Which team?","routine_number":3,"metadata":{"collected":{"a":"b"}}})");

  REQUIRE(answer.done());
  CHECK(answer.json() == json::parse(R"({"agent_final_response":"Which team?","routine_number":3,
                                         "metadata":{"collected":{"a":"b"}}})"));
}

TEST_CASE("StructuredTest.OptionalMembersMayBeAbsentOrNull") {
  CHECK(parse(R"({"agent_final_response":"Hi"})").json() == json{{"agent_final_response", "Hi"}});
  CHECK(parse(R"({"agent_final_response":"Hi","routine_number":null,"metadata":null})").json() ==
        json{{"agent_final_response", "Hi"}});
}

TEST_CASE("StructuredTest.TextSurvivesEscapesLineBreaksAndScripts") {
  const std::string text = "Zoë \"Z\" \\ O'Neill\n\t\x01 \xF0\x9F\x99\x82 \xE6\x9D\xB1";
  CHECK(message(json{{"agent_final_response", text}}.dump()) == text);
  CHECK(message(R"({"agent_final_response":"\u00e9\ud83d\ude42"})") == "é\xF0\x9F\x99\x82");
}

TEST_CASE("StructuredTest.ByteOrderMarkAndWhiteSpaceAreNoRepair") {
  const auto raw = "\xEF\xBB\xBF \n {\"agent_final_response\":\"Hi\"}\n ";
  CHECK(message(raw) == "Hi");
  CHECK_FALSE(repaired(raw));
}

TEST_CASE("StructuredTest.MetadataMayBeAnArrayOrJsonInAString") {
  CHECK(parse(R"({"agent_final_response":"Hi","metadata":[1,2]})").json()["metadata"] ==
        json{1, 2});
  const auto nested = parse(R"({"agent_final_response":"Hi","metadata":"{\"a\":1}"})").json();
  CHECK(nested["metadata"] == json{{"a", 1}});
  CHECK(nested["repaired"] == true);
}

TEST_CASE("StructuredTest.MetadataThatCarriesNothingIsLeftOut") {
  for (const auto* metadata : {"5", "true", "\"none\""}) {
    const auto raw = std::string(R"({"agent_final_response":"Hi","metadata":)") + metadata + "}";
    CHECK_FALSE(parse(raw).json().contains("metadata"));
  }
}

TEST_CASE("StructuredTest.RoutineNumberMayBeWrittenAsTextOrDecimal") {
  const auto text = parse(R"({"agent_final_response":"Hi","routine_number":" 12 "})").json();
  CHECK(text["routine_number"] == 12);
  CHECK(text["repaired"] == true);
  const auto decimal = parse(R"({"agent_final_response":"Hi","routine_number":12.0})").json();
  CHECK(decimal["routine_number"] == 12);
  CHECK_FALSE(decimal.contains("repaired"));
}

TEST_CASE("StructuredTest.RoutineNumberThatIsNoIntegerIsOfTheWrongShape") {
  for (const auto* number :
       {"5.5", "\"five\"", "\"\"", "{}", "true", "1e300", "18446744073709551615"}) {
    const auto raw =
        std::string(R"({"agent_final_response":"Hi","routine_number":)") + number + "}";
    INFO(raw);
    CHECK(status(raw) == DUGOUT_E_WRONG_SHAPE);
  }
}

TEST_CASE("StructuredTest.FencedBlockIsOpened") {
  CHECK(message("```json\n{\"agent_final_response\":\"Hi\"}\n```") == "Hi");
  CHECK(message("```\n{\"agent_final_response\":\"Hi\"}\n```") == "Hi");
  CHECK(message("Here:\n```JSON {\"agent_final_response\":\"Hi\"}```\nBye") == "Hi");
  CHECK(message("```json\n{\"agent_final_response\":\"Hi\",}\n```") == "Hi");
}

TEST_CASE("StructuredTest.LastFencedBlockWins") {
  CHECK(message("```json\n{\"agent_final_response\":\"draft\"}\n```\nBetter:\n"
                "```json\n{\"agent_final_response\":\"final\"}\n```") == "final");
}

TEST_CASE("StructuredTest.FenceInsideTheMessageDoesNotConfuse") {
  CHECK(message(R"(So: {"agent_final_response":"type ```x``` please"} ok)") ==
        "type ```x``` please");
}

TEST_CASE("StructuredTest.ProseRoundTheObjectIsDropped") {
  const auto raw =
      R"(Sure {name}! {"note":"}"} then {"agent_final_response":"a } b { c"} Thanks {x})";
  CHECK(message(raw) == "a } b { c");
  CHECK(repaired(raw));
}

TEST_CASE("StructuredTest.CommonSlipsAreRepaired") {
  const char* raws[] = {
      R"({"agent_final_response":"Hi","routine_number":3,})",
      R"({'agent_final_response':'Hi','routine_number':3})",
      R"({agent_final_response:"Hi",routine_number:3})",
      R"({"agent_final_response":"Hi","routine_number":3,"metadata":{"a":True,"b":False,"c":None}})",
      "{\"agent_final_response\":\"Hi\", // greets\n \"routine_number\":3 /* next */ # end\n}",
      R"({"agent_final_response":"Hi","routine_number":3,"metadata":{"list":[1,2,],},})",
      R"("{\"agent_final_response\":\"Hi\",\"routine_number\":3}")",
      R"({"agent_final_response":"{\"agent_final_response\":\"Hi\",\"routine_number\":3}"})",
  };
  for (const auto* raw : raws) {
    INFO(raw);
    const auto answer = parse(raw);
    REQUIRE(answer.done());
    CHECK(answer.json()["agent_final_response"] == "Hi");
    CHECK(answer.json()["routine_number"] == 3);
    CHECK(answer.json()["repaired"] == true);
  }
}

TEST_CASE("StructuredTest.PythonWordsKeepTheirMeaning") {
  const auto answer =
      parse(R"({'agent_final_response':'Hi','metadata':{'a':True,'b':False,'c':None}})");
  CHECK(answer.json()["metadata"] == json::parse(R"({"a":true,"b":false,"c":null})"));
}

TEST_CASE("StructuredTest.RawLineBreaksInStringsAreRepaired") {
  CHECK(message("{\"agent_final_response\":\"one\ntwo\tthree\r\n\"}") == "one\ntwo\tthree\r\n");
}

TEST_CASE("StructuredTest.ApostrophesInSingleQuotesStay") {
  CHECK(message(R"({'agent_final_response': 'It's Zoe's turn, isn't it?'})") ==
        "It's Zoe's turn, isn't it?");
  CHECK(message(R"({'agent_final_response': 'say "hi" \'now\' '})") == R"(say "hi" 'now' )");
}

TEST_CASE("StructuredTest.CommentSignsInStringsStay") {
  CHECK(message(R"({"agent_final_response":"see https://example.org #1 /* x */",})") ==
        "see https://example.org #1 /* x */");
}

TEST_CASE("StructuredTest.LastOfRepeatedKeysCounts") {
  CHECK(message(R"({"agent_final_response":"first","agent_final_response":"second"})") == "second");
}

TEST_CASE("StructuredTest.EveryCutOffAnswerIsTruncatedAndNeverRepaired") {
  const std::string whole =
      R"({"agent_final_response":"Which team, please?","routine_number":12,"metadata":{"a":[true,null]}})";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    INFO(whole.substr(0, size));
    CHECK(status(whole.substr(0, size)) == DUGOUT_E_TRUNCATED);
  }
}

TEST_CASE("StructuredTest.CutOffInAFenceProseOrArrayIsTruncated") {
  CHECK(status("```json\n{\"agent_final_response\":\"Hi") == DUGOUT_E_TRUNCATED);
  CHECK(status("Sure: {\"agent_final_response\":\"Hi\", \"rout") == DUGOUT_E_TRUNCATED);
  CHECK(status(R"([{"agent_final_response":"Hi"}, {"a)") == DUGOUT_E_TRUNCATED);
  CHECK(status(R"({'agent_final_response':'Hi', /* and)") == DUGOUT_E_TRUNCATED);
}

TEST_CASE("StructuredTest.ObjectWithoutTheMessageMissesAField") {
  CHECK(status(R"({"routine_number":3})") == DUGOUT_E_MISSING_FIELD);
  CHECK(status("{}") == DUGOUT_E_MISSING_FIELD);
  CHECK(status("```json\n{\"reply\":\"Hi\"}\n```") == DUGOUT_E_MISSING_FIELD);
  CHECK(status(R"({"reply":"Hi",})") == DUGOUT_E_MISSING_FIELD);
}

TEST_CASE("StructuredTest.OtherJsonIsOfTheWrongShape") {
  for (const auto* raw :
       {"[]", "[{\"agent_final_response\":\"Hi\"}]", "42", "true", "null", "\"Hello\"",
        R"({"agent_final_response":5})", R"({"agent_final_response":{"text":"Hi"}})"}) {
    INFO(raw);
    CHECK(status(raw) == DUGOUT_E_WRONG_SHAPE);
  }
}

TEST_CASE("StructuredTest.BlankMessageIsEmpty") {
  for (const auto* raw :
       {"", " \n ", R"({"agent_final_response":""})", R"({"agent_final_response":" \n\t"})",
        R"({"agent_final_response":"\u00a0\u200b"})", R"({"agent_final_response":null})"}) {
    INFO(raw);
    CHECK(status(raw) == DUGOUT_E_EMPTY);
  }
}

TEST_CASE("StructuredTest.ProseIsNotApplicable") {
  for (const auto* raw : {"Hello, which team?", "Dear {name}, [see] below", "Use { to open",
                          "5 teams", "a\n```sh\nls\n```\nb", "\"Hi\" she said", "<html></html>"}) {
    INFO(raw);
    CHECK(status(raw) == DUGOUT_E_NOT_APPLICABLE);
  }
}

TEST_CASE("StructuredTest.BrokenJsonIsMalformed") {
  for (const auto* raw :
       {R"({"agent_final_response" "Hi"})", R"({"agent_final_response":Hi})",
        R"({"agent_final_response":"He said "hi" to me"})", R"({"a":1]])", "{,}",
        R"({"agent_final_response":"Hi","n":01})", "[Note] hello",
        "{\"agent_final_response\":\"\xFF\xFE\"}", R"({"agent_final_response":"\q"})",
        R"(Here {"agent_final_response"} it is)"}) {
    INFO(raw);
    CHECK(status(raw) == DUGOUT_E_MALFORMED);
  }
}

TEST_CASE("StructuredTest.DepthAndSizeAreBounded") {
  const auto nested = [](std::size_t depth) {
    return R"({"agent_final_response":"Hi","metadata":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  CHECK(status(nested(60)) == DUGOUT_OK);
  CHECK(status(nested(100)) == DUGOUT_E_MALFORMED);
  CHECK(status(std::string(100'000, '[')) == DUGOUT_E_MALFORMED);
  CHECK(status(std::string(100'000, '{')) == DUGOUT_E_MALFORMED);
  CHECK(status(R"({"agent_final_response":")" + std::string(1 << 20, 'x') + "\"}") ==
        DUGOUT_E_MALFORMED);
}

TEST_CASE("StructuredTest.HostileTextEndsInTime") {
  std::string single, open, quotes;
  for (int i = 0; i < 250'000; ++i) single += "{' ", open += "{x:", quotes += "'{\"";
  for (const auto& raw :
       {single, open, quotes, std::string(1 << 20, '`'), std::string(1 << 20, '\\')}) {
    CHECK(status(raw) != DUGOUT_E_INTERNAL);
  }
}

}  // namespace structured_test
