// Answers of every form, whole, broken off or against the rules, as the client reads them.
#include <catch2/catch.hpp>

#include "exchange.hpp"

using namespace exchange::test;

TEST_CASE("HttpClientTest.BrokenOffAnswerIsUnavailable") {
  const auto [name, reply] = GENERATE(table<std::string, DoubleReply>({
      {"closed within the body", DoubleReply::cut("{\"a\":")},
      {"reset within the body", DoubleReply::cut("{\"a\":", DoubleReply::End::kReset)},
      {"closed at once", DoubleReply::bytes("")},
      {"reset at once", DoubleReply::reset()},
      {"closed within the head", DoubleReply::bytes("HTTP/1.1 200 OK\r\nContent-Type: te")},
      {"closed within a length", DoubleReply::bytes("HTTP/1.1 200 OK\r\nContent-Length: 1")},
      {"closed within a chunk",
       DoubleReply::bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}")},
      {"closed between chunks",
       DoubleReply::bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")},
      {"closed before the last line",
       DoubleReply::bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")},
  }));
  CAPTURE(name);
  HttpDouble server(always(reply));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), kAmple);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kUnavailable);
  CHECK(server.count() == 1);  // never repeated: the planner owns retries
}

TEST_CASE("HttpClientTest.AnswerThatBreaksHttpIsInvalid") {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const auto [name, bytes] = GENERATE_COPY(table<std::string, std::string>({
      {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
      {"no status", "HTTP/1.1 abc OK\r\n\r\n"},
      {"length is no number", head + "Content-Length: many\r\n\r\n{}"},
      {"negative length", head + "Content-Length: -2\r\n\r\n{}"},
      {"two lengths", head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}"},
      {"chunk without size", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
      {"huge chunk", head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}"},
      {"chunk too long", head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n"},
      {"endless chunk line", head + "Transfer-Encoding: chunked\r\n\r\n" + std::string(9000, '1')},
      {"endless header", head + "X: " + std::string(100'000, 'x') + "\r\n\r\n"},
      {"switching protocols", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"},
  }));
  CAPTURE(name);
  HttpDouble server(always(DoubleReply::bytes(bytes)));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), kAmple);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kInvalid);
}

TEST_CASE("HttpClientTest.EveryFramingIsRead") {
  const auto body = std::string(12'345, 'b');
  auto reply = DoubleReply::json(200, body);
  SECTION("a length") {}
  SECTION("chunks") {
    reply.chunked = true;
  }
  SECTION("up to the end") {
    reply = DoubleReply::bytes("HTTP/1.1 200 OK\r\n\r\n" + body);
  }
  SECTION("after interim heads") {
    reply = DoubleReply::bytes(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n" +
        body);
  }
  HttpDouble server(always(reply));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), kAmple);

  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == body);
}

TEST_CASE("HttpClientTest.StatusWithoutBodyNeedsNone") {
  const int status = GENERATE(204, 304);
  HttpDouble server(always(DoubleReply::bytes("HTTP/1.1 " + std::to_string(status) + " X\r\n\r\n",
                                              DoubleReply::End::kKeep)));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), kAmple);

  REQUIRE(answer);
  CHECK(answer->status == status);
  CHECK(answer->body.empty());
}

TEST_CASE("HttpClientTest.RedirectIsAnAnswer") {
  auto reply = DoubleReply::json(302, "");
  reply.headers["Location"] = "http://127.0.0.1:1/";
  HttpDouble server(always(reply));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), kAmple);

  REQUIRE(answer);
  CHECK(answer->status == 302);
  CHECK(server.count() == 1);
}

TEST_CASE("HttpClientTest.HugeAnswerIsRefused") {
  constexpr std::size_t kHuge = 50U << 20;
  auto reply = DoubleReply::json(200, std::string(kHuge, 'x'));
  SECTION("announced") {}
  SECTION("in chunks") {
    reply.chunked = true;
  }
  SECTION("without a length") {
    reply = DoubleReply::bytes("HTTP/1.1 200 OK\r\n\r\n" + std::string(kHuge, 'x'));
  }
  HttpDouble server(always(reply));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), seconds(300));  // ample, for 50 MB

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kInvalid);
}

TEST_CASE("HttpClientTest.AnswerOfExactlyTheLimitIsTaken") {
  HttpLimits limits;
  limits.body_bytes = 1000;
  const bool chunked = GENERATE(false, true);
  const std::size_t size = GENERATE(1000, 1001);
  auto reply = DoubleReply::json(200, std::string(size, 'x'));
  reply.chunked = chunked;
  HttpDouble server(always(reply));
  const auto client = make_http_client(limits);

  CHECK(client->send(post(server.url("/")), kAmple).ok() == (size == 1000));
}
