// Signing in as an operator: the pass, what it opens, and who is kept out.
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"
#include "http/operator_pass.hpp"
#include "support/fake_clock.hpp"

using namespace dugout;
using test::Answer, test::Doors;
using Headers = std::map<std::string, std::string>;

namespace {

const std::string kSessionToken = "a-token-of-operators";
const std::string kPlace = "/api/attempts/turn_1";

std::function<void(http::ServerOptions&)> with_token(const std::string& url) {
  return [url](http::ServerOptions& options) {
    options.admin_token = kSessionToken;
    options.public_url = url;
    options.explain = [](const std::string&) { return Outcome<std::string>(std::string("{}")); };
    options.dashboard = [] { return std::make_shared<const std::string>(R"({"at":"now"})"); };
  };
}

Answer sign_in(Doors& doors, const std::string& token, Headers headers = {}) {
  headers["Content-Type"] = "application/json";
  return doors.send("POST", "/admin/session", R"({"token":")" + token + "\"}", headers);
}

// "dugout_operator=<id>", as a browser sends it back.
std::string cookie_of(const Answer& answer) {
  const auto& text = answer.headers.at("Set-Cookie");
  return text.substr(0, text.find(';'));
}

}  // namespace

TEST_CASE("OperatorSessionTest.TheTokenGivesACookieThatOpensWhatIsForOperators") {
  Doors doors(with_token("https://join.example.org"));

  const auto answer = sign_in(doors, kSessionToken);

  REQUIRE(answer.status == 204);
  CHECK(answer.body.empty());
  const auto& set = answer.headers.at("Set-Cookie");
  for (const auto* part : {"; HttpOnly", "; SameSite=Strict", "; Path=/", "; Secure"}) {
    CHECK(set.find(part) != std::string::npos);
  }
  CHECK(set.find(kSessionToken) == std::string::npos);
  CHECK(cookie_of(answer).size() == std::string("dugout_operator=").size() + 32);
  CHECK(doors.send("GET", kPlace, "", {{"Cookie", cookie_of(answer)}}).status == 200);
  CHECK(doors.send("GET", "/api/dashboard", "", {{"Cookie", cookie_of(answer)}}).status == 200);
  CHECK(cookie_of(sign_in(doors, kSessionToken)) != cookie_of(answer));
}

TEST_CASE("OperatorSessionTest.OverPlainHttpTheCookieIsNotSecure") {
  Doors doors(with_token("http://127.0.0.1:8080"));

  CHECK(sign_in(doors, kSessionToken).headers.at("Set-Cookie").find("Secure") == std::string::npos);
}

TEST_CASE("OperatorSessionTest.AnEndedPassOpensNothing") {
  Doors doors(with_token("https://join.example.org"));
  const auto cookie = cookie_of(sign_in(doors, kSessionToken));

  const auto ended = doors.send("POST", "/admin/session/end", "",
                                {{"Cookie", cookie}, {"Origin", "https://join.example.org"}});

  CHECK(ended.status == 204);
  CHECK(ended.headers.at("Set-Cookie").find("Max-Age=0") != std::string::npos);
  CHECK(doors.send("GET", kPlace, "", {{"Cookie", cookie}}).status == 401);
}

