// http/1 for tools: what is tried again, and what never is.
#include "orchestrator/tool_http.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "support/fake_clock.hpp"

namespace dugout::orchestrator {
namespace {

using host::Effects;

// Gives its outcomes one after another, the last for ever.
class ScriptedClient final : public net::HttpClient {
 public:
  explicit ScriptedClient(std::deque<Outcome<net::HttpResponse>> script)
      : script_(std::move(script)) {}

  Outcome<net::HttpResponse> send(const net::HttpRequest& request,
                                  const net::HttpTimes& times) override {
    const auto within = times.total;
    ++calls;
    last = request;
    last_within = within;
    auto outcome = script_.front();
    if (script_.size() > 1) script_.pop_front();
    return outcome;
  }

  int calls = 0;
  net::HttpRequest last;
  core::Duration last_within{};

 private:
  std::deque<Outcome<net::HttpResponse>> script_;
};

net::HttpResponse status(int code, net::Headers headers = {}) {
  return {code, std::move(headers), "body"};
}

const Error kRefused{Code::kUnavailable, "refused", net::kNeverSent};
const Error kReset{Code::kUnavailable, "reset", ""};

struct Fixture {
  test::FakeClock clock;
  core::SystemRandom random;
  observability::Log log{clock, {}, [](std::string_view) {}};
  ScriptedClient client;

  explicit Fixture(std::deque<Outcome<net::HttpResponse>> script) : client(std::move(script)) {}

  Outcome<host::HttpAnswer> send(Effects effect) {
    host::HttpCall call;
    call.url = "http://service.example.org/path?name=secret";
    call.headers["X-Key"] = "k";
    call.effect = effect;
    return ToolHttp(client, clock, random, log).send(call);
  }
};

TEST_CASE("ToolHttpTest.AServerErrorIsTriedAgainOnlyWhereThatDoesNoHarm") {
  for (const auto effect : {Effects::kNone, Effects::kIdempotent}) {
    Fixture fixture({status(500), status(200)});
    const auto answer = fixture.send(effect);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->tries == 2);
  }
  Fixture once({status(500), status(200)});
  const auto answer = once.send(Effects::kOnce);
  REQUIRE(answer);
  CHECK(answer->status == 500);
  CHECK(once.client.calls == 1);
}

TEST_CASE("ToolHttpTest.AnEffectOfOnceIsRepeatedWhenItCertainlyDidNotArrive") {
  Fixture refused({kRefused, status(201)});
  CHECK(refused.send(Effects::kOnce)->status == 201);
  Fixture turned_away({status(429), status(201)});
  CHECK(turned_away.send(Effects::kOnce)->status == 201);

  Fixture reset({kReset, status(201)});
  const auto lost = reset.send(Effects::kOnce);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().detail == R"({"sent":true})");
  CHECK(reset.client.calls == 1);
}

TEST_CASE("ToolHttpTest.AfterThreeTriesTheLastFailureIsTheAnswer") {
  Fixture down({kRefused});
  const auto none = down.send(Effects::kIdempotent);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Code::kUnavailable);
  CHECK(none.error().detail == net::kNeverSent);
  CHECK(down.client.calls == 3);

  Fixture broken({status(503)});
  const auto answer = broken.send(Effects::kNone);
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(broken.client.calls == 3);
}

TEST_CASE("ToolHttpTest.OneTryThatMayHaveArrivedIsRememberedThroughLaterRefusals") {
  Fixture fixture({kReset, kRefused});
  CHECK(fixture.send(Effects::kIdempotent).error().detail == R"({"sent":true})");
}

TEST_CASE("ToolHttpTest.WhatTheCallerGotWrongIsNeverRepeated") {
  for (const int code : {400, 401, 403, 404, 409, 422}) {
    Fixture fixture({status(code)});
    CHECK(fixture.send(Effects::kNone)->status == code);
    CHECK(fixture.client.calls == 1);
  }
}

TEST_CASE("ToolHttpTest.TheServersWishSetsTheWaitUnlessItIsTooLong") {
  Fixture soon({status(429, {{"retry-after", "3"}}), status(200)});
  const auto start = soon.clock.now();
  CHECK(soon.send(Effects::kNone)->status == 200);
  CHECK(soon.clock.now() - start >= std::chrono::seconds(3));

  Fixture late({status(429, {{"retry-after", "3600"}}), status(200)});
  CHECK(late.send(Effects::kNone)->status == 429);
  CHECK(late.client.calls == 1);

  Fixture never({status(500, {{"x-should-retry", "false"}}), status(200)});
  CHECK(never.send(Effects::kNone)->status == 500);
}

TEST_CASE("ToolHttpTest.HeaderNamesAreLowerAndATryHasItsOwnTimeOut") {
  Fixture fixture({status(200)});
  REQUIRE(fixture.send(Effects::kNone));
  CHECK(fixture.client.last.headers.count("x-key") == 1);
  CHECK(fixture.client.last_within == std::chrono::seconds(10));
}

TEST_CASE("ToolHttpTest.NothingOfAnAddressButItsHostIsLogged") {
  std::string lines;
  test::FakeClock clock;
  core::SystemRandom random;
  observability::Log log(clock, {}, [&](std::string_view line) { lines += line; });
  ScriptedClient client({status(500)});
  host::HttpCall call;
  call.url = "http://service.example.org/people/helen?key=abc";

  REQUIRE(ToolHttp(client, clock, random, log).send(call));

  CHECK_THAT(lines, Catch::Contains("service.example.org"));
  CHECK_THAT(lines, !Catch::Contains("helen"));
  CHECK_THAT(lines, !Catch::Contains("abc"));
}

}  // namespace
}  // namespace dugout::orchestrator
