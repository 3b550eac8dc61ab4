// Addresses held against a register: what each verdict comes to, and what happens without one.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace validation_service_test {

using dugout::test::answer_http;
using dugout::test::http_calls;
using dugout::test::PluginUnderTest;
using dugout::test::reset_services;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.address_validation";
constexpr const char* kTyped = "9 ash clos, Stretford, Manchester M32 9LX";

json config(const json& changes = json::object()) {
  json block{{"backend", "google"}, {"api_key", "test-google-key"}};
  block.update(changes);
  return {{"addresses", block}};
}

json verdict_of(const json& verdict, const json& address = json::object()) {
  json about{{"formattedAddress", "9 Ash Close, Stretford, Manchester M32 9LX, UK"},
             {"postalAddress", {{"regionCode", "GB"}}},
             {"addressComponents", json::array()}};
  about.update(address);
  return {{"result", {{"verdict", verdict}, {"address", about}}}, {"responseId", "r1"}};
}

json judge(const json& answer, const char* typed = kTyped) {
  reset_services();
  answer_http([answer](const ServiceCall& call) -> ServiceReply {
    if (call.header("x-goog-api-key") != "test-google-key") return {403, "{}"};
    return {200, answer.dump()};
  });
  PluginUnderTest tool(kId, config());
  return tool.run({{"address", typed}});
}

}  // namespace

TEST_CASE("ValidationServiceTest.AcceptIsValid") {
  const auto data = judge(
      verdict_of({{"possibleNextAction", "ACCEPT"}, {"validationGranularity", "PREMISE"}}))["data"];

  CHECK(data["verdict"] == "valid");
  CHECK(data["verified"] == json::array({"premise"}));
  CHECK(data["value"] == "9 ash clos, Stretford, Manchester M32 9LX");
  CHECK(data["line_1"] == "9 ash clos");
  CHECK_FALSE(data.contains("suggestion"));
}

TEST_CASE("ValidationServiceTest.AddressIsSentInPartsAndTheKeyInAHeader") {
  judge(verdict_of({{"possibleNextAction", "ACCEPT"}}));

  REQUIRE(http_calls().size() == 1);
  const auto call = http_calls()[0];
  const auto asked = json::parse(call.body)["address"];
  CHECK(call.method == "POST");
  CHECK(call.url == "https://addressvalidation.googleapis.com/v1:validateAddress");
  CHECK(asked["regionCode"] == "GB");
  CHECK(asked["postalCode"] == "M32 9LX");
  CHECK(asked["locality"] == "Manchester");
  CHECK(asked["addressLines"] == json::array({"9 ash clos", "Stretford"}));
  CHECK(call.effect == "none");
}

TEST_CASE("ValidationServiceTest.CorrectionsThatAreAcceptedAreTakenOver") {
  const json verdict{{"possibleNextAction", "ACCEPT"},
                     {"validationGranularity", "PREMISE"},
                     {"hasSpellCorrectedComponents", true}};

  const auto data = judge(verdict_of(verdict))["data"];
  const auto kept = judge(verdict_of(verdict, {{"formattedAddress", "Stretford, UK"}}))["data"];

  CHECK(data["value"] == "9 Ash Close, Stretford, Manchester M32 9LX, UK");
  CHECK(data["line_1"] == "9 Ash Close");
  CHECK(kept["line_1"] == "9 ash clos");
}

TEST_CASE("ValidationServiceTest.ConfirmKeepsWhatIsTypedAndSuggests") {
  const auto action = GENERATE("CONFIRM", "CONFIRM_ADD_SUBPREMISES");

  const auto data = judge(verdict_of({{"possibleNextAction", action},
                                      {"validationGranularity", "PREMISE"},
                                      {"hasSpellCorrectedComponents", true}},
                                     {{"missingComponentTypes", {"subpremise"}}}))["data"];

  CHECK(data["verdict"] == "needs_confirmation");
  CHECK(data["line_1"] == "9 ash clos");
  CHECK(data["suggestion"] == "9 Ash Close, Stretford, Manchester M32 9LX, UK");
  CHECK(data["missing"] == json::array({"flat number"}));
}

TEST_CASE("ValidationServiceTest.FixAsksForTheMissingPart") {
  const auto [types, message] = GENERATE(table<json, const char*>(
      {{json{"street_number"}, "The house number or name is missing."},
       {json{"premise", "street_number"}, "The house number or name is missing."},
       {json{"subpremise"}, "The flat number is missing."},
       {json{"route", "postal_town"}, "The street and the town are missing."},
       {json{"postal_code"}, "The postcode is missing."}}));

  const auto result =
      judge(verdict_of({{"possibleNextAction", "FIX"}}, {{"missingComponentTypes", types}}));

  CHECK(result["ok"] == false);
  CHECK(result["error"]["code"] == "incomplete");
  CHECK(result["error"]["message"] == message);
}

