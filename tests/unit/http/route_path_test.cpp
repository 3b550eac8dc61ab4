// Finding a route by its path, and the table of routes itself.
#include "http/route_path.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "http/endpoints.hpp"

using namespace dugout::http;

TEST_CASE("RoutePathTest.PlacesTakeOneWholePart") {
  const auto parts = fit_path("/{page}/{id}", "/reg_setup/BRQ-1");

  REQUIRE(parts);
  CHECK(parts->at("page") == "reg_setup");
  CHECK(parts->at("id") == "BRQ-1");
}

TEST_CASE("RoutePathTest.OtherPathsDoNotFit") {
  CHECK(fit_path("/chat", "/chat"));
  CHECK_FALSE(fit_path("/chat", "/chat/"));
  CHECK_FALSE(fit_path("/chat", "/Chat"));
  CHECK_FALSE(fit_path("/webhooks/{name}", "/webhooks/"));
  CHECK_FALSE(fit_path("/webhooks/{name}", "/webhooks/a/b"));
  CHECK_FALSE(fit_path("/webhooks/{name}", "/other/a"));
  CHECK_FALSE(fit_path("/webhooks/{name}/test", "/webhooks/a/tes"));
}

TEST_CASE("RoutePathTest.IdsAreOfAFewCharacters") {
  CHECK(is_path_id("Az09_-"));
  CHECK(is_path_id(std::string(100, 'a')));
  CHECK_FALSE(is_path_id(std::string(101, 'a')));
  for (const char* id : {"", "a.b", "a%20", "a b", "..", "\xc3\xa9"}) {
    INFO(id);
    CHECK_FALSE(is_path_id(id));
  }
}

TEST_CASE("RoutesTest.EveryRouteIsDescribedInOpenApi") {
  std::ifstream file(DUGOUT_SOURCE_DIR "/framework/http/pages/openapi.json");
  const auto described = nlohmann::json::parse(file)["paths"];
  const std::set<std::string> files{"/",         "/dashboard",    "/routines",
                                    "/page.css", "/openapi.json", "/theme.js",
                                    "/icon.svg", "/assets/{name}"};

  for (const auto& route : routes()) {
    if (files.count(route.path) != 0) continue;
    INFO(route.method << " " << route.path);
    REQUIRE(described.contains(route.path));
    CHECK(described[route.path].contains(route.method == "GET" ? "get" : "post"));
  }
}
