// Reading JSON from outside: places, limits, truncation; and canonical text.
#include "core/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace dugout::core;
using dugout::Code;

namespace {

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

}  // namespace

TEST_CASE("JsonTest.ValidTextIsParsed") {
  const auto parsed = parse_json(R"({"a":[1,2.5,"x",null,true]})");

  REQUIRE(parsed);
  CHECK((*parsed)["a"].size() == 5);
}

TEST_CASE("JsonTest.BrokenTextNamesLineAndColumn") {
  const auto at = [](std::string_view text) {
    const auto parsed = parse_json(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::kMalformed);
    return parsed.error().message.substr(0, parsed.error().message.find(':'));
  };

  CHECK(at("x") == "line 1, column 1");
  CHECK(at("{\"a\": x}") == "line 1, column 7");
  CHECK(at("{\n\"a\": 1,\n}") == "line 3, column 1");
  CHECK(at("{\n  \"a\": 1,\n  x\n}") == "line 3, column 3");
  CHECK(at("{} x") == "line 1, column 4");
}

TEST_CASE("JsonTest.TextThatEndsTooEarlyIsTruncated") {
  const auto text = GENERATE(as<std::string>{}, "", "  ", "{", "[1,", "{\"a\":", "\"abc", "tru",
                             "{\"a\":\"b\\", "[{}");

  const auto parsed = parse_json(text);

  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Code::kTruncated);
}

TEST_CASE("JsonTest.MessageCarriesNothingOfTheText") {
  const auto secret = GENERATE(as<std::string>{}, "secret07700", "{\"a\":\"secret\n\"}", "[1e9999]",
                               "{\"secret\" \"secret\"}", "\"secret\xff\"");

  const auto parsed = parse_json(secret);

  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message.find("secret") == std::string::npos);
  CHECK(parsed.error().message.find("9999") == std::string::npos);
  CHECK(parsed.error().message.find("json.exception") == std::string::npos);
}

TEST_CASE("JsonTest.DepthIsBounded") {
  CHECK(parse_json(nested(64)));
  CHECK_FALSE(parse_json(nested(65)));
  CHECK(parse_json(nested(3), {3, 100}));
  CHECK(parse_json(nested(4), {3, 100}).error().message ==
        "line 1, column 4: nested deeper than 3 levels");
  CHECK_FALSE(parse_json(nested(100'000)));
  CHECK_FALSE(parse_json(std::string(100'000, '[')));
}

TEST_CASE("JsonTest.ClosingBracketsBuyNoDepth") {
  CHECK_FALSE(parse_json(std::string(100'000, ']') + std::string(100'000, '[')));
}

TEST_CASE("JsonTest.BracketsInStringsDoNotCount") {
  CHECK(parse_json("[\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"]"));
}

TEST_CASE("JsonTest.SizeIsBounded") {
  const auto parsed = parse_json("[1,2,3]", {64, 6});

  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Code::kInvalid);
}

TEST_CASE("JsonTest.CanonicalIsSortedAndTight") {
  CHECK(canonical(Json::parse(R"({ "b" : 1, "a" : [ 1, "x" ] })")) == R"({"a":[1,"x"],"b":1})");
  CHECK(canonical(Json("\xff")) == "\"\xef\xbf\xbd\"");
}

TEST_CASE("JsonTest.MemberIsTextOrFallback") {
  const Json object = {{"a", "x"}, {"n", 1}};

  CHECK(member(object, "a") == "x");
  CHECK(member(object, "n", "none") == "none");
  CHECK(member(object, "b", "none") == "none");
  CHECK(member(Json(7), "a").empty());
  CHECK(member(Json(), "a", "none") == "none");
}
