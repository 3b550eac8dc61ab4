// The built pages inside the program: what is found, in which form, and how long it may be kept.
#include "http/bundle.hpp"

#include <catch2/catch.hpp>

#include "doors_fixture.hpp"

using namespace dugout;
using namespace dugout::http;
using Catch::Matchers::Contains;

namespace {

// Without an operator's token there is no dashboard.
void with_operators(ServerOptions& options) {
  options.admin_token = "operators-token-of-the-test";
}

// The first file below /assets/ that a page names.
std::string asset_of(std::string_view page) {
  const std::string html(bundled(page)->bytes);
  const auto at = html.find("/assets/");
  return html.substr(at, html.find('"', at) - at);
}

}  // namespace

TEST_CASE("BundleTest.GzipIsTakenOnlyByWhoAsksForIt") {
  for (const char* yes : {"gzip", "deflate, gzip", "GZIP;q=0.5", "br, gzip ; q=1.0"}) {
    INFO(yes);
    CHECK(takes_gzip(yes));
  }
  for (const char* no : {"", "br", "gzip;q=0", "gzip; q=0.000", "notgzip", "*"}) {
    INFO(no);
    CHECK_FALSE(takes_gzip(no));
  }
}

TEST_CASE("BundleTest.AnEntityTagIsFoundInAList") {
  CHECK(names_tag("\"a\", W/\"b\"", "\"b\""));
  CHECK(names_tag("*", "\"b\""));
  CHECK_FALSE(names_tag("", "\"b\""));
  CHECK_FALSE(names_tag("\"bb\"", "\"b\""));
}

TEST_CASE("BundleTest.EveryPageIsThereAndNamesOnlyFilesThatAreThere") {
  for (const char* page : {"/chat/index.html", "/dashboard/index.html", "/routines/index.html"}) {
    INFO(page);
    const auto* file = bundled(page);
    REQUIRE(file != nullptr);
    CHECK(file->type == "text/html; charset=utf-8");
    const std::string html(file->bytes);
    int named = 0;
    for (auto at = html.find("=\"/"); at != html.npos; at = html.find("=\"/", at + 1)) {
      const auto path = html.substr(at + 2, html.find('"', at + 2) - at - 2);
      if (path.rfind("/api/", 0) == 0) continue;  // made when it is asked for
      INFO(path);
      CHECK(bundled(path) != nullptr);
      ++named;
    }
    CHECK(named >= 3);
    // The policy of the pages lets nothing run that stands in them.
    CHECK(html.find("<style") == html.npos);
    CHECK(html.find("<script>") == html.npos);
    CHECK(html.find(" style=") == html.npos);
  }
}

TEST_CASE("BundleTest.APageIsAskedForAgainAndItsAssetsAreKept") {
  test::Doors doors(with_operators);

  const auto page = doors.send("GET", "/dashboard");
  const auto asset = doors.send("GET", asset_of("/dashboard/index.html"));

  CHECK(page.status == 200);
  CHECK(page.body == bundled("/dashboard/index.html")->bytes);
  CHECK(page.headers.at("Cache-Control") == "no-cache");
  CHECK_THAT(page.headers.at("Content-Security-Policy"), Contains("script-src 'self'"));
  CHECK(asset.status == 200);
  CHECK_THAT(asset.headers.at("Cache-Control"), Contains("immutable"));
  CHECK(doors.send("GET", "/assets/of-yesterday.js").status == 404);
}

TEST_CASE("BundleTest.AFileIsSentPackedOrNotAtAllWhereThatDoes") {
  test::Doors doors(with_operators);

  const auto packed = doors.send("GET", "/dashboard", "", {{"Accept-Encoding", "gzip"}});
  const auto again =
      doors.send("GET", "/dashboard", "", {{"If-None-Match", packed.headers.at("ETag")}});

  CHECK(packed.headers.at("Content-Encoding") == "gzip");
  CHECK(packed.headers.at("Vary") == "Accept-Encoding");
  CHECK(packed.body == bundled("/dashboard/index.html")->gzip);
  CHECK(again.status == 304);
  CHECK(again.body.empty());
}