TEST_CASE("OperatorSessionTest.WithACookieChangesComeFromOurOwnPagesOnly") {
  Doors doors(with_token("https://join.example.org"));
  const auto host = "127.0.0.1:" + std::to_string(doors.port());
  const std::vector<std::pair<Headers, int>> cases = {
      {{}, 403},
      {{{"Origin", "https://evil.example"}}, 403},
      {{{"Origin", "null"}}, 403},
      {{{"Origin", "https://join.example.org.evil.example"}}, 403},
      {{{"Sec-Fetch-Site", "cross-site"}}, 403},
      {{{"Sec-Fetch-Site", "same-site"}}, 403},
      {{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://join.example.org"}}, 403},
      {{{"Sec-Fetch-Site", "same-origin"}}, 204},
      {{{"Origin", "https://join.example.org"}}, 204},
      {{{"Origin", "http://" + host}}, 204},
      {{{"Authorization", "Bearer " + kSessionToken}}, 403},
  };
  for (auto [headers, status] : cases) {
    headers["Cookie"] = cookie_of(sign_in(doors, kSessionToken));
    INFO((headers.count("Origin") ? headers["Origin"] : headers["Sec-Fetch-Site"]));
    CHECK(doors.send("POST", "/admin/session/end", "", headers).status == status);
  }
}

TEST_CASE("OperatorSessionTest.AnotherSitesPageCannotSignIn") {
  Doors doors(with_token("https://join.example.org"));

  CHECK(sign_in(doors, kSessionToken, {{"Origin", "https://evil.example"}}).status == 403);
  CHECK(sign_in(doors, kSessionToken, {{"Sec-Fetch-Site", "cross-site"}}).status == 403);
  CHECK(sign_in(doors, kSessionToken, {{"Sec-Fetch-Site", "same-origin"}}).status == 204);
}

TEST_CASE("OperatorSessionTest.BadBodiesAreProblems") {
  Doors doors(with_token("https://join.example.org"));
  const auto post = [&](const std::string& body, const std::string& type) {
    const auto answer = doors.send("POST", "/admin/session", body, {{"Content-Type", type}});
    CHECK(answer.headers.at("Content-Type") == "application/problem+json");
    return answer.status;
  };

  CHECK(post("{", "application/json") == 422);
  CHECK(post("[]", "application/json") == 422);
  CHECK(post(R"({"token":7})", "application/json") == 422);
  CHECK(post(R"({"token":""})", "application/json") == 422);
  CHECK(post("token=" + kSessionToken, "application/x-www-form-urlencoded") == 415);
  CHECK(post(std::string(10'000, 'x'), "application/json") == 413);
}

TEST_CASE("OperatorSessionTest.WrongTokensShutTheDoorAndAPassStillOpensIt") {
  Doors doors(with_token("https://join.example.org"));
  const auto cookie = cookie_of(sign_in(doors, kSessionToken));

  for (int guess = 0; guess < http::WrongTokens::kPerMinute; ++guess) {
    CHECK(sign_in(doors, "wrong-token-of-guess").status == 401);
  }

  const auto shut = sign_in(doors, kSessionToken);
  CHECK(shut.status == 429);
  CHECK(std::stoi(shut.headers.at("Retry-After")) <= 61);
  CHECK(shut.headers.count("Set-Cookie") == 0);
  CHECK(doors.send("GET", kPlace, "", {{"Authorization", "Bearer " + kSessionToken}}).status ==
        429);
  CHECK(doors.send("GET", kPlace).status == 401);  // nothing was shown
  CHECK(doors.send("GET", kPlace, "", {{"Cookie", cookie}}).status == 200);
  CHECK(doors.whole_log().find("token-of") == std::string::npos);
}

TEST_CASE("OperatorSessionTest.WithoutATokenInTheSettingsNothingIsThere") {
  Doors doors([](http::ServerOptions& options) {
    options.dashboard = [] { return std::make_shared<const std::string>("{}"); };
  });

  CHECK(sign_in(doors, "anything-at-all-here").status == 404);
  CHECK(doors.send("POST", "/admin/session/end").status == 404);
  for (const auto* path : {"/api/dashboard", "/api/dashboard/events", "/dashboard", "/routines"}) {
    INFO(path);
    CHECK(doors.send("GET", path).status == 404);
  }
}

TEST_CASE("OperatorSessionTest.ThePagesOfOperatorsAreThereWithAToken") {
  Doors doors(with_token("https://join.example.org"));

  for (const auto* path : {"/dashboard", "/routines"}) {
    INFO(path);
    CHECK(doors.send("GET", path).status != 401);
    CHECK(doors.send("POST", path).status == 405);
  }
}

TEST_CASE("OperatorPassesTest.EndAfterTwelveHours") {
  http::OperatorPasses passes;
  const core::MonoTime now{std::chrono::hours(1)};
  const auto id = passes.begin(now);

  CHECK(passes.holds(id, now));
  CHECK(passes.holds(id, now + std::chrono::hours(12) - std::chrono::seconds(1)));
  CHECK_FALSE(passes.holds(id, now + std::chrono::hours(12)));
  CHECK_FALSE(passes.holds("", now));
  CHECK_FALSE(passes.holds(id.substr(1), now));
}

TEST_CASE("OperatorPassesTest.AreBoundedAndTheOldestEndsFirst") {
  http::OperatorPasses passes;
  core::MonoTime now{};
  const auto first = passes.begin(now);
  std::string last;
  for (std::size_t at = 0; at < http::OperatorPasses::kMost; ++at) {
    now += std::chrono::milliseconds(1);
    last = passes.begin(now);
  }

  CHECK_FALSE(passes.holds(first, now));
  CHECK(passes.holds(last, now));
}

TEST_CASE("WrongTokensTest.AnAddressIsShutForTheRestOfItsMinute") {
  http::WrongTokens wrong;
  core::MonoTime now{std::chrono::hours(1)};
  for (int guess = 0; guess < http::WrongTokens::kPerMinute; ++guess) wrong.count("1.2.3.4", now);

  CHECK(wrong.shut_for("1.2.3.4", now + std::chrono::seconds(20)) == std::chrono::seconds(40));
  CHECK(wrong.shut_for("1.2.3.5", now) == core::Duration::zero());
  CHECK(wrong.shut_for("1.2.3.4", now + std::chrono::minutes(1)) == core::Duration::zero());
  wrong.count("1.2.3.4", now + std::chrono::minutes(2));
  CHECK(wrong.shut_for("1.2.3.4", now + std::chrono::minutes(2)) == core::Duration::zero());
}

TEST_CASE("WrongTokensTest.VeryManyAddressesTakeNoMoreRoomAndTheNewestStayShut") {
  http::WrongTokens wrong;
  core::MonoTime now{std::chrono::hours(1)};
  for (int address = 0; address < 20'000; ++address) {
    wrong.count(std::to_string(address), now);
    now += std::chrono::microseconds(1);
  }
  for (int guess = 0; guess < http::WrongTokens::kPerMinute; ++guess) wrong.count("last", now);

  CHECK(wrong.shut_for("last", now) > core::Duration::zero());
}
