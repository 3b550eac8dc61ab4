// Pages that tools answer with: nothing of a tool's text becomes markup.
#include "http/page_html.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

using namespace dugout::http;
using Json = nlohmann::json;
using Catch::Matchers::Contains;

TEST_CASE("PageHtmlTest.EveryTextOfAToolIsEscaped") {
  const Page page{"<script>t</script>",
                  {"a & b <img src=x onerror=alert(1)>"},
                  {{"n\"><b>", "v' onclick='x", "<i>Pay</i>"}}};

  const auto html = render(page, "/local_pay/\"><script>");

  CHECK_THAT(html, Contains("<h1>&lt;script&gt;t&lt;/script&gt;</h1>"));
  CHECK_THAT(html, Contains("<title>&lt;script&gt;t&lt;/script&gt;</title>"));
  CHECK_THAT(html, Contains("<p>a &amp; b &lt;img src=x onerror=alert(1)&gt;</p>"));
  CHECK_THAT(html, Contains("name=\"n&quot;&gt;&lt;b&gt;\" value=\"v&#39; onclick=&#39;x\""));
  CHECK_THAT(html, Contains(">&lt;i&gt;Pay&lt;/i&gt;</button>"));
  CHECK_THAT(html, Contains("action=\"/local_pay/&quot;&gt;&lt;script&gt;\""));
  CHECK_THAT(html, !Contains("<script"));
}

TEST_CASE("PageHtmlTest.ButtonsPostBackToThePage") {
  const auto html = render({"Pay", {}, {{"do", "pay", "Pay now"}, {"", "", "Leave"}}}, "/pay/BRQ1");

  CHECK_THAT(html, Contains("<form method=\"post\" action=\"/pay/BRQ1\">"));
  CHECK_THAT(html, Contains("<button type=\"submit\" name=\"do\" value=\"pay\">Pay now</button>"));
  CHECK_THAT(html, Contains("<button type=\"submit\">Leave</button>"));
}

TEST_CASE("PageHtmlTest.APageWithoutButtonsHasNoForm") {
  CHECK_THAT(render({"Paid", {"All done."}, {}}, "/pay/BRQ1"), !Contains("<form"));
}

TEST_CASE("PageHtmlTest.ToolDataBecomesAPage") {
  const auto page = page_of(Json::parse(
      R"({"title":"T","paragraphs":["a","b"],"buttons":[{"name":"n","value":"v","label":"L"}]})"));

  REQUIRE(page);
  CHECK(page->paragraphs == std::vector<std::string>{"a", "b"});
  REQUIRE(page->buttons.size() == 1);
  CHECK(page->buttons[0].label == "L");
  CHECK(page_json(*page)["buttons"][0]["value"] == "v");
}

TEST_CASE("PageHtmlTest.WrongShapesAreNoPage") {
  for (const char* text : {"null", "[]", R"({"paragraphs":["a"]})", R"({"title":7})",
                           R"({"title":"T","paragraphs":"a"})", R"({"title":"T","paragraphs":[1]})",
                           R"({"title":"T","buttons":{}})", R"({"title":"T","buttons":["x"]})",
                           R"({"title":"T","buttons":[{"name":"n"}]})"}) {
    INFO(text);
    CHECK_FALSE(page_of(Json::parse(text)));
  }
}

TEST_CASE("PageHtmlTest.JsonIsSentOnlyToWhoPrefersIt") {
  CHECK(prefers_json("application/json"));
  CHECK(prefers_json("Application/JSON, text/html;q=0.5"));
  CHECK(prefers_json("text/html;q=0.8, application/*"));
  CHECK(prefers_json("application/problem+json"));
  CHECK_FALSE(prefers_json(""));
  CHECK_FALSE(prefers_json("*/*"));
  CHECK_FALSE(prefers_json("application/json;q=0.2, text/html"));
  CHECK_FALSE(prefers_json("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  CHECK_FALSE(prefers_json("application/json;q=0"));
  CHECK_FALSE(prefers_json(";;,,q="));
}

TEST_CASE("PageHtmlTest.OnlyWebAddressesAreRedirectedTo") {
  CHECK(is_web_address("https://pay.example.org/BRQ1?a=b#c"));
  CHECK(is_web_address("HTTP://127.0.0.1:8080/pay/1"));
  for (const char* url :
       {"", "https", "https:", "https://", "https:///x", "javascript:alert(1)", "//example.org",
        "/pay", "ftp://example.org", "data:text/html,x", "https://example.org/\r\nSet-Cookie: a=b",
        "https://example.org/ x", "https://example.org\\@example.net", "x https://example.org"}) {
    INFO(url);
    CHECK_FALSE(is_web_address(url));
  }
}