TEST_CASE("ValidationServiceTest.FixOfAnUnknownPartIsNotFound") {
  const auto [granularity, address, message] = GENERATE(table<const char*, json, const char*>(
      {{"OTHER", json{{"unconfirmedComponentTypes", {"route", "street_number"}}},
        "I cannot find that address. Please check the house number or name and the street."},
       {"ROUTE", json::object(),
        "I cannot find that address. Please check the house number or name."},
       {"OTHER", json{{"unresolvedTokens", {"clos"}}},
        "I cannot find that address. Please check the street."}}));

  const auto result = judge(
      verdict_of({{"possibleNextAction", "FIX"}, {"validationGranularity", granularity}}, address));

  CHECK(result["error"]["code"] == "not_found");
  CHECK(result["error"]["message"] == message);
}

TEST_CASE("ValidationServiceTest.WithoutAdviceTheVerdictIsWorkedOut") {
  const auto [verdict, address, outcome] = GENERATE(table<json, json, const char*>(
      {{json{{"validationGranularity", "PREMISE"}, {"addressComplete", true}}, json::object(),
        "valid"},
       {json{{"validationGranularity", "PREMISE"}}, json::object(), "needs_confirmation"},
       {json{{"validationGranularity", "PREMISE"},
             {"addressComplete", true},
             {"hasUnconfirmedComponents", true}},
        json::object(), "needs_confirmation"},
       {json{{"validationGranularity", "PREMISE"},
             {"addressComplete", true},
             {"hasReplacedComponents", true}},
        json::object(), "needs_confirmation"},
       {json{{"validationGranularity", "ROUTE"}, {"addressComplete", true}}, json::object(),
        "not_found"},
       {json::object(), json::object(), "not_found"},
       {json{{"validationGranularity", "PREMISE"}, {"addressComplete", true}},
        json{{"unresolvedTokens", {"x"}}}, "not_found"},
       {json{{"validationGranularity", "PREMISE"}, {"addressComplete", true}},
        json{{"missingComponentTypes", {"route"}}}, "incomplete"}}));

  const auto result = judge(verdict_of(verdict, address));

  CAPTURE(verdict.dump(), result.dump());
  CHECK((result["ok"] == true ? result["data"]["verdict"] : result["error"]["code"]) == outcome);
}

TEST_CASE("ValidationServiceTest.OtherCountryIsRefused") {
  const auto result = judge(
      verdict_of({{"possibleNextAction", "ACCEPT"}}, {{"postalAddress", {{"regionCode", "FR"}}}}));

  CHECK(result["error"]["code"] == "outside_uk");
}

TEST_CASE("ValidationServiceTest.ShapeIsCheckedBeforeAnybodyIsAsked") {
  const auto result = judge(verdict_of({{"possibleNextAction", "ACCEPT"}}), "9 Ash Close");

  CHECK(result["error"]["code"] == "incomplete");
  CHECK(http_calls().empty());
}

TEST_CASE("ValidationServiceTest.WithoutAnAnswerTheAddressIsTakenUnverified") {
  reset_services();
  PluginUnderTest tool(kId, config());
  const auto [reply, why] = GENERATE(table<ServiceReply, const char*>(
      {{ServiceReply{0, "", {}}, "unavailable"},
       {ServiceReply{429, "{}"}, "unavailable"},
       {ServiceReply{503, "<html/>"}, "unavailable"},
       {ServiceReply{200, "<html>maintenance</html>"}, "unavailable"},
       {ServiceReply{200, R"({"error":{"message":"not really","code":500}})"}, "unavailable"},
       {ServiceReply{200, "{}"}, "unavailable"},
       {ServiceReply{200, R"({"result":{"verdict":"yes","address":{}}})"}, "unavailable"},
       {ServiceReply{400, R"({"error":{"code":400,"status":"INVALID_ARGUMENT"}})"},
        "not_configured"},
       {ServiceReply{403, "{}"}, "not_configured"}}));
  answer_http([reply = reply](const ServiceCall&) { return reply; });

  const auto data = tool.run({{"address", kTyped}})["data"];

  CAPTURE(reply.status, reply.body);
  CHECK(data["verdict"] == "unverified");
  CHECK(data["verified"].empty());
  CHECK(data["unverified_because"] == why);
  CHECK(data["line_1"] == "9 ash clos");
}

TEST_CASE("ValidationServiceTest.WithoutAKeyNothingIsSent") {
  reset_services();
  PluginUnderTest tool(kId, config({{"api_key", nullptr}}));

  const auto data = tool.run({{"address", kTyped}})["data"];

  CHECK(data["unverified_because"] == "not_configured");
  CHECK(http_calls().empty());
}

}  // namespace validation_service_test
