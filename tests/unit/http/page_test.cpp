// GET and POST /{page}/{id}, from outside.
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"

using namespace dugout;
using namespace dugout::test;
using Catch::Matchers::Contains;

namespace {

const std::map<std::string, std::string> kJsonClient{{"Accept", "application/json"}};

struct Setup : Doors {
  Setup() : tool(plugins.tools["setup_page"]) {
    tool.declaration.page = "setup";
    plugins.tools["apply"];
  }
  void say(std::string answer) {
    tool.run = [answer = std::move(answer)](const Json&) { return Outcome<std::string>(answer); };
  }
  void refuse(const std::string& error) { say(R"({"ok":false,"error":{)" + error + "}}"); }
  ToolScript& tool;
};

}  // namespace

TEST_CASE("PageTest.APageIsHtmlAndKeepsToItself") {
  Setup doors;
  doors.say(R"({"ok":true,"data":{"page":{"title":"Pay <now>","paragraphs":["£45"],
      "buttons":[{"name":"do","value":"pay","label":"Pay"}]}}})");

  const auto answer = doors.send("GET", "/setup/BRQ-1_a");

  CHECK(answer.status == 200);
  CHECK_THAT(answer.headers.at("Content-Type"), Contains("text/html"));
  CHECK(answer.headers.at("Cache-Control") == "no-store");
  CHECK(answer.headers.at("Referrer-Policy") == "no-referrer");
  CHECK_THAT(answer.headers.at("Content-Security-Policy"), Contains("default-src 'none'"));
  CHECK_THAT(answer.headers.at("Content-Security-Policy"), !Contains("script-src"));
  CHECK_THAT(answer.body, Contains("Pay &lt;now&gt;"));
  CHECK_THAT(answer.body, Contains("action=\"/setup/BRQ-1_a\""));
  CHECK(doors.tool.asked == Json({{"id", "BRQ-1_a"}, {"method", "GET"}, {"form", Json::object()}}));
  CHECK(doors.send("GET", "/page.css").status == 200);
}

TEST_CASE("PageTest.AFormReachesTheTool") {
  Setup doors;
  doors.say(R"({"ok":true,"data":{"page":{"title":"Thanks"}}})");

  const auto answer = doors.form("/setup/BRQ1", "do=pay&note=a+b%26c%C3%A9");

  CHECK(answer.status == 200);
  CHECK(doors.tool.asked["method"] == "POST");
  CHECK(doors.tool.asked["form"] == Json({{"do", "pay"}, {"note", "a b&c\xc3\xa9"}}));
}

TEST_CASE("PageTest.BadFormsNeverReachTheTool") {
  Setup doors;

  CHECK(doors.form("/setup/BRQ1", "a=" + std::string(16 * 1024, 'x')).status == 413);
  CHECK(doors.form("/setup/BRQ1", "a=%ff%fe").status == 400);
  std::string many;
  for (int i = 0; i < 60; ++i) many += "f" + std::to_string(i) + "=1&";
  CHECK(doors.form("/setup/BRQ1", many).status == 400);
  CHECK(doors.send("POST", "/setup/BRQ1", "{}", {{"Content-Type", "application/json"}}).status ==
        415);

  CHECK(doors.tool.asked.is_null());
}

