// What a turn looks like to a collector.
#include "observability/otlp.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "trace_fixture.hpp"

using namespace dugout;
using namespace dugout::observability;
using Json = nlohmann::json;

namespace {

Json spans_of(const TurnReport& report, bool texts = false) {
  const auto request =
      Json::parse(export_request({"dugout", "1.2.3", "i1"}, {spans_json(report, texts)}));
  return request.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans");
}

Json value_of(const Json& span, const std::string& name) {
  for (const auto& attribute : span.at("attributes")) {
    if (attribute.at("key") == name) return attribute.at("value");
  }
  return nullptr;
}

bool is_hex(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

TEST_CASE("OtlpTest.SpansNestWithValidIdsAndTimes") {
  const auto spans = spans_of(test::finished_turn());

  REQUIRE(spans.size() == 4);
  std::map<std::string, Json> known;
  for (const auto& span : spans) {
    CHECK(span.at("traceId") == "4bf92f3577b34da6a3ce929d0e0e4736");
    REQUIRE(is_hex(span.at("spanId"), 16));
    const auto begin = std::stoll(span.at("startTimeUnixNano").get<std::string>());
    const auto end = std::stoll(span.at("endTimeUnixNano").get<std::string>());
    CHECK(begin <= end);
    if (span.contains("parentSpanId")) {
      const auto& parent = known.at(span.at("parentSpanId"));  // the parent stands before it
      CHECK(std::stoll(parent.at("startTimeUnixNano").get<std::string>()) <= begin);
      CHECK(std::stoll(parent.at("endTimeUnixNano").get<std::string>()) >= end);
    }
    known[span.at("spanId")] = span;
  }
  CHECK_FALSE(spans[0].contains("parentSpanId"));
  CHECK(spans[0].at("startTimeUnixNano") == "1759320000000000000");
}

TEST_CASE("OtlpTest.KindsAndStatusAreThoseOfTheProtocol") {
  auto report = test::finished_turn("b7ad6b7169203331");
  report.spans[2].error = "rate_limit";
  auto by_the_understudy = report;
  by_the_understudy.spans[2].attributes = {{"dugout.target.local", true}};

  const auto spans = spans_of(report);

  CHECK(spans[0].at("kind") == 2);
  CHECK(spans[1].at("kind") == 1);
  CHECK(spans[2].at("kind") == 3);
  CHECK(spans_of(by_the_understudy)[2].at("kind") == 1);
  CHECK(spans[0].at("parentSpanId") == "b7ad6b7169203331");
  CHECK(spans[0].at("status") == Json({{"code", 1}}));
  CHECK(spans[2].at("status") == Json({{"code", 2}, {"message", "rate_limit"}}));
  CHECK(value_of(spans[2], "error.type").at("stringValue") == "rate_limit");
}

TEST_CASE("OtlpTest.ValuesAreWrappedByTheirType") {
  const auto spans = spans_of(test::finished_turn());

  CHECK(value_of(spans[2], "gen_ai.provider.name") == Json({{"stringValue", "openai"}}));
  CHECK(value_of(spans[2], "gen_ai.usage.input_tokens") == Json({{"intValue", "1200"}}));
  CHECK(value_of(spans[2], "dugout.cost") == Json({{"doubleValue", 0.0125}}));
  CHECK(value_of(spans[2], "dugout.hedge") == Json({{"boolValue", false}}));
  CHECK(value_of(spans[0], "gen_ai.conversation.id").at("stringValue") == "0123456789abcdef");
  CHECK(value_of(spans[0], "gen_ai.agent.name").at("stringValue") == "new_registration");
  CHECK(value_of(spans[0], "dugout.routine.next").at("intValue") == "9");
}

TEST_CASE("OtlpTest.WhatWasSaidIsLeftOutUnlessAskedFor") {
  const auto report = test::finished_turn();

  CHECK(spans_json(report, false).find("Alfie") == std::string::npos);
  const auto said = value_of(spans_of(report, true)[2], "gen_ai.input.messages");
  CHECK(Json::parse(said.at("stringValue").get<std::string>()) ==
        Json::parse(
            R"([{"role":"user","parts":[{"type":"text","content":"my son is called Alfie"}]}])"));
}

TEST_CASE("OtlpTest.HostileNamesAndValuesStayTexts") {
  auto report = test::finished_turn();
  const std::string evil = "\"}]}, \\ \n\x01 \xff \xe2\x80\xae {\"spans\":[";
  report.spans[1].name = evil + std::string(10'000, 'x');
  report.spans[1].attributes = {
      {evil, evil}, {"big", std::string(1 << 20, 'y')}, {"nan", std::nan("")}};
  for (int n = 0; n < 1000; ++n) {
    report.spans[3].attributes.emplace_back("key" + std::to_string(n), std::int64_t{n});
  }

  const auto spans = spans_of(report);

  REQUIRE(spans.size() == 4);
  CHECK(spans[1].at("name").get<std::string>().size() <= 210);
  CHECK(spans[1].at("name").get<std::string>().rfind("\"}]}, \\ \n\x01 \xef\xbf\xbd", 0) == 0);
  CHECK(value_of(spans[1], "big").at("stringValue").get<std::string>().size() == 8192);
  CHECK(value_of(spans[1], "nan").at("doubleValue").is_number());
  CHECK(spans[3].at("attributes").size() <= 65);
}

TEST_CASE("OtlpTest.NoAttributeStandsTwice") {
  auto report = test::finished_turn();
  report.spans[0].attributes = {{"gen_ai.agent.name", std::string("said by the turn itself")}};

  const auto spans = spans_of(report);

  std::multiset<std::string> names;
  for (const auto& attribute : spans[0].at("attributes")) names.insert(attribute.at("key"));
  CHECK(names.count("gen_ai.agent.name") == 1);
  CHECK(value_of(spans[0], "gen_ai.agent.name").at("stringValue") == "said by the turn itself");
}

TEST_CASE("OtlpTest.ARequestHoldsManyTurnsAndSaysWhoSends") {
  const auto one = spans_json(test::finished_turn(), false);

  const auto request = Json::parse(export_request({"club", "1.2.3", "i1"}, {one, one}));

  const auto& resource = request["resourceSpans"][0]["resource"];
  CHECK(value_of(resource, "service.name").at("stringValue") == "club");
  CHECK(value_of(resource, "service.version").at("stringValue") == "1.2.3");
  CHECK(value_of(resource, "service.instance.id").at("stringValue") == "i1");
  const auto& scope = request["resourceSpans"][0]["scopeSpans"][0];
  CHECK(scope["scope"]["name"] == "dugout");
  CHECK(scope["spans"].size() == 8);
}

TEST_CASE("OtlpTest.RejectedSpansAreReadFromAnyAnswer") {
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"x"}})") == 3);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":2}})") == 2);
  for (const auto* answer : {"", "{}", "nonsense", "[1]", R"({"partialSuccess":null})",
                             R"({"partialSuccess":{"rejectedSpans":-1}})",
                             R"({"partialSuccess":{"rejectedSpans":"many"}})"}) {
    INFO(answer);
    CHECK(rejected_spans(answer) == 0);
  }
  CHECK(rejected_spans(std::string(100'000, '[')) == 0);
}

TEST_CASE("OtlpTest.ASampleIsTheSameEverywhereAndHasItsShare") {
  CHECK(in_sample("4bf92f3577b34da6a3ce929d0e0e4736", 1.0));
  CHECK_FALSE(in_sample("4bf92f3577b34da6a3ce929d0e0e4736", 0.0));
  CHECK_FALSE(in_sample("4bf92f3577b34da6a3ce929d0e0e4736", std::nan("")));
  CHECK(in_sample("ffffffffffffffffff00000000000001", 0.01));
  CHECK_FALSE(in_sample("000000000000000000ffffffffffffff", 0.99));

  int taken = 0;
  for (int n = 0; n < 2000; ++n) taken += in_sample(new_trace_id(), 0.25) ? 1 : 0;
  CHECK(taken > 380);  // 500, and six standard deviations
  CHECK(taken < 620);
}
