// The client against a server with good and bad manners, on the loopback interface. The few
// milliseconds waited here are socket time-outs, which no virtual clock can move.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "exchange.hpp"

using namespace exchange::test;

namespace {

// A port at which nobody listens. It is taken while this lives: one that was free might be given to
// a server of another test just then.
struct DeafPort {
  DeafPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket, plain, size) == 0);
    REQUIRE(::getsockname(socket, plain, &size) == 0);
    port = ntohs(address.sin_port);
  }
  ~DeafPort() { ::close(socket); }
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port) + "/"; }

  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
};

}  // namespace

TEST_CASE("HttpClientTest.RequestArrivesWhole") {
  HttpDouble server(always(DoubleReply::json(201, "{\"a\":1}")));
  const auto client = make_http_client();
  auto request = post(server.url("/v1/responses?x=%20y"), "{\"q\":\"caf\xc3\xa9\"}");
  request.headers["authorization"] = "Bearer key";

  const auto answer = client->send(request, kAmple);

  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->body == "{\"a\":1}");
  CHECK(answer->headers.at("content-type") == "application/json");
  const auto seen = server.requests().at(0);
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/v1/responses?x=%20y");
  CHECK(seen.body == request.body);
  CHECK(seen.headers.at("authorization") == "Bearer key");
  CHECK(seen.headers.count("accept-encoding") == 0);
}

TEST_CASE("HttpClientTest.ManyRequestsShareOneConnection") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();

  for (int i = 0; i < 5; ++i) REQUIRE(client->send(post(server.url("/")), kAmple));

  CHECK(server.count() == 5);
  CHECK(server.connections() == 1);
}

TEST_CASE("HttpClientTest.IdleConnectionPastItsKeepAliveIsNotReused") {
  HttpLimits limits;
  limits.keep_alive = dugout::core::Duration::zero();
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client(limits);

  for (int i = 0; i < 3; ++i) REQUIRE(client->send(post(server.url("/")), kAmple));

  CHECK(server.connections() == 3);
}

TEST_CASE("HttpClientTest.ServerThatKeepsNothingIsBelieved") {
  auto reply = DoubleReply::json(200, "{}");
  SECTION("Connection: close") {
    reply.headers["Connection"] = "close";
  }
  SECTION("Keep-Alive: timeout=1") {
    reply.headers["Keep-Alive"] = "timeout=1, max=100";
  }
  HttpDouble server(always(reply));
  const auto client = make_http_client();

  for (int i = 0; i < 2; ++i) REQUIRE(client->send(post(server.url("/")), kAmple));

  CHECK(server.connections() == 2);
}

TEST_CASE("HttpClientTest.StaleConnectionIsReplacedBeforeUse") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();
  REQUIRE(client->send(post(server.url("/")), kAmple));
  server.drop_connections();

  const auto answer = client->send(post(server.url("/")), kAmple);

  REQUIRE(answer);
  CHECK(server.count() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE("HttpClientTest.BytesAfterTheAnswerSpoilTheConnection") {
  HttpDouble server(
      always(DoubleReply::bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 "
                                "OK\r\nContent-Length: 4\r\n\r\nevil",
                                DoubleReply::End::kKeep)));
  const auto client = make_http_client();

  for (int i = 0; i < 2; ++i) {
    const auto answer = client->send(post(server.url("/")), kAmple);
    REQUIRE(answer);
    CHECK(answer->body == "{}");
  }

  CHECK(server.connections() == 2);
}

TEST_CASE("HttpClientTest.SilentServerEndsInATimeout") {
  HttpDouble server(always(DoubleReply::stalled()));
  const auto client = make_http_client();
  const auto start = Steady::now();

  const auto answer = client->send(post(server.url("/")), milliseconds(60));

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
  CHECK(Steady::now() - start >= milliseconds(55));
  CHECK(Steady::now() - start < kAmple);
}

