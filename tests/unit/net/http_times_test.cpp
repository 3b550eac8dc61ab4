// The parts of an exchange have times of their own, and it can be called back. The few milliseconds
// waited here are socket time-outs, which no virtual clock can move.
#include <catch2/catch.hpp>

#include <thread>

#include "exchange.hpp"

namespace {

using namespace exchange::test;
using dugout::core::CancelToken;
using dugout::net::HttpTimes;
using std::chrono::minutes;

HttpRequest get(const std::string& url) {
  return {"GET", url, {}, ""};
}

// The head and a part of the body, then nothing.
DoubleReply half() {
  return DoubleReply::bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",
                            DoubleReply::End::kKeep);
}

}  // namespace

TEST_CASE("HttpTimesTest.AnswerThatDoesNotBeginEndsByTheTimeToItsFirstByte") {
  HttpDouble server(always(DoubleReply::stalled()));
  HttpTimes times(minutes(5));
  times.first_byte = milliseconds(40);

  const auto answer = make_http_client()->send(get(server.url("/")), times);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
  CHECK(answer.error().message == "the answer did not begin in time");
}

TEST_CASE("HttpTimesTest.AnswerThatStopsOnItsWayEndsByTheIdleTime") {
  HttpDouble server(always(half()));
  HttpTimes times(minutes(5));
  times.first_byte = minutes(5);
  times.idle = milliseconds(40);

  const auto answer = make_http_client()->send(get(server.url("/")), times);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
  CHECK(answer.error().message == "the answer stopped on its way");
}

TEST_CASE("HttpTimesTest.SlowButSteadyAnswerOutlivesItsIdleTime") {
  auto reply = DoubleReply::json(200, std::string(60, 'x'));
  reply.drip = milliseconds(2);
  HttpDouble server(always(reply));
  HttpTimes times(minutes(5));
  times.idle = minutes(1);
  times.first_byte = minutes(1);

  const auto answer = make_http_client()->send(get(server.url("/")), times);

  REQUIRE(answer);
  CHECK(answer->body.size() == 60);
}

TEST_CASE("HttpTimesTest.TheTotalBoundsItsParts") {
  HttpDouble server(always(half()));
  HttpTimes times(milliseconds(40));
  times.first_byte = minutes(5);
  times.idle = minutes(5);

  const auto answer = make_http_client()->send(get(server.url("/")), times);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "no complete answer within the time allowed");
}

TEST_CASE("HttpTimesTest.CalledBackEndsAtOnceAndTheConnectionIsNotUsedAgain") {
  const CancelToken cancel;
  HttpDouble server([&](const DoubleRequest& request) {
    if (request.connection > 1) return DoubleReply::json(200, "{}");
    cancel.cancel();
    return DoubleReply::stalled();
  });
  const auto client = make_http_client();
  HttpTimes times(minutes(5));
  times.cancel = &cancel;

  const auto answer = client->send(get(server.url("/")), times);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "cancelled");
  REQUIRE(client->send(get(server.url("/")), minutes(1)));
  CHECK(server.connections() == 2);
}

TEST_CASE("HttpTimesTest.CalledBackBeforehandSendsNothingThatMatters") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const CancelToken cancel;
  cancel.cancel();
  HttpTimes times(minutes(5));
  times.cancel = &cancel;

  CHECK_FALSE(make_http_client()->send(get(server.url("/")), times));
}
