// The look-up with Google Places: what is asked, what is believed, and what is not.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace places_lookup_test {

using dugout::test::answer_http;
using dugout::test::http_calls;
using dugout::test::PluginUnderTest;
using dugout::test::reset_services;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.address_lookup";

json config(const json& changes = json::object()) {
  json block{{"backend", "google"}, {"api_key", "test-google-key"}};
  block.update(changes);
  return {{"addresses", block}};
}

json component(const char* longer, const char* shorter, const char* type) {
  return {{"longText", longer}, {"shortText", shorter}, {"types", json::array({type})}};
}

// "Brook Rd, Urmston, Manchester M41 6ZZ, UK", as Places describes it.
json place() {
  return {
      {"formattedAddress", "Brook Rd, Urmston, Manchester M41 6ZZ, UK"},
      {"addressComponents",
       {component("Brook Road", "Brook Rd", "route"), component("Urmston", "Urmston", "locality"),
        component("Manchester", "Manchester", "postal_town"),
        component("Greater Manchester", "Greater Manchester", "administrative_area_level_2"),
        component("United Kingdom", "GB", "country"),
        component("M41 6ZZ", "M41 6ZZ", "postal_code")}}};
}

// A service that refuses what the real one refuses, and finds `places`.
void serve(const json& places) {
  reset_services();
  answer_http([places](const ServiceCall& call) -> ServiceReply {
    const auto refusal = [](int code, const char* status) {
      return ServiceReply{code, json{{"error", {{"code", code}, {"status", status}}}}.dump()};
    };
    if (call.header("x-goog-api-key") != "test-google-key")
      return refusal(403, "PERMISSION_DENIED");
    if (call.header("x-goog-fieldmask").empty() ||
        call.header("x-goog-fieldmask").find(' ') != std::string::npos) {
      return refusal(400, "INVALID_ARGUMENT");
    }
    if (call.method != "POST" || call.header("content-type") != "application/json") {
      return refusal(404, "NOT_FOUND");
    }
    return {200, places.empty() ? "{}" : json{{"places", places}}.dump()};
  });
}

json look_up(const json& places, const char* number = "14") {
  serve(places);
  PluginUnderTest tool(kId, config());
  return tool.run({{"postcode", "m41 6zz"}, {"house_number", number}});
}

json without(const char* type) {
  auto out = place();
  auto& all = out["addressComponents"];
  for (auto at = all.begin(); at != all.end();) {
    at = (*at)["types"][0] == type ? all.erase(at) : at + 1;
  }
  return out;
}

json with_text(const char* text) {
  auto out = place();
  out["formattedAddress"] = text;
  return out;
}

}  // namespace

TEST_CASE("PlacesLookupTest.NumberIsPutInFrontAndNotVerified") {
  const auto data = look_up(json::array({place()}))["data"];

  CHECK(data["formatted_address"] == "14 Brook Rd, Urmston, Manchester M41 6ZZ, UK");
  CHECK(data["line_1"] == "14 Brook Rd");
  CHECK(data["town"] == "Urmston");
  CHECK(data["city"] == "Manchester");
  CHECK(data["post_code"] == "M41 6ZZ");
  CHECK(data["house_number"] == "14");
  CHECK(data["confidence_level"] == "High");
  CHECK(data["verified"] == json::array({"postcode", "street"}));
}

TEST_CASE("PlacesLookupTest.OnlyThePostcodeIsSentAndTheKeyIsInAHeader") {
  look_up(json::array({place()}));

  REQUIRE(http_calls().size() == 1);
  const auto call = http_calls()[0];
  const auto asked = json::parse(call.body);
  CHECK(call.url == "https://places.googleapis.com/v1/places:searchText");
  CHECK(asked["textQuery"] == "M41 6ZZ");
  CHECK(asked["regionCode"] == "GB");
  CHECK(call.body.find("14") == std::string::npos);
  CHECK(call.url.find("key") == std::string::npos);
  CHECK(call.effect == "none");
}

TEST_CASE("PlacesLookupTest.SomebodyElsesNumberIsNotKept") {
  const auto [text, number, line] = GENERATE(table<const char*, const char*, const char*>(
      {{"22 Brook Rd, Urmston, Manchester M41 6ZZ, UK", "14", "14 Brook Rd"},
       {"Unit 3, 22 Brook Rd, Urmston, Manchester M41 6ZZ, UK", "5b", "5B Brook Rd"},
       {"The Oaks, Brook Road, Urmston, Manchester M41 6ZZ, UK", "flat 2", "Flat 2 Brook Road"}}));

  const auto data = look_up(json::array({with_text(text)}), number)["data"];

  CHECK(data["line_1"] == line);
  CHECK(data["formatted_address"] == std::string(line) + ", Urmston, Manchester M41 6ZZ, UK");
}

TEST_CASE("PlacesLookupTest.OnePartIsSetApartWithAComma") {
  const auto data = look_up(json::array({with_text("Brook Rd Urmston M41 6ZZ UK")}))["data"];

  CHECK(data["formatted_address"] == "14, Brook Rd Urmston M41 6ZZ UK");
  CHECK(data["line_1"] == "14 Brook Rd");
}

TEST_CASE("PlacesLookupTest.ManyPlacesMakeItLessSure") {
  CHECK(look_up(json::array({place(), place(), place()}))["data"]["confidence_level"] == "High");
  CHECK(look_up(json::array({place(), place(), place(), place()}))["data"]["confidence_level"] ==
        "Medium");
}