// Either part would take longer than the bound at the end: more than 100 s.
TEST_CASE("HttpClientTest.SlowDripCannotOutliveTheDeadline") {
  auto reply = DoubleReply::json(200, std::string(100'000, 'x'));
  SECTION("in the head") {
    reply.headers["X-Long"] = std::string(5000, 'y');
    reply.drip = milliseconds(20);
  }
  SECTION("in the body") {
    reply = DoubleReply::bytes("HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x'));
    reply.drip = milliseconds(2);
  }
  HttpDouble server(always(reply));
  const auto client = make_http_client();
  const auto start = Steady::now();

  const auto answer = client->send(post(server.url("/")), milliseconds(120));

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
  CHECK(Steady::now() - start < kAmple);
}

TEST_CASE("HttpClientTest.TimeThatIsUsedUpSendsNothing") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/")), milliseconds(0));

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
  CHECK(server.connections() == 0);
}

TEST_CASE("HttpClientTest.LengthOfTheBodyCountsWhateverTheCallerSays") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();
  auto request = post(server.url("/"), "1234");
  request.headers["content-length"] = "2000";

  REQUIRE(client->send(request, kAmple));

  CHECK(server.requests().at(0).body == "1234");
}

TEST_CASE("HttpClientTest.LargeRequestArrivesWhole") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();
  const auto body = std::string(8U << 20, 'p');  // a photo

  REQUIRE(client->send(post(server.url("/"), body), kAmple));

  CHECK(server.requests().at(0).body == body);
}

TEST_CASE("HttpClientTest.NobodyListeningIsUnavailable") {
  const DeafPort deaf;
  const auto client = make_http_client();

  const auto answer = client->send(post(deaf.url()), kAmple);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kUnavailable);
}

TEST_CASE("HttpClientTest.TlsWithAPeerThatSpeaksNoneIsUnavailable") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();
  const auto url = "https" + server.url("/").substr(4);

  // The double waits for the end of a request head that never comes.
  const auto answer = client->send(post(url), milliseconds(100));

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
}

TEST_CASE("HttpClientTest.AddressThatCannotBeUsedIsInvalid") {
  const auto client = make_http_client();
  const std::string url =
      GENERATE("", "ftp://example.org/", "example.org", "http://", "http://[::1/",
               "file:///etc/hosts", "http://example.org:99999/");

  const auto answer = client->send(post(url), seconds(1));

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kInvalid);
}

TEST_CASE("HttpClientTest.HeaderThatWouldStartAnotherIsRefused") {
  HttpDouble server(always(DoubleReply::json(200, "{}")));
  const auto client = make_http_client();
  auto request = post(server.url("/"));
  SECTION("line end in a value") {
    request.headers["x-a"] = "1\r\nx-b: 2";
  }
  SECTION("blank in a name") {
    request.headers["x a"] = "1";
  }
  SECTION("line end in the method") {
    request.method = "GET / HTTP/1.1\r\nx: y\r\n\r\nGET";
  }

  const auto answer = client->send(request, kAmple);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kInvalid);
  CHECK(server.count() == 0);
}

TEST_CASE("HttpClientTest.ErrorsSayNothingOfTheBody") {
  HttpDouble server(always(DoubleReply::cut("the-secret-of-the-body")));
  const auto client = make_http_client();

  const auto answer = client->send(post(server.url("/the-path"), "my-own-secret"), kAmple);

  REQUIRE_FALSE(answer);
  CHECK(answer.error().message.find("secret") == std::string::npos);
  CHECK(answer.error().detail.empty());
}

TEST_CASE("HttpClientTest.SixteenThreadsAtOnceEachGetTheirOwnAnswer") {
  HttpDouble server(
      [](const DoubleRequest& request) { return DoubleReply::json(200, request.body); });
  HttpLimits limits;
  limits.keep_alive = std::chrono::minutes(10);  // none grows old on a busy machine
  const auto client = make_http_client(limits);
  std::atomic<int> right{0};

  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto body = std::to_string(t) + "/" + std::to_string(i);
        const auto answer = client->send(post(server.url("/"), body), kAmple);
        if (answer && answer->body == body) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(right == 16 * 50);
  CHECK(server.connections() <= 16);
}

TEST_CASE("HttpClientTest.IdleConnectionsAreBounded") {
  HttpLimits limits;
  limits.idle_per_host = 1;
  HttpDouble server(always(DoubleReply::stalled()));
  const auto client = make_http_client(limits);
  const auto ask = [&] { return client->send(post(server.url("/")), kAmple).ok(); };

  std::atomic<int> done{0};
  std::thread first([&] { done += ask() ? 1 : 0; });
  std::thread second([&] { done += ask() ? 1 : 0; });
  while (server.count() < 2) std::this_thread::yield();
  server.release();
  first.join();
  second.join();
  REQUIRE(done == 2);
  REQUIRE(ask());

  CHECK(server.connections() == 2);  // one was kept, the other closed
}