TEST_CASE("PageTest.RedirectsLeadToTheWebOnly") {
  Setup doors;
  doors.say(R"({"ok":true,"data":{"redirect":"https://pay.example.org/BRQ1"}})");
  const auto good = doors.send("GET", "/setup/BRQ1");
  doors.say(R"({"ok":true,"data":{"redirect":"javascript:alert"}})");
  const auto bad = doors.send("GET", "/setup/BRQ1");

  CHECK(good.status == 303);
  CHECK(good.headers.at("Location") == "https://pay.example.org/BRQ1");
  CHECK(bad.status == 500);
  CHECK(bad.headers.count("Location") == 0);
}

TEST_CASE("PageTest.JsonClientsGetJson") {
  Setup doors;
  doors.say(R"({"ok":true,"data":{"page":{"title":"Paid"},"json":{"status":"already_paid"}}})");
  CHECK(doors.send("GET", "/setup/BRQ1", "", kJsonClient).json()["status"] == "already_paid");
  doors.say(R"({"ok":true,"data":{"page":{"title":"Paid"}}})");
  CHECK(doors.send("GET", "/setup/BRQ1", "", kJsonClient).json()["title"] == "Paid");
  doors.say(R"({"ok":true,"data":{"redirect":"https://pay.example.org/"}})");
  CHECK(doors.send("GET", "/setup/BRQ1", "", kJsonClient).status == 303);
}

TEST_CASE("PageTest.ErrorsAreFriendlyPages") {
  Setup doors;
  const auto get = [&] { return doors.send("GET", "/setup/BRQ1"); };

  doors.refuse(R"("code":"not_found","message":"We do not know <this>.")");
  const auto unknown = get();
  CHECK(unknown.status == 404);
  CHECK_THAT(unknown.body, Contains("We do not know &lt;this&gt;.") && Contains("latest message"));
  doors.refuse(R"("code":"not_configured","message":"Payments rest just now.")");
  const auto bare = get();
  CHECK(bare.status == 503);
  CHECK_THAT(bare.body, Contains("Payments rest just now.") && Contains("try again"));
  CHECK(bare.headers.count("Retry-After") == 1);
  doors.refuse(R"("code":"slow","message":"","retryable":true)");
  CHECK(get().status == 503);
  doors.refuse(R"("code":"gone","message":"Over.","status":410)");
  CHECK(get().status == 410);
  doors.refuse(R"("code":"odd","message":"No.")");
  CHECK(get().status == 400);
  doors.tool.run = [](const Json&) {
    return Outcome<std::string>(Error{Code::kInternal, "secret"});
  };
  const auto broken = get();
  CHECK(broken.status == 500);
  CHECK_THAT(broken.body, !Contains("secret") && Contains("<main>"));
  doors.say(R"({"ok":true,"data":{"page":{"paragraphs":["no title"]}}})");
  CHECK(get().status == 500);
}

TEST_CASE("PageTest.ErrorsAreProblemsForJsonClients") {
  Setup doors;
  doors.refuse(R"("code":"not_found","message":"We do not know it.")");

  const auto answer = doors.send("GET", "/setup/BRQ1", "", kJsonClient);

  CHECK(answer.status == 404);
  CHECK(answer.headers.at("Content-Type") == "application/problem+json");
  CHECK(answer.json()["detail"] == "We do not know it.");
}

TEST_CASE("PageTest.OddIdsNeverReachTheTool") {
  Setup doors;

  for (const auto& id : {std::string(101, 'a'), std::string("a.b"), std::string("a%2Fb")}) {
    CHECK(doors.send("GET", "/setup/" + id).status == 404);
  }
  CHECK(doors.form("/setup/a.b", "do=pay").status == 404);

  CHECK(doors.tool.asked.is_null());
}

TEST_CASE("PageTest.OtherAddressesOfTwoPartsStayWhatTheyWere") {
  Setup doors;

  CHECK(doors.send("GET", "/other/BRQ1").status == 404);
  CHECK(doors.send("POST", "/api/agents", "x").status == 405);
  CHECK(doors.send("GET", "/api/agents").status == 200);
  const auto deleted = doors.send("DELETE", "/setup/BRQ1");
  CHECK(deleted.status == 405);
  CHECK(deleted.headers.at("Allow") == "GET, HEAD, POST");
}

TEST_CASE("PageTest.EventsAreStoredBeforeThePersonGoesOn") {
  Setup doors;
  doors.say(R"({"ok":true,"data":{"redirect":"https://join.example.org/done",
      "events":[{"id":"P1","tool":"apply","arguments":{}}]}})");

  doors.jobs.broken = true;
  const auto lost = doors.form("/setup/BRQ1", "do=pay");
  doors.jobs.broken = false;
  const auto kept = doors.form("/setup/BRQ1", "do=pay");

  CHECK(lost.status == 503);
  CHECK(kept.status == 303);
  CHECK(doors.jobs.events == std::set<std::string>{"page:setup P1"});
}
