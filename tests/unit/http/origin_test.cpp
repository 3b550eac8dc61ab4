// What browsers are told, whose pages may use the chat, and the names the server answers to.
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"
#include "raw_client.hpp"

using namespace dugout;
using test::Answer, test::Doors;
using OriginHeaders = std::map<std::string, std::string>;

namespace {

const std::string kListed = "https://club.example.org";

std::string header_of(const Answer& answer, const std::string& name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? "" : found->second;
}

std::function<void(http::ServerOptions&)> listing() {
  return [](http::ServerOptions& options) {
    options.admin_token = "a-token-of-operators";
    options.access.cors_origins = {kListed};
  };
}

}  // namespace

TEST_CASE("OriginTest.EveryAnswerKeepsABrowserSafe") {
  Doors doors;
  for (const auto* path : {"/", "/health", "/no/such/thing", "/api/page", "/openapi.json"}) {
    INFO(path);
    const auto answer = doors.send("GET", path);
    CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(header_of(answer, "Referrer-Policy") == "no-referrer");
    CHECK(header_of(answer, "X-Frame-Options") == "DENY");
    CHECK(header_of(answer, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(header_of(answer, "Cross-Origin-Resource-Policy") == "same-origin");
    CHECK(header_of(answer, "Strict-Transport-Security") == "max-age=31536000");
    CHECK_THAT(header_of(answer, "Permissions-Policy"), Catch::Contains("geolocation=()"));
    const auto policy = header_of(answer, "Content-Security-Policy");
    CHECK_THAT(policy, Catch::Contains("default-src 'none'"));
    CHECK_THAT(policy, Catch::Contains("frame-ancestors 'none'"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(answer.headers.count("Access-Control-Allow-Origin") == 0);
  }
}

TEST_CASE("OriginTest.WhatIsRefusedBeforeItIsReadKeepsABrowserSafeToo") {
  Doors doors;
  const auto heard = test::say_raw(doors.port(), "rubbish\r\n\r\n");
  Doors small([](http::ServerOptions& options) {
    options.connections_per_address = 1;
    options.head_timeout = std::chrono::minutes(10);  // so long the first one has the one place
  });
  const Poco::Net::StreamSocket one(Poco::Net::SocketAddress("127.0.0.1", small.port()));
  std::string full;
  // What comes after an answer that did not wait for it may reset the connection, answer and all.
  for (int tries = 0; tries < 100 && full.find("503") == std::string::npos; ++tries) {
    full = test::say_raw(small.port(), "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  for (const auto& answer : {heard, full}) {
    INFO(answer);
    for (const auto* line :
         {"X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
          "Content-Security-Policy: default-src 'none'", "Cache-Control: no-store\r\n",
          "Cross-Origin-Resource-Policy: same-origin\r\n"}) {
      CHECK_THAT(answer, Catch::Contains(line));
    }
  }
}

TEST_CASE("OriginTest.WithoutHttpsThereIsNoPromiseOfIt") {
  Doors doors([](http::ServerOptions& options) { options.public_url = "http://127.0.0.1:8080"; });

  CHECK(doors.send("GET", "/").headers.count("Strict-Transport-Security") == 0);
}

TEST_CASE("OriginTest.BehindATlsProxyCookiesAreSecureAndHttpsIsPromised") {
  Doors doors([](http::ServerOptions& options) {
    options.public_url = "http://127.0.0.1:8080";
    options.admin_token = "a-token-of-operators";
    options.proxies = {"127.0.0.1"};
  });
  const auto sign_in = [&](const std::string& scheme) {
    return doors.send("POST", "/admin/session", R"({"token":"a-token-of-operators"})",
                      {{"Content-Type", "application/json"}, {"X-Forwarded-Proto", scheme}});
  };

  const auto safe = sign_in("https"), plain = sign_in("http");

  CHECK_THAT(header_of(safe, "Set-Cookie"), Catch::Contains("; Secure"));
  CHECK(safe.headers.count("Strict-Transport-Security") == 1);
  CHECK(header_of(plain, "Set-Cookie").find("Secure") == std::string::npos);
  CHECK(plain.headers.count("Strict-Transport-Security") == 0);
}

TEST_CASE("OriginTest.APageOfTheListReadsThatItHasToWait") {
  Doors doors([](http::ServerOptions& options) {
    listing()(options);
    options.rates.chat = {0.001, 1};
  });
  const auto post = [&] {
    return doors.send("POST", "/chat", "{}",
                      {{"Content-Type", "application/json"}, {"Origin", kListed}});
  };
  CHECK(post().status == 422);

  const auto refused = post();

  CHECK(refused.status == 429);
  CHECK(header_of(refused, "Access-Control-Allow-Origin") == kListed);
  CHECK(header_of(refused, "Vary") == "Origin");
  CHECK(header_of(refused, "Strict-Transport-Security") == "max-age=31536000");
  for (const auto* name : {"RateLimit", "RateLimit-Policy", "Retry-After"}) {
    CHECK(refused.headers.count(name) == 1);
    CHECK_THAT(header_of(refused, "Access-Control-Expose-Headers"), Catch::Contains(name));
  }
}

TEST_CASE("OriginTest.AnOriginOnTheListMayUseTheChatAndNothingElse") {
  Doors doors(listing());
  doors.orchestrator.answer = [](const auto&) {
    return Outcome<orchestrator::ChatReply>(orchestrator::ChatReply());
  };
  const auto post = [&](const std::string& origin) {
    return doors.send("POST", "/chat", R"({"user_message":"hello"})",
                      {{"Content-Type", "application/json"},
                       {"Origin", origin},
                       {"Sec-Fetch-Site", "cross-site"}});
  };

  const auto answer = post(kListed);
  CHECK(answer.status == 200);
  CHECK(header_of(answer, "Access-Control-Allow-Origin") == kListed);
  CHECK(header_of(answer, "Vary") == "Origin");
  CHECK(answer.headers.count("Access-Control-Allow-Credentials") == 0);
  CHECK(answer.headers.count("Set-Cookie") == 0);

  const auto other = post("https://evil.example");
  CHECK(other.status == 403);
  CHECK(other.headers.count("Access-Control-Allow-Origin") == 0);
  CHECK(header_of(other, "Vary") == "Origin");
  for (const auto* path : {"/api/sessions", "/admin/log-level", "/metrics", "/"}) {
    INFO(path);
    const auto closed = doors.send("GET", path, "", {{"Origin", kListed}});
    CHECK(closed.headers.count("Access-Control-Allow-Origin") == 0);
  }
  CHECK(header_of(doors.send("GET", "/theme.js"), "Vary") == "Accept-Encoding, Origin");
}

TEST_CASE("OriginTest.APreflightNamesWhatMayBeSent") {
  Doors doors(listing());
  const auto ask = [&](const std::string& path, const std::string& origin) {
    return doors.send("OPTIONS", path, "",
                      {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}});
  };

  const auto allowed = ask("/chat", kListed);
  CHECK(allowed.status == 204);
  CHECK(header_of(allowed, "Access-Control-Allow-Origin") == kListed);
  CHECK(header_of(allowed, "Access-Control-Allow-Methods") == "POST");
  CHECK_THAT(header_of(allowed, "Access-Control-Allow-Headers"), Catch::Contains("Content-Type"));
  CHECK(header_of(allowed, "Access-Control-Max-Age") == "600");
  CHECK(header_of(allowed, "Vary") == "Origin");
  for (const auto& [path, origin] :
       std::vector<std::pair<std::string, std::string>>{{"/chat", "https://evil.example"},
                                                        {"/chat", "null"},
                                                        {"/admin/log-level", kListed},
                                                        {"/webhooks/x", kListed}}) {
    INFO(path << " " << origin);
    const auto refused = ask(path, origin);
    CHECK(refused.status == 405);
    CHECK(refused.headers.count("Access-Control-Allow-Origin") == 0);
  }
}

TEST_CASE("OriginTest.AtALoopbackAddressOnlyOurOwnNamesAreAnswered") {
  Doors doors;
  const auto status = [&](const std::string& host) {
    return doors.send("GET", "/health", "", {{"Host", host}}).status;
  };

  for (const auto* host :
       {"127.0.0.1:8080", "localhost", "localhost:1", "[::1]:8080", "join.example.org",
        "JOIN.example.org:443", "app.localhost", "10.0.0.1", "dugout"}) {
    INFO(host);
    CHECK(status(host) == 200);
  }
  for (const auto* host : {"rebound.example", "127.0.0.1.evil.example",
                           "join.example.org.evil.example", "localhost.evil.example", "x.local"}) {
    INFO(host);
    CHECK(status(host) == 421);
  }
}

TEST_CASE("OriginTest.FurtherNamesAreListedAndAStarIsAnyName") {
  Doors listed([](http::ServerOptions& options) { options.access.hosts = {"dugout.internal"}; });
  CHECK(listed.send("GET", "/health", "", {{"Host", "dugout.internal:8080"}}).status == 200);
  CHECK(listed.send("GET", "/health", "", {{"Host", "rebound.example"}}).status == 421);

  Doors any([](http::ServerOptions& options) { options.access.hosts = {"*"}; });
  CHECK(any.send("GET", "/health", "", {{"Host", "rebound.example"}}).status == 200);
}