TEST_CASE("PlacesLookupTest.MissingComponentsAreReadFromTheText") {
  auto bare = without("locality");
  CHECK(look_up(json::array({bare}))["data"]["town"] == "Manchester");
  CHECK(look_up(json::array({without("postal_town")}))["data"]["city"] == "Urmston");
  bare["addressComponents"] = json::array({component("Brook Road", "Brook Rd", "route")});

  const auto data = look_up(json::array({bare}))["data"];

  CHECK(data["town"] == "Urmston");
  CHECK(data["city"] == "Manchester");
}

TEST_CASE("PlacesLookupTest.WhatIsNotCertainIsNotFound") {
  auto france = place();
  france["addressComponents"][4] = component("France", "FR", "country");
  auto other = place();
  other["addressComponents"][5] = component("M41 7QT", "M41 7QT", "postal_code");
  auto abroad = with_text("Brook Rd, Urmston, Ontario M41 6ZZ, Canada");
  abroad["addressComponents"] = without("country")["addressComponents"];
  auto nowhere = without("postal_code");
  nowhere["formattedAddress"] = "Brook Rd, Urmston, Manchester, UK";
  const auto places =
      GENERATE_COPY(json::array(), json::array({france}), json::array({other}),
                    json::array({abroad}), json::array({nowhere}), json::array({without("route")}),
                    json::array({with_text("Urmston, Manchester M41 6ZZ, UK")}),
                    json::array({with_text("Brook Rd")}), json::array({with_text("")}),
                    json::array({json::object()}), json::array({"a place"}),
                    json::array({json{{"addressComponents", "x"}, {"formattedAddress", 7}}}),
                    json::array({json{{"addressComponents", {1, {{"types", 3}}}}}}));

  const auto result = look_up(places);

  CAPTURE(places.dump(), result.dump());
  CHECK(result["ok"] == false);
  CHECK(result["error"]["code"] == "not_found");
}

TEST_CASE("PlacesLookupTest.NameOfAHouseIsNoNumber") {
  CHECK(look_up(json::array({place()}), "the blue door")["error"]["code"] == "not_found");
}

TEST_CASE("PlacesLookupTest.TroubleIsNeverAFind") {
  reset_services();
  PluginUnderTest tool(kId, config());
  const auto [reply, code] = GENERATE(table<ServiceReply, const char*>(
      {{ServiceReply{0, "", {}}, "unavailable"},
       {ServiceReply{429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})"},
        "unavailable"},
       {ServiceReply{500, R"({"error":{"code":500,"status":"INTERNAL"}})"}, "unavailable"},
       {ServiceReply{503, ""}, "unavailable"},
       {ServiceReply{502, "<html>Bad gateway</html>"}, "unavailable"},
       {ServiceReply{200, "<html>maintenance</html>"}, "unavailable"},
       {ServiceReply{200, "[]"}, "unavailable"},
       {ServiceReply{200, ""}, "unavailable"},
       {ServiceReply{200, R"({"error":{"message":"not really","code":500}})"}, "unavailable"},
       {ServiceReply{200, R"({"error":"odd"})"}, "unavailable"},
       {ServiceReply{200, R"({"error":{"code":403,"status":"PERMISSION_DENIED"}})"},
        "not_configured"},
       {ServiceReply{400, R"({"error":{"code":400,"status":"INVALID_ARGUMENT"}})"},
        "not_configured"},
       {ServiceReply{401, R"({"error":{"message":"no such key"}})"}, "not_configured"},
       {ServiceReply{403, "no"}, "not_configured"},
       {ServiceReply{404, "<html/>"}, "not_configured"}}));
  answer_http([reply = reply](const ServiceCall&) { return reply; });

  const auto result = tool.run({{"postcode", "M41 6ZZ"}, {"house_number", "14"}});

  CAPTURE(reply.status, reply.body);
  CHECK(result["ok"] == false);
  CHECK(result["error"]["code"] == code);
  CHECK(result["error"]["retryable"] == (std::string(code) == "unavailable"));
  const auto message = result["error"]["message"].get<std::string>();
  CHECK(message.find("type the whole address") != std::string::npos);
}

TEST_CASE("PlacesLookupTest.WithoutAKeyNothingIsSent") {
  serve(json::array({place()}));
  const auto key = GENERATE(json(""), json(nullptr));
  PluginUnderTest tool(kId, config({{"api_key", key}}));

  const auto result = tool.run({{"postcode", "M41 6ZZ"}, {"house_number", "14"}});

  CHECK(result["error"]["code"] == "not_configured");
  CHECK(http_calls().empty());
}

TEST_CASE("PlacesLookupTest.OtherAddressOfTheServiceAndWrongSettings") {
  serve(json::array({place()}));
  PluginUnderTest tool(kId, config({{"places_url", "http://127.0.0.1:9/"}}));

  tool.run({{"postcode", "M41 6ZZ"}, {"house_number", "14"}});

  CHECK(http_calls()[0].url == "http://127.0.0.1:9/v1/places:searchText");
  CHECK_THROWS_WITH(PluginUnderTest(kId, config({{"backend", "bing"}})),
                    Catch::Contains("addresses"));
  CHECK_THROWS_WITH(PluginUnderTest(kId, config({{"apikey", "x"}})), Catch::Contains("addresses"));
}

}  // namespace places_lookup_test
